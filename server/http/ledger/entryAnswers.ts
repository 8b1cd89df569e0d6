/** Journal entries as they go out: merged lines, and who or what they belong to. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { Currency } from '../../domain/money.ts';
import type { Tx } from '../../store/database.ts';
import type { LedgerEntry } from '../../store/ledger/entries.ts';
import { listGlAccounts } from '../../store/ledger/glAccounts.ts';
import { TYPE_LABELS } from '../loans/repaymentAnswers.ts';
import { DateOut, IdOut, MoneyOut, noun, withoutAbsent, writeMoney } from '../values.ts';
import { GlCode } from './glAccounts.ts';

const LineOut = Type.Object({
  glCode: GlCode,
  name: Type.String({ examples: ['Loan portfolio'] }),
  debit: Type.Optional(MoneyOut),
  credit: Type.Optional(MoneyOut),
});

const EXAMPLE = {
  id: '42-1',
  date: '2025-01-31',
  origin: 'loan',
  loanId: '42',
  loanExternalId: 'LOAN-7781',
  transactionId: '1001',
  transactionType: 'Disbursement',
  lines: [
    { glCode: '1100', name: 'Loan portfolio', debit: 250_000 },
    { glCode: '1000', name: 'Cash and mobile money', credit: 250_000 },
  ],
  recordedAt: '2025-01-31T09:00:00.000Z',
};

export const EntryOut = noun(
  'JournalEntry',
  {
    id: Type.String({ description: 'Opaque id' }),
    date: DateOut,
    origin: Type.Unsafe<'loan' | 'manual'>({ type: 'string', enum: ['loan', 'manual'] }),
    loanId: Type.Optional(IdOut),
    loanExternalId: Type.Optional(Type.String()),
    transactionId: Type.Optional(IdOut),
    transactionType: Type.Optional(Type.String()),
    reason: Type.Optional(Type.String({ description: 'Why it was made by hand' })),
    createdBy: Type.Optional(Type.String({ description: 'The account that made it by hand' })),
    reverses: Type.Optional(Type.String({ description: 'The entry that it takes back' })),
    reversedBy: Type.Optional(Type.String({ description: 'The entry that takes it back' })),
    lines: Type.Array(LineOut, { description: 'One per account and side, debits first' }),
    recordedAt: Type.String({ format: 'date-time' }),
  },
  EXAMPLE,
);

interface Setting {
  /** Account names by code. */
  readonly names: ReadonlyMap<string, string>;
  readonly currency: Currency;
}

export async function readNames(tx: Tx): Promise<Map<string, string>> {
  return new Map((await listGlAccounts(tx)).map(({ code, name }) => [code, name]));
}

export function entryOut(entry: LedgerEntry, { names, currency }: Setting): Static<typeof EntryOut> {
  const lines = entry.lines.map(({ account, side, amount }) => ({
    glCode: account,
    name: names.get(account) ?? '',
    [side]: writeMoney(amount, currency),
  }));
  return { ...ownerOut(entry), date: entry.date, lines, recordedAt: entry.recordedAt.toISOString() };
}

function ownerOut(entry: LedgerEntry) {
  if ('loanId' in entry)
    return withoutAbsent({
      id: `${entry.loanId}-${entry.number}`,
      origin: 'loan' as const,
      loanId: entry.loanId.toString(),
      loanExternalId: entry.loanExternalId,
      transactionId: entry.transactionId.toString(),
      transactionType: TYPE_LABELS[entry.transactionType],
    });
  return withoutAbsent({
    id: entry.id.toString(),
    origin: 'manual' as const,
    reason: entry.reason,
    createdBy: entry.madeBy,
    reverses: entry.reverses?.toString(),
    reversedBy: entry.reversedBy?.toString(),
  });
}
