/**
 * The examples of the document are true: each is of the shape that it stands for, and a body that is given as
 * an example does what its call is for when it is sent (ids of what it is about apart).
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Route, readDocument, routesOf } from '../document.ts';
import { callerOf } from '../http/calls.ts';
import { closed } from '../witness.ts';
import { makeWorld, type World } from '../world.ts';
import { type Case, freshName, STATES, type State, TODAY } from './states.ts';

type Json = Readonly<Record<string, unknown>>;

const document = readDocument();
const routes = routesOf(document);

interface Example {
  readonly title: string;
  readonly pointer: string;
  readonly value: unknown;
}

/** Every schema with an example, in the document and beside media types. */
function examplesIn(part: unknown, path: readonly string[] = []): Example[] {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return [];
  const { schema, example, examples } = part as Json;
  const beside = schema === undefined ? [] : [example, ...valuesOf(examples)];
  const within = schema === undefined && Array.isArray(examples) ? examples : [];
  const found = [
    ...beside.map((value) => exampleAt([...path, 'schema'], value)),
    ...within.map((value) => exampleAt(path, value)),
  ].filter(({ value }) => value !== undefined);
  const deeper = Object.entries(part)
    .filter(([name]) => !['example', 'examples', 'default', 'enum', 'const'].includes(name))
    .flatMap(([name, each]) => examplesIn(each, [...path, name]));
  return [...found, ...deeper];
}

const valuesOf = (examples: unknown): unknown[] =>
  typeof examples === 'object' && examples !== null
    ? Object.values(examples).map((each: { value?: unknown }) => each.value)
    : [];

const exampleAt = (path: readonly string[], value: unknown): Example => ({
  title: path.join(' '),
  pointer: path.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/'),
  value,
});

describe('an example', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: true, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(closed(document) as Json, 'document');

  it('is of the shape that it stands for', () => {
    const examples = examplesIn(document);
    expect(examples.length).toBeGreaterThan(500);
    const faults = examples.flatMap(({ title, pointer, value }) => {
      const validate = ajv.compile({ $ref: `document#/${pointer}` });
      return validate(value) ? [] : [`${title}: ${ajv.errorsText(validate.errors)}`];
    });
    expect(faults).toEqual([]);
  });
});

/** What has to be there for the example to succeed; customers and loans get the ids of the state. */
const MEETS: Readonly<Record<string, State>> = {
  createCustomer: 'nothing',
  updateCustomer: 'an active customer',
  activateCustomer: 'a pending customer',
  closeCustomer: 'an active customer',
  createLoan: 'an active customer',
  previewLoan: 'nothing',
  updateLoan: 'a pending loan',
  approveLoan: 'a pending loan',
  rejectLoan: 'a pending loan',
  withdrawLoan: 'a pending loan',
  disburseLoan: 'an approved loan',
  undoDisbursal: 'an active loan',
  undoApproval: 'an approved loan',
  adjustDisbursementDate: 'an active loan',
  rollBackLoan: 'an active loan',
  writeOffLoan: 'an active loan',
  createRepayment: 'an active loan',
  waiveInterest: 'an active loan',
  recordRecovery: 'a written-off loan',
  refundPayment: 'a loan paid ahead',
  refundCreditBalance: 'a loan overpaid by 100',
  recordMerchantRefund: 'an active loan',
  recordPayoutRefund: 'an active loan',
  recordGoodwillCredit: 'an active loan',
  chargeOffLoan: 'an active loan',
  undoChargeOff: 'a charged-off loan',
  adjustRepayment: 'a loan with a repayment of 10,000',
  reverseRepayment: 'a loan with a repayment of 10,000',
  chargeBackRepayment: 'a loan with a repayment of 10,000',
  createGlAccount: 'nothing',
  createJournalEntry: 'nothing',
  createAccount: 'nothing',
  authorizeToken: 'nothing',
};

describe('the example of a body', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld({ businessDate: TODAY });
  });
  afterAll(() => world.close());

  const played = routes.filter(({ id, body }) => body !== undefined && id in MEETS);

  it('is there for each of them', () => {
    expect(played.map(({ id }) => id).sort()).toEqual(Object.keys(MEETS).sort());
  });

  it.each(played.map((route) => [route.title, route] as const))(
    '%s does what it says',
    async (_title, route) => {
      const api = callerOf(world);
      const { customer, loan, repayment }: Case = await STATES[MEETS[route.id] ?? 'nothing'](api);
      const path = route.path
        .replace('{customer_id}', customer?.id ?? '')
        .replace('{loan_id}', loan?.id ?? '')
        .replace('{transaction_id}', repayment?.id ?? '');
      const host = path.startsWith('/v1/auth/') ? world.authUrl : '';
      const example = exampleOf(route);
      const body = {
        ...example,
        ...('customerId' in example && { customerId: customer?.id }),
        ...('email' in example && { email: 'somebody@example.com' }),
        ...('externalId' in example && { externalId: freshName() }),
      };
      const send = route.method === 'PUT' ? api.put : api.post;
      const reply = await send(host + path, body);
      expect(reply.status, `${JSON.stringify(body)}: ${reply.text}`).toBe(200);
    },
  );
});

const exampleOf = ({ body }: Route): Json =>
  (body?.example ?? (body?.schema?.examples as readonly unknown[] | undefined)?.[0] ?? {}) as Json;
