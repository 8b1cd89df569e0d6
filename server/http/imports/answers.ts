/** What the imports of loans and customers share: how lines are judged and what is answered. */
import { createHash } from 'node:crypto';
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import { Refusal } from '../../domain/refusal.ts';
import { withRoomForMany } from '../../memory.ts';
import type { Book } from '../../operations/book.ts';
import type { Imported, ImportMode, RefusedLine } from '../../operations/imports/lines.ts';
import type { Tx } from '../../store/database.ts';
import { faultsOfValidation } from '../edge/faults.ts';
import { answerOf } from '../errors.ts';
import { answerPost } from '../idempotency.ts';
import { ExternalId, noun } from '../values.ts';

export const MOST_LINES = 5000;

export const importFields = {
  source: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'Where the lines come from; kept in the audit trail',
      examples: ['loans-2025.csv'],
    }),
  ),
  allOrNothing: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'true: one refused line, and nothing of the call is stored',
    }),
  ),
  dryRun: Type.Optional(
    Type.Boolean({ default: false, description: 'true: every line is judged, nothing is stored' }),
  ),
};

const Count = Type.Integer({ minimum: 0 });

export const ImportOut = noun(
  'Import',
  {
    imported: Type.Integer({ description: 'Lines that are in the book now; with dryRun: that could be' }),
    skipped: Type.Integer({ description: 'Lines that were in the book already' }),
    customersMade: Count,
    refused: Type.Array(
      Type.Object({
        line: Type.Integer({ description: 'Number within the call, from 1', examples: [3] }),
        externalId: Type.Optional(ExternalId),
        code: Type.String({ examples: ['invalid_argument'] }),
        message: Type.String({ examples: ['principal: must be at least 1000.00 for this product'] }),
      }),
      { description: 'Lines that are not in the book, and why' },
    ),
  },
  {
    imported: 1998,
    skipped: 0,
    customersMade: 12,
    refused: [
      {
        line: 3,
        externalId: 'LOAN-0003',
        code: 'invalid_argument',
        message: 'principal: must be between 1000.00 and 5000000.00 for this product',
      },
    ],
  },
);

interface ImportWishes {
  readonly source?: string;
  readonly allOrNothing?: boolean;
  readonly dryRun?: boolean;
}

export interface ImportCall<Line> {
  readonly book: Book;
  readonly path: string;
  readonly wishes: ImportWishes;
  /** The lines as they were sent. */
  readonly sent: readonly unknown[];
  /** What they ask for, and those that ask for nothing that could be. */
  readonly read: { readonly lines: readonly Line[]; readonly refused: readonly RefusedLine[] };
  /** An operation of imports. */
  readonly store: (
    tx: Tx,
    book: Book,
    asked: { lines: readonly Line[]; mode: ImportMode },
  ) => Promise<Imported>;
}

/** Stores the lines and answers for each; all or nothing with a refused line is judged only. */
export function answerImport<Line>(
  request: FastifyRequest,
  reply: FastifyReply,
  { book, path, wishes, sent, read: { lines, refused }, store }: ImportCall<Line>,
): Promise<void> {
  const asked = modeOf(wishes);
  const mode = refused.length > 0 && asked === 'whole' ? 'tried' : asked;
  const work = async (tx: Tx): Promise<object> => {
    const done = await store(tx, book, { lines, mode });
    return importOut(mode === asked ? done : { ...done, imported: 0, customersMade: 0 }, refused);
  };
  const brief = briefOf(sent, wishes.source);
  return withRoomForMany(() =>
    answerPost(request, reply, { book: { ...book, db: book.db.bulk }, path, brief, work }),
  );
}

const modeOf = ({ allOrNothing, dryRun }: ImportWishes): ImportMode =>
  dryRun ? 'tried' : allOrNothing ? 'whole' : 'importable';

/** Stands for the lines in the audit trail. */
function briefOf(lines: readonly unknown[], source: string | undefined): object {
  const digest = createHash('sha256').update(JSON.stringify(lines)).digest('base64url');
  return { ...(source !== undefined && { source }), lines: lines.length, digest };
}

/**
 * The refusals of lines that do not fit the schema, by index. Of a route with `attachValidation`; a fault
 * outside of the lines refuses the call.
 */
export function malformedLines(request: FastifyRequest, field: string): Map<number, Refusal> {
  const found = request.validationError;
  if (!found) return new Map();
  if (found.validationContext !== 'body') throw found;
  const byLine = new Map<number, FastifySchemaValidationError[]>();
  for (const error of (found.validation ?? []) as FastifySchemaValidationError[]) {
    const [, list, index, ...rest] = error.instancePath.split('/');
    if (list !== field || index === undefined) throw found;
    const errors = byLine.get(Number(index)) ?? [];
    byLine.set(Number(index), errors);
    errors.push({ ...error, instancePath: rest.map((step) => `/${step}`).join('') });
  }
  return new Map([...byLine].map(([index, errors]) => [index, refusalOf(errors)]));
}

function refusalOf(errors: readonly FastifySchemaValidationError[]): Refusal {
  const faults = faultsOfValidation(errors, 'line');
  return new Refusal('invalid_argument', 'line_malformed', 'is malformed', undefined, faults);
}

function importOut(
  { imported, skipped, customersMade, refused }: Imported,
  malformed: readonly RefusedLine[],
): Static<typeof ImportOut> {
  const all = [...malformed, ...refused].sort((a, b) => a.line - b.line);
  return { imported, skipped, customersMade, refused: all.map(refusedOut) };
}

function refusedOut({ line, externalId, refusal }: RefusedLine) {
  const { code, message, faults } = answerOf(refusal);
  const text = faults.map(({ field, error }) => `${field}: ${error}`).join('; ');
  return { line, ...(externalId !== undefined && { externalId }), code, message: text || message };
}
