/** Loans of another system, thousands at a time, for operators. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { Refusal } from '../../domain/refusal.ts';
import { orRefusal } from '../../operations/imports/decided.ts';
import type { AskedLoan, LoanLine, RefusedLine } from '../../operations/imports/lines.ts';
import { importLoans } from '../../operations/imports/loans.ts';
import { requireOperator } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { IdempotencyHeader } from '../idempotency.ts';
import { applicationFields, readRequest } from '../loans/loans.ts';
import { PaymentIn, readPayment } from '../loans/repayments.ts';
import { endpoint } from '../openapi.ts';
import { ExternalId, IdIn, readId } from '../values.ts';
import { answerImport, ImportOut, importFields, MOST_LINES, malformedLines } from './answers.ts';

const { idempotencyKey: _none, ...pastFields } = PaymentIn.properties;

const LoanLineIn = Type.Object(
  {
    ...applicationFields,
    externalId: ExternalId,
    customerId: Type.Optional(IdIn),
    customerExternalId: Type.Optional(
      Type.String({ ...ExternalId, description: 'A customer of this name is made where there is none' }),
    ),
    repayments: Type.Optional(
      Type.Array(Type.Object(pastFields), {
        maxItems: 1000,
        description: 'What was repaid so far, in the order of the days on which it came',
      }),
    ),
  },
  {
    if: { type: 'object', required: ['customerExternalId'] },
    else: { type: 'object', required: ['customerId'] },
  },
);

const ImportIn = Type.Object({
  loans: Type.Array(LoanLineIn, { minItems: 1, maxItems: MOST_LINES }),
  ...importFields,
});

export async function loanImportRoutes(app: App, context: AppContext): Promise<void> {
  const book = bookOf(context);
  const read = openReader();
  const schema = {
    ...endpoint({
      id: 'importLoans',
      tag: 'Imports',
      summary: 'Take over loans of another system, many at a time',
      description:
        'Each line is a loan as for `POST /v1/loans`, with an external id of its own and what was repaid so ' +
        'far. It becomes what these calls would have made of it, and is told to nobody. Lines that cannot be ' +
        'are answered with the reason and leave nothing behind; the others are stored together. A line that ' +
        'is in the book already is skipped, so the same lines may be sent again.',
      caller: 'operator',
      errors: ['aborted'],
    }),
    headers: IdempotencyHeader,
    body: ImportIn,
    response: { 200: ImportOut },
  };
  const options = { onRequest: requireOperator(context), schema, attachValidation: true };
  app.post('/v1/imports/loans', options, async (request, reply) => {
    const malformed = malformedLines(request, 'loans');
    const { loans: sent } = request.body;
    const asked = readLines(sent, malformed, read);
    await answerImport(request, reply, {
      book,
      path: '/v1/imports/loans',
      wishes: request.body,
      sent,
      read: asked,
      store: importLoans,
    });
  });
}

type LineIn = Static<typeof LoanLineIn>;
type Reader = (line: LineIn) => AskedLoan | Refusal;

function readLines(
  loans: readonly LineIn[],
  malformed: ReadonlyMap<number, Refusal>,
  read: Reader,
): { lines: LoanLine[]; refused: RefusedLine[] } {
  const lines: LoanLine[] = [];
  const refused: RefusedLine[] = [];
  for (const [index, loan] of loans.entries()) {
    const line = index + 1;
    const refusal = malformed.get(index);
    const outcome = refusal ?? orRefusal(() => readLine(line, loan, read));
    if (outcome instanceof Refusal) refused.push({ line, externalId: nameIn(loan), refusal: outcome });
    else lines.push(outcome);
  }
  return { lines, refused };
}

/** Of a line that may be anything. */
function nameIn(line: unknown): string | undefined {
  const name = (line as { externalId?: unknown } | null)?.externalId;
  return typeof name === 'string' ? name : undefined;
}

function readLine(line: number, loan: LineIn, read: Reader): LoanLine {
  const { externalId, customerId, customerExternalId } = loan;
  if (customerId !== undefined && customerExternalId !== undefined)
    throw new Refusal(
      'invalid_argument',
      'customer_twice',
      'must not be given together with customerId',
      'customerExternalId',
    );
  const customer =
    customerExternalId === undefined
      ? { id: readId(customerId ?? '', 'customerId') }
      : { externalId: customerExternalId };
  const asked = read(loan);
  if (asked instanceof Refusal) throw asked;
  return { line, externalId, customer, asked };
}

const MOST_REMEMBERED = 2000;

/** Lines that ask for the same, names apart, get the same object, and are decided once. */
function openReader(): Reader {
  const known = new Map<string, AskedLoan | Refusal>();
  return (loan) => {
    const key = keyOf(loan);
    const found = known.get(key);
    if (found !== undefined) return found;
    const read = orRefusal(() => readAsked(loan));
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(key, read);
    return read;
  };
}

/** What a line asks for, without a copy of it: `"principal":1000,"productId":"2",`. */
function keyOf(loan: LineIn): string {
  let key = '';
  for (const name in loan) {
    if (NAMES.has(name)) continue;
    const value = loan[name as keyof LineIn];
    key += `"${name}":${typeof value === 'number' ? value : JSON.stringify(value)},`;
  }
  return key;
}

const NAMES: ReadonlySet<string> = new Set(['externalId', 'customerId', 'customerExternalId']);

const readAsked = (loan: LineIn): AskedLoan => ({
  request: readRequest(loan),
  payments: (loan.repayments ?? []).map((each) => readPayment('repayment', each)),
  decided: null,
});
