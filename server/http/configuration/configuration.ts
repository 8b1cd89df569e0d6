/** The configuration as one document over HTTP: read, compared, applied. For operators. */
import { createHash } from 'node:crypto';
import { type Static, Type } from '@fastify/type-provider-typebox';
import { change } from '../../operations/change.ts';
import { forgetLenderCalendar } from '../../operations/configuration/lenderCalendar.ts';
import { authorOf, requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { answerPost, IdempotencyHeader } from '../idempotency.ts';
import { endpoint } from '../openapi.ts';
import type { Routes } from '../verbs.ts';
import { type Application, applyDocument } from './apply.ts';
import { ConfigurationDocument, type Document, SECTIONS, type SectionName } from './document.ts';
import { readDocument } from './entries.ts';

const Section = Type.Unsafe<SectionName>({ type: 'string', enum: [...SECTIONS], examples: ['charges'] });
const Name = Type.String({ examples: ['LATE_FEE'] });

const ApplicationOut = Type.Object({
  applied: Type.Boolean({ description: 'false: a dry run, nothing was written' }),
  changes: Type.Array(
    Type.Object({
      section: Section,
      name: Name,
      action: Type.Unsafe<'create' | 'update'>({ type: 'string', enum: ['create', 'update'] }),
      fields: Type.Array(
        Type.Object({
          field: Type.String({ examples: ['amount'] }),
          before: Type.Optional(Type.Unknown({ examples: [1] })),
          after: Type.Optional(Type.Unknown({ examples: [1.5] })),
        }),
      ),
    }),
  ),
  unnamed: Type.Array(Type.Object({ section: Section, name: Name }), {
    description: 'In sections of the document, but not named by it: they stay as they are',
  }),
});

const ApplicationIn = Type.Object({
  configuration: ConfigurationDocument,
  dryRun: Type.Optional(Type.Boolean({ description: 'Only tell what would change', examples: [true] })),
});

export async function configurationRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  addExport(routes);
  addApply(routes);
}

function addExport({ app, context }: Routes): void {
  const schema = {
    ...endpoint({
      id: 'exportConfiguration',
      tag: 'Operators',
      summary: 'The whole configuration as one document',
      description:
        'Entries are named by short names and codes, so the document can be applied to another book.',
      caller: 'operator',
    }),
    response: { 200: ConfigurationDocument },
  };
  app.get('/v1/configuration', { onRequest: requireOperator(context), schema }, async () => {
    return (await readDocument(context.db.read)) as Static<typeof ConfigurationDocument>;
  });
}

/** Undoes the transaction of a dry run and carries out what it found. */
class DryRun extends Error {
  override readonly name = 'DryRun';
  constructor(readonly found: Application) {
    super('a dry run is undone');
  }
}

function addApply({ app, context, book }: Routes): void {
  const schema = {
    ...endpoint({
      id: 'applyConfiguration',
      tag: 'Operators',
      summary: 'Apply a configuration document, or tell what it would change',
      description:
        'All or nothing, in one transaction. An entry that the document names is afterwards as it says, fields that ' +
        'it leaves out at their defaults; what it does not name stays. Applied again it changes nothing. A refusal ' +
        'names every fault of every entry.',
      caller: 'operator',
    }),
    headers: IdempotencyHeader,
    body: ApplicationIn,
    response: { 200: ApplicationOut },
  };
  app.post('/v1/configuration', { onRequest: requireOperator(context), schema }, async (request, reply) => {
    const document = request.body.configuration as Document;
    const brief = briefOf(document, (request.body.dryRun ?? false) ? 'dry run' : 'apply');
    const configuring = { book, by: { ...authorOf(request), command: brief } };
    if (request.body.dryRun) {
      const found = await tried(
        (work) => change(book, configuring.by, work),
        (tx) => applyDocument(tx, configuring, document),
      );
      return reply.send({ applied: false, ...found } as Static<typeof ApplicationOut>);
    }
    await answerPost(request, reply, {
      book,
      path: '/v1/configuration',
      brief,
      work: async (tx) => ({ applied: true, ...(await applyDocument(tx, configuring, document)) }),
    });
    forgetLenderCalendar(book);
  });
}

type Run = Parameters<typeof change<never>>[2];
type Tx = Parameters<Run>[0];

/** What `work` answers, with everything it wrote undone. */
async function tried(
  run: (work: Run) => Promise<never>,
  work: (tx: Tx) => Promise<Application>,
): Promise<Application> {
  try {
    return await run(async (tx) => {
      throw new DryRun(await work(tx));
    });
  } catch (error) {
    if (error instanceof DryRun) return error.found;
    throw error;
  }
}

/** The audit trail holds what each entry became; of the document itself a digest will do. */
const briefOf = (document: Document, act: 'apply' | 'dry run') => ({
  act,
  sections: Object.fromEntries(SECTIONS.map((section) => [section, document[section]?.length ?? 0])),
  sha256: createHash('sha256').update(JSON.stringify(document)).digest('hex'),
});
