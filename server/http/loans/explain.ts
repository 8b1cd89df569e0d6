/** Why a figure of a loan is what it is: `GET /v1/loans/{loan_id}/explain`. */
import { type Static, Type } from '@fastify/type-provider-typebox';
import { COMPONENTS, type Component } from '../../domain/components.ts';
import { Refusal } from '../../domain/refusal.ts';
import {
  type BalanceStep,
  type ChargedPart,
  explainBalance,
  explainInstallment,
  type Settlement,
} from '../../domain/statement/explain.ts';
import { decisionContext, requireWholeLoan } from '../../operations/loans/changeLoan.ts';
import type { BookedLoan } from '../../store/loans/loans.ts';
import { type Addressing, addressingsOf } from '../addressing.ts';
import { requirePartner } from '../auth.ts';
import { bookOf } from '../book.ts';
import type { App, AppContext } from '../context.ts';
import { endpoint } from '../openapi.ts';
import { DateOut, IdOut, MoneyOut, noun, withoutAbsent, writeMoney } from '../values.ts';
import type { Routes } from '../verbs.ts';
import { TYPE_LABELS } from './repaymentAnswers.ts';

const ExplainQuery = Type.Object({
  installment: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'With `component`' })),
  component: Type.Optional(Type.Unsafe<Component>({ type: 'string', enum: [...COMPONENTS] })),
  balance: Type.Optional(
    Type.Unsafe<'principal'>({ type: 'string', enum: ['principal'], description: 'In place of the others' }),
  ),
});

const PART_KINDS = [
  'stretch',
  'shareOfTotal',
  'carried',
  'recalculated',
  'installmentLessInterest',
  'shareOfPrincipal',
  'downPayment',
  'charge',
  'credit',
] as const satisfies readonly ChargedPart['kind'][];

const PartOut = Type.Object({
  kind: Type.Unsafe<ChargedPart['kind']>({
    type: 'string',
    enum: [...PART_KINDS],
    description:
      'stretch: days at one balance and rate; shareOfTotal: flat interest; carried: put off from or to ' +
      'another installment; recalculated: what payments changed; the others by their names',
  }),
  amount: MoneyOut,
  from: Type.Optional(DateOut),
  to: Type.Optional(DateOut),
  days: Type.Optional(Type.Integer()),
  balance: Type.Optional(MoneyOut),
  factor: Type.Optional(Type.String({ description: 'Exact, as decimal text' })),
  exact: Type.Optional(Type.String({ description: 'Balance x factor before rounding, as decimal text' })),
  total: Type.Optional(MoneyOut),
  rows: Type.Optional(Type.Integer()),
  installment: Type.Optional(MoneyOut),
  interest: Type.Optional(MoneyOut),
  chargeId: Type.Optional(IdOut),
  name: Type.Optional(Type.String()),
  dueDate: Type.Optional(DateOut),
  transactionId: Type.Optional(IdOut),
  type: Type.Optional(Type.String()),
});

const transactionFields = { transactionId: IdOut, type: Type.String(), date: DateOut };

const ExplanationOut = noun(
  'Explanation',
  {
    loanId: IdOut,
    installment: Type.Optional(Type.Integer({ description: 'Explains one component of one installment' })),
    component: Type.Optional(Type.Unsafe<Component>({ type: 'string', enum: [...COMPONENTS] })),
    charged: Type.Optional(MoneyOut),
    chargedFrom: Type.Optional(Type.Array(PartOut, { description: 'Adds up to `charged`' })),
    settledBy: Type.Optional(
      Type.Array(
        Type.Object({ ...transactionFields, paid: MoneyOut, waived: MoneyOut, writtenOff: MoneyOut }),
      ),
    ),
    outstanding: Type.Optional(MoneyOut),
    balance: Type.Optional(
      Type.Unsafe<'principal'>({ type: 'string', enum: ['principal'], description: 'Explains the balance' }),
    ),
    steps: Type.Optional(
      Type.Array(
        Type.Object({ ...transactionFields, amount: MoneyOut, principal: MoneyOut, balance: MoneyOut }),
        { description: 'Every transaction that counts, with the principal outstanding after it' },
      ),
    ),
  },
  {
    loanId: '42',
    installment: 1,
    component: 'interest',
    charged: 76.44,
    chargedFrom: [
      {
        kind: 'stretch',
        from: '2025-01-15',
        to: '2025-02-15',
        days: 31,
        balance: 5000,
        factor: '0.0152876712329',
        exact: '76.4383561645',
        amount: 76.44,
      },
    ],
    settledBy: [
      {
        transactionId: '1002',
        type: 'Repayment',
        date: '2025-02-15',
        paid: 76.44,
        waived: 0,
        writtenOff: 0,
      },
    ],
    outstanding: 0,
  },
);

export async function loanExplanationRoutes(app: App, context: AppContext): Promise<void> {
  const routes = { app, context, book: bookOf(context) };
  for (const form of addressingsOf('loan')) addExplanation(routes, form);
}

function addExplanation({ app, context, book }: Routes, form: Addressing): void {
  const schema = {
    ...endpoint({
      id: `explainLoan${form.suffix}`,
      tag: 'Loans',
      summary: 'Why a figure of the loan is what it is',
      description:
        'Either one component of one installment (`installment=1&component=interest`): the days, rates and ' +
        'roundings that made it and the transactions that settled it; or `balance=principal`: every ' +
        'transaction that moved the balance.',
      caller: 'partner',
      errors: ['not_found'],
    }),
    params: Type.Object(form.params),
    querystring: ExplainQuery,
    response: { 200: ExplanationOut },
  };
  app.get(`${form.base}/explain`, { onRequest: requirePartner(context), schema }, async (request) => {
    const subject = subjectOf(request.query);
    const loan = await requireWholeLoan(book.db.read, await form.idOf(book.db.read, request.params));
    if (subject === 'principal') return balanceOut(loan);
    return installmentOut(loan, subject, await decisionContext(book.db.read, book));
  });
}

type InstallmentSubject = { readonly installment: number; readonly component: Component };

function subjectOf(query: Static<typeof ExplainQuery>): InstallmentSubject | 'principal' {
  const { installment, component, balance } = query;
  if (balance !== undefined && installment === undefined && component === undefined) return balance;
  if (balance === undefined && installment !== undefined && component !== undefined)
    return { installment, component };
  const field = balance !== undefined ? 'balance' : installment === undefined ? 'installment' : 'component';
  const message = 'name installment and component, or balance alone';
  throw new Refusal('invalid_argument', 'figure_unclear', message, field);
}

type Explanation = Static<typeof ExplanationOut>;

function installmentOut(
  loan: BookedLoan,
  subject: InstallmentSubject,
  context: Parameters<typeof explainInstallment>[2],
): Explanation {
  const found = explainInstallment(loan.state, subject, context);
  const { charged, chargedFrom, settledBy, outstanding } = found;
  return {
    loanId: loan.id.toString(),
    ...subject,
    charged: writeMoney(charged, loan.state.terms.currency),
    chargedFrom: chargedFrom.map((part) => partOut(part, loan)),
    settledBy: settledBy.map((each) => moved(each, loan)),
    outstanding: writeMoney(outstanding, loan.state.terms.currency),
  };
}

const balanceOut = (loan: BookedLoan): Explanation => ({
  loanId: loan.id.toString(),
  balance: 'principal',
  steps: explainBalance(loan.state).map((each) => moved(each, loan)),
});

/** Amounts as numbers of the currency, transactions by the number that the outside knows. */
function moved<Step extends Settlement | BalanceStep>(step: Step, loan: BookedLoan) {
  return { ...(amountsOut(step, loan) as MovedOut<Step>), type: TYPE_LABELS[step.type] };
}

type MovedOut<Step> = {
  [Field in keyof Step]: Step[Field] extends bigint
    ? number
    : Field extends 'transactionId'
      ? string
      : Step[Field];
};

function partOut(part: ChargedPart, loan: BookedLoan): Static<typeof PartOut> {
  const fields = withoutAbsent(amountsOut(part, loan)) as Static<typeof PartOut>;
  const charge = 'chargeId' in part ? { chargeId: part.chargeId.toString() } : {};
  return { ...fields, ...charge, ...('type' in part && { type: TYPE_LABELS[part.type] }) };
}

function amountsOut(fields: object, loan: BookedLoan): object {
  const entries = Object.entries(fields).map(([name, value]: [string, unknown]) => {
    if (typeof value === 'bigint') return [name, writeMoney(value, loan.state.terms.currency)];
    return [name, name === 'transactionId' ? numberOf(loan, value) : value];
  });
  return Object.fromEntries(entries);
}

const numberOf = (loan: BookedLoan, id: unknown): string | undefined =>
  loan.transactions.find(({ transaction }) => transaction.id === id)?.id.toString();
