/** Proving the book, for operators: part by part, each answered with what it found. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import type { Currency } from '../../domain/money.ts';
import { currencyNamed } from '../../operations/currency.ts';
import {
  BEGINNING,
  type Place,
  type VerifiedPart,
  verifyPart,
} from '../../operations/verification/verifyBook.ts';
import { requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { isStorable } from '../edge/jsonBody.ts';
import { invalidArgument } from '../errors.ts';
import { endpoint } from '../openapi.ts';
import { MoneyOut, noun, writeMoney } from '../values.ts';
import { GlCode } from './glAccounts.ts';

const VerificationIn = Type.Object({
  after: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1000, description: 'The `next` of the part before' }),
  ),
  rows: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 500, default: 100, description: 'Things to look at in this part' }),
  ),
  replayEvery: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      default: 1,
      description: 'The history of every n-th loan is replayed and compared; 1 = of all, 0 = of none',
    }),
  ),
});

const Count = Type.Integer({ examples: [100] });

const FindingOut = Type.Object({
  rule: Type.String({ examples: ['journal_follows_history'] }),
  where: Type.String({ examples: ['loan 42'] }),
  message: Type.String({
    examples: [
      'transaction 1001 (repayment of 2025-02-15): posted -90.00 on account 1100, should be -100.00',
    ],
  }),
});

const ControlOut = Type.Object({
  glCode: GlCode,
  roles: Type.Array(Type.String(), { examples: [['loanPortfolio']] }),
  ledger: MoneyOut,
  loans: MoneyOut,
});

const VerificationOut = noun('Verification', {
  loans: Count,
  transactions: Count,
  journalEntries: Count,
  externalIds: Count,
  controlAccounts: Type.Array(ControlOut, {
    description:
      'What the accounts hold of the loans of this part: by the ledger and by the loans themselves',
  }),
  findings: Type.Array(FindingOut, { description: 'Empty when everything is as it should be' }),
  next: Type.Optional(
    Type.String({ description: 'Give it as `after` to go on; absent when the book is through' }),
  ),
});

export async function verificationRoutes(app: App, context: AppContext): Promise<void> {
  const book = bookOf(context);
  const currency = currencyNamed(context.config.currency);
  const schema = {
    ...endpoint({
      id: 'verifyBook',
      tag: 'Ledger',
      summary: 'Prove the next part of the book',
      description:
        'Loans against their history, their journal and the control accounts; entries made by hand; totals; names. ' +
        'Reads one snapshot, writes nothing and hinders nobody. Call it with the `next` of each answer until ' +
        'there is none.',
      caller: 'operator',
    }),
    body: VerificationIn,
    response: { 200: VerificationOut },
  };
  app.post('/v1/verifications', { onRequest: requireOperator(context), schema }, async (request) => {
    const { after, rows = 100, replayEvery = 1 } = request.body;
    const from = after === undefined ? BEGINNING : readPlace(after);
    return verificationOut(await verifyPart(book, { from, rows, replayEvery }), currency);
  });
}

function verificationOut(part: VerifiedPart, currency: Currency): Static<typeof VerificationOut> {
  const { checked, controls, findings, next } = part;
  return {
    loans: checked.loans,
    transactions: checked.transactions,
    journalEntries: checked.entries,
    externalIds: checked.names,
    controlAccounts: controls.map(({ account, roles, ledger, loans }) => ({
      glCode: account,
      roles: [...roles],
      ledger: writeMoney(ledger, currency),
      loans: writeMoney(loans, currency),
    })),
    findings: [...findings],
    ...(next && { next: writePlace(next) }),
  };
}

/** `loans:42`, `names:loan:LOAN-7781` */
const writePlace = ({ stage, after }: Place): string =>
  typeof after === 'bigint' ? `${stage}:${after}` : `${stage}:${after.kind}:${after.externalId}`;

function readPlace(text: string): Place {
  const [, stage, id] = /^(loans|entries|totals|counts|customers):(\d{1,18})$/.exec(text) ?? [];
  if (id !== undefined) return { stage: stage as Exclude<Place['stage'], 'names'>, after: BigInt(id) };
  const [, kind, externalId] = /^names:(loan|customer):([\s\S]*)$/.exec(text) ?? [];
  if (externalId !== undefined && isStorable(externalId))
    return { stage: 'names', after: { kind: kind as 'loan' | 'customer', externalId } };
  throw invalidArgument({ field: 'after', error: 'is not the next of a verification' });
}
