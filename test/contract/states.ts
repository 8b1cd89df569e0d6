/**
 * The states that rows begin in, made by calls of the API. Today is 20 March 2025. The loan is of 300,000
 * over three months from 15 January at 2 % a month: 6,000 of interest in the first month, three installments
 * of 104,026.40, due on 15 February, 15 March and 15 April.
 */
import { type Answer, type Caller, expectOk } from '../http/calls.ts';

export const TODAY = '2025-03-20';
export const YESTERDAY = '2025-03-19';
export const TOMORROW = '2025-03-21';
/** Whole debt of the loan while nothing was paid. */
export const DEBT = 312_079.2;
export const INTEREST = 12_079.2;

interface Named {
  readonly id: string;
  readonly externalId: string;
}

/** What a state made; `other` is a second thing of the same kind. */
export interface Case {
  readonly loan?: Answer;
  readonly customer?: Answer;
  readonly repayment?: Named | Answer;
  readonly other?: Answer;
  /** Opens again what the state has closed for all. */
  readonly end?: () => Promise<unknown>;
}

let made = 0;
/** A name of its own, with characters that have to be written in another way in a path. */
export const freshName = (): string => `N/${++made} 100% é`;

type Make = (api: Caller) => Promise<Case>;

const person =
  (body: object = {}): Make =>
  async (api) => ({ customer: await customerOf(api, body) });

async function customerOf(api: Caller, body: object): Promise<Answer> {
  const dates = { submittedDate: '2024-01-01', activationDate: '2024-01-02' };
  const whole = { externalId: freshName(), ...dates, ...body };
  return expectOk(await api.post('/v1/customers', whole)).body;
}

type Step = readonly [verb: string, body?: object];

/** A loan that was submitted on 10 January, and then went these steps. */
const loan =
  (...steps: readonly Step[]): Make =>
  async (api) => {
    const customer = await customerOf(api, {});
    let state = await submitted(api, customer);
    let repayment: Answer | undefined;
    for (const [verb, body] of steps) {
      const done = expectOk(await api.post(`/v1/loans/${state.id}/${verb}`, body)).body;
      if (verb === 'repayments') repayment = done;
      else if (!verb.startsWith('repayments')) state = done;
    }
    const now = expectOk(await api.get(`/v1/loans/${state.id}`)).body;
    return { loan: now, customer, ...(repayment && { repayment }) };
  };

async function submitted(api: Caller, customer: Answer): Promise<Answer> {
  const terms = { productId: 2, principal: 300_000, numberOfRepayments: 3, disburse: false };
  const dates = { submittedOnDate: '2025-01-10', expectedDisbursementDate: '2025-01-15' };
  const body = { customerId: Number(customer.id), externalId: freshName(), ...terms, ...dates };
  return expectOk(await api.post('/v1/loans', body)).body;
}

const APPROVE: Step = ['approve', { approvedOnDate: '2025-01-12' }];
const DISBURSE: Step = ['disburse', { actualDisbursementDate: '2025-01-15' }];
const repay = (transactionAmount: number, transactionDate = TODAY): Step => [
  'repayments',
  { transactionAmount, transactionDate },
];
const ACTIVE = [APPROVE, DISBURSE];

/** One that was taken back, by its number. */
const withReversed: Make = async (api) => {
  const found = await loan(...ACTIVE, repay(10_000, '2025-02-15'))(api);
  const path = `/v1/loans/${found.loan?.id}/repayments/${found.repayment?.id}/reverse`;
  expectOk(await api.post(path, { transactionDate: TODAY }));
  return { ...found, loan: expectOk(await api.get(`/v1/loans/${found.loan?.id}`)).body };
};

const withTwo =
  (first: Make, second: Make): Make =>
  async (api) => {
    const [found, another] = [await first(api), await second(api)];
    return {
      ...found,
      ...((another.loan ?? another.customer) ? { other: another.loan ?? another.customer } : {}),
    } as Case;
  };

/** The books are closed up to the end of January, until the row is over. */
const whileClosed =
  (make: Make): Make =>
  async (api) => {
    const found = await make(api);
    const { id } = expectOk(await api.post('/v1/gl-closures', { closingDate: '2025-01-31' })).body;
    return { ...found, end: () => api.delete(`/v1/gl-closures/${id}`) };
  };

const withoutWallet: Make = async (api) => {
  expectOk(await api.post('/v1/loan-products/1/deactivate'));
  return {
    customer: await customerOf(api, {}),
    end: () => api.post('/v1/loan-products/1/activate'),
  };
};

export const STATES = {
  nothing: async () => ({}),
  'a pending customer': person({ active: false, activationDate: undefined }),
  'an active customer': person(),
  'an active customer with a name of her own': person({ firstname: 'Asha', lastname: 'Mollel' }),
  'two customers': withTwo(person(), person()),
  'a closed customer': async (api) => {
    const { id } = await customerOf(api, {});
    const closure = { closureDate: TODAY, closureReasonId: 17 };
    return { customer: expectOk(await api.post(`/v1/customers/${id}/close`, closure)).body };
  },
  'a customer with an open loan': loan(...ACTIVE),
  'a customer with a loan applied for': loan(),
  'a customer whose loan is paid': loan(...ACTIVE, repay(DEBT)),
  'an active customer, the wallet product being retired': withoutWallet,
  'a pending loan': loan(),
  'two loans': withTwo(loan(), loan()),
  'an approved loan': loan(APPROVE),
  'an active loan': loan(...ACTIVE),
  'an active loan of which less was paid out': loan(
    ['approve', { approvedOnDate: '2025-01-12', approvedLoanAmount: 200_000 }],
    DISBURSE,
  ),
  'a rejected loan': loan(['reject']),
  'a withdrawn loan': loan(['withdraw']),
  'a loan with a repayment of 10,000': loan(...ACTIVE, repay(10_000, '2025-02-15')),
  'a loan with a repayment of 10,000 under the key K': loan(...ACTIVE, [
    'repayments',
    { transactionAmount: 10_000, transactionDate: '2025-02-15', idempotencyKey: 'K', externalId: 'P/1' },
  ]),
  'an active loan, January being closed': whileClosed(loan(...ACTIVE)),
  'an approved loan, January being closed': whileClosed(loan(APPROVE)),
  'a loan with a reversed repayment': withReversed,
  'a loan repaid on time': loan(...ACTIVE, repay(104_026.4, '2025-02-15'), repay(104_026.4, '2025-03-15')),
  'a loan paid ahead': loan(...ACTIVE, repay(311_979.2, '2025-03-15')),
  'a closed loan': loan(...ACTIVE, repay(DEBT)),
  'a loan overpaid by 100': loan(...ACTIVE, repay(312_179.2)),
  'a written-off loan': loan(...ACTIVE, ['writeoff', { transactionDate: TODAY }]),
  'a charged-off loan': loan(...ACTIVE, ['repayments/charge-off', { transactionDate: YESTERDAY }]),
} as const satisfies Readonly<Record<string, Make>>;

export type State = keyof typeof STATES;
