/** The audit trail, for operators: who changed what, when and from where; and whether it is whole. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { startOfDay } from '../clock.ts';
import type { Config } from '../config.ts';
import { addDays } from '../domain/date.ts';
import { verifyAudit } from '../operations/audit/verify.ts';
import { type AuditEntry, type AuditFilter, listAuditEntries } from '../store/audit.ts';
import { requireOperator } from './auth.ts';
import type { App, AppContext } from './context.ts';
import { invalidArgument } from './errors.ts';
import { endpoint } from './openapi.ts';
import { pageAnswer, pageFields, pageOf, pageSchema } from './pagination.ts';
import { DateIn, IdIn, IdOut, noun, readDate, readFilterId, withoutAbsent } from './values.ts';

const Facts = Type.Record(Type.String(), Type.Unknown());

const EntryOut = noun(
  'AuditEntry',
  {
    recordedAt: Type.String({ format: 'date-time' }),
    accountId: Type.Optional(Type.String({ description: 'Absent: the system itself' })),
    operation: Type.String({ description: 'The call, as in this document', examples: ['approveLoan'] }),
    address: Type.Optional(Type.String({ description: 'Where the call came from' })),
    requestId: Type.Optional(Type.String({ description: '`X-Request-Id` of the call' })),
    subject: Type.Object({ kind: Type.String({ examples: ['loan'] }), id: IdOut }),
    before: Type.Optional(Facts),
    after: Type.Optional(Facts),
    command: Type.Optional(
      Type.Unknown({ description: 'What the caller sent; secrets and personal particulars are withheld' }),
    ),
    chain: Type.String({ format: 'uuid' }),
    seq: Type.String({ description: 'Number within the chain' }),
    hash: Type.String({ description: 'Digest over this entry and the one before it in the chain' }),
  },
  {
    recordedAt: '2025-01-15T09:00:00.000Z',
    accountId: '5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11',
    operation: 'approveLoan',
    address: '203.0.113.7',
    requestId: 'c8a7e9b2-5f5b-4f0e-9d0c-0a4f7e3b1c22',
    subject: { kind: 'loan', id: '42' },
    before: { version: 1, status: 'pending' },
    after: { version: 2, status: 'approved' },
    command: { approvedOnDate: '2025-01-15' },
    chain: '0d4d3c58-4f4b-4b77-8c0e-4a0f3a1c9e10',
    seq: '17',
    hash: 'r2Jq0bYw0m1cXh5l1JmV4oC0c2m5b1o9Q8s7d6f5g4h',
  },
);

const ListQuery = Type.Object({
  ...pageFields(['recordedAt'], 'DESC'),
  accountId: Type.Optional(Type.String({ format: 'uuid' })),
  operation: Type.Optional(Type.String({ minLength: 1, maxLength: 100, examples: ['approveLoan'] })),
  loanId: Type.Optional(IdIn),
  customerId: Type.Optional(IdIn),
  subjectKind: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'What was changed', examples: ['glAccount'] }),
  ),
  subjectId: Type.Optional(
    Type.String({ minLength: 1, maxLength: 128, description: 'With `subjectKind`', examples: ['5400'] }),
  ),
  requestId: Type.Optional(Type.String({ minLength: 1, maxLength: 128, examples: ['call-17'] })),
  from: Type.Optional(Type.String({ ...DateIn, description: "First day, by the deployment's time zone" })),
  to: Type.Optional(Type.String({ ...DateIn, description: "Last day, by the deployment's time zone" })),
});

const VerificationOut = Type.Object(
  {
    intact: Type.Boolean(),
    entries: Type.Integer(),
    chains: Type.Integer(),
    faults: Type.Array(
      Type.Object({
        kind: Type.Unsafe<'changed' | 'removed' | 'inserted'>({
          type: 'string',
          enum: ['changed', 'removed', 'inserted'],
        }),
        place: Type.String(),
        message: Type.String(),
      }),
      { description: 'The first hundred' },
    ),
  },
  { examples: [{ intact: true, entries: 1204, chains: 3, faults: [] }] },
);

export async function auditRoutes(app: App, context: AppContext): Promise<void> {
  const onRequest = requireOperator(context);
  const listed = {
    ...endpoint({
      id: 'listAuditEntries',
      tag: 'Operators',
      summary: 'Who changed what, when and from where',
      description: 'One entry for each change of a customer, loan, account, key or the ledger; newest first.',
      caller: 'operator',
    }),
    querystring: ListQuery,
    response: { 200: pageSchema(EntryOut) },
  };
  app.get('/v1/audit', { onRequest, schema: listed }, async (request) => {
    const page = pageOf(request.query, 'recordedAt');
    const filter = filterOf(request.query, context.config);
    return pageAnswer(page, await listAuditEntries(context.db.read, filter, page), entryOut);
  });

  const verified = {
    ...endpoint({
      id: 'verifyAudit',
      tag: 'Operators',
      summary: 'Whether the audit trail is whole',
      description:
        'Walks through every chain: finds entries that were changed, removed or inserted behind the back of ' +
        'the server, and loans and customers whose last change is missing.',
      caller: 'operator',
    }),
    response: { 200: VerificationOut },
  };
  app.get('/v1/audit/verification', { onRequest, schema: verified }, async () => {
    const { entries, chains, faults } = await verifyAudit(context.db.read);
    return { intact: faults.length === 0, entries, chains, faults: [...faults] };
  });
}

function filterOf(query: Static<typeof ListQuery>, { timeZone }: Pick<Config, 'timeZone'>): AuditFilter {
  const { accountId, operation, requestId, from, to } = query;
  return {
    accountId,
    operation,
    requestId,
    subject: subjectOf(query),
    from: from === undefined ? undefined : startOfDay(readDate(from, 'from'), timeZone),
    until: to === undefined ? undefined : startOfDay(addDays(readDate(to, 'to'), 1), timeZone),
  };
}

function subjectOf(query: Static<typeof ListQuery>): AuditFilter['subject'] {
  const { loanId, customerId, subjectKind, subjectId } = query;
  const names = ['loanId', 'customerId', 'subjectKind'] as const;
  const [first, second] = names.filter((name) => query[name] !== undefined);
  if (first !== undefined && second !== undefined)
    throw invalidArgument({ field: second, error: `must not be given together with ${first}` });
  if (subjectId !== undefined && subjectKind === undefined)
    throw invalidArgument({ field: 'subjectKind', error: 'is required with subjectId' });
  if (loanId !== undefined) return { kind: 'loan', id: readFilterId(loanId, 'loanId').toString() };
  if (customerId !== undefined)
    return { kind: 'customer', id: readFilterId(customerId, 'customerId').toString() };
  return subjectKind === undefined ? undefined : { kind: subjectKind, id: subjectId };
}

type StoredFacts = Partial<Record<'before' | 'after', Record<string, unknown> | null>> & {
  command?: unknown;
};

function entryOut(entry: AuditEntry): Static<typeof EntryOut> {
  const { accountId, operation, address, requestId, chain, hash } = entry;
  const { before, after, command } = JSON.parse(entry.facts) as StoredFacts;
  return withoutAbsent({
    recordedAt: entry.recordedAt.toISOString(),
    accountId,
    operation,
    address,
    requestId,
    subject: { kind: entry.subjectKind, id: entry.subjectId },
    before,
    after,
    command,
    chain,
    seq: entry.seq.toString(),
    hash,
  });
}
