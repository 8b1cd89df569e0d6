/** Living through the year: what the script says, told day by day to a server that is killed now and then. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Loan } from '../../sdk/client.ts';
import type { Chance } from '../fuzz/random.ts';
import type { Place } from './place.ts';
import {
  type Act,
  actsOf,
  type Borrower,
  borrowersOf,
  dateOf,
  type Plan,
  type Product,
  stopsOf,
} from './script.ts';

export interface Kills {
  readonly count: number;
  /** When to kill; not of the script, which is the same with kills and without. */
  readonly chance: Chance;
}

export interface Lived {
  readonly calls: number;
  /** Refusals by their words: part of what two identical years have in common. */
  readonly refused: ReadonlyMap<string, number>;
  readonly kills: number;
  /** Days whose close of business a kill cut in the middle. */
  readonly cutDays: readonly string[];
}

interface Year {
  readonly plan: Plan;
  readonly place: Place;
  readonly products: Readonly<Record<Product, string>>;
  readonly say: (line: string) => void;
  /** By number of the loan: what is to be told on the days to come. */
  readonly agenda: Map<number, Act[]>;
  readonly refused: Map<string, number>;
  readonly cutDays: string[];
  calls: number;
  kills: number;
  /** How long a step of the clock takes, more or less. */
  stepMilliseconds: number;
}

/** Calls at a time, each about another loan. */
const TOGETHER = 64;

export async function live(
  asked: Pick<Year, 'plan' | 'place' | 'say'> & { readonly kills: Kills | undefined },
): Promise<Lived> {
  const { plan, place, kills } = asked;
  const products = await configure(place);
  const year: Year = {
    ...asked,
    products,
    agenda: new Map(),
    refused: new Map(),
    cutDays: [],
    calls: 0,
    kills: 0,
    stepMilliseconds: 30,
  };
  const borrowers = borrowersOf(plan);
  await makeCustomers(place, [...new Set(borrowers.map(({ customer }) => customer))]);
  const stops = stopsOf(plan);
  const deadly = kills ? killStops(stops.length, kills) : new Map<number, Chance>();
  for (const [number, stop] of stops.entries()) {
    const next = stops[number + 1] ?? plan.days;
    const chance = deadly.get(number);
    const isAmong = chance?.in(0.25) === true;
    const dying = chance && isAmong ? killAmong(year, chance) : undefined;
    await liveThrough(year, borrowers, stop);
    await dying;
    await advance(year, next, isAmong ? undefined : chance);
    if (number % 10 === 9) asked.say(`${dateOf(next)}: ${year.calls} calls, ${year.kills} kills`);
  }
  const { calls, refused, cutDays } = year;
  return { calls, refused, cutDays, kills: year.kills };
}

/** At which stops; not at the first ones, when there is nothing to close yet. */
function killStops(stops: number, { count, chance }: Kills): Map<number, Chance> {
  const chosen = new Map<number, Chance>();
  while (chosen.size < Math.min(count, stops - FIRST_STOPS))
    chosen.set(FIRST_STOPS + chance.below(stops - FIRST_STOPS), chance);
  return chosen;
}

const FIRST_STOPS = 3;

async function configure({ persist, client }: Place): Promise<Record<Product, string>> {
  const terms = {
    principal: 100_000,
    repaymentEvery: 1,
    repaymentFrequencyType: 'Months',
    interestRatePerPeriod: 24,
    interestRateFrequencyType: 'Per year',
    daysInYearType: '365 days',
    daysInMonthType: 'Actual',
  } as const;
  const recalculation = {
    restFrequency: 'Same as repayment period',
    rescheduleStrategy: 'Adjust last unpaid period',
    preCloseRule: 'Till pre-close date',
    compounding: 'None',
  } as const;
  const charges = {
    LATE: {
      chargeTimeType: 'Overdue installment',
      chargeCalculationType: 'Flat',
      amount: 700,
      penalty: true,
    },
    VISIT: { chargeTimeType: 'Specified due date', chargeCalculationType: 'Flat', amount: 1_000 },
  } as const;
  for (const [code, charge] of Object.entries(charges))
    await done(persist(`charge ${code}`, (o) => client.charges.create({ code, name: code, ...charge }, o)));
  const wanted = {
    LATE30: { repaymentEvery: 30, repaymentFrequencyType: 'Days', numberOfRepayments: 1, charges: ['LATE'] },
    PROG6: { numberOfRepayments: 6, scheduleType: 'Progressive', interestRecalculation: recalculation },
    WEEKLY: { repaymentFrequencyType: 'Weeks', numberOfRepayments: 16, interestType: 'Flat' },
    CASH3: { numberOfRepayments: 3, accountingMethod: 'Cash' },
  } as const;
  for (const [shortName, own] of Object.entries(wanted)) {
    const product = { name: shortName, shortName, ...terms, ...own };
    await done(persist(`product ${shortName}`, (o) => client.loanProducts.create(product, o)));
  }
  const all = await client.loanProducts.list();
  return Object.fromEntries(all.map(({ shortName, id }) => [shortName, id])) as Record<Product, string>;
}

const CUSTOMERS_TOGETHER = 2_000;

/** All of them on the first day. */
async function makeCustomers({ persist, client }: Place, names: readonly string[]): Promise<void> {
  for (let from = 0; from < names.length; from += CUSTOMERS_TOGETHER) {
    const customers = names
      .slice(from, from + CUSTOMERS_TOGETHER)
      .map((externalId) => ({ externalId, activationDate: dateOf(0) }));
    await done(persist(`customers ${from}`, (o) => client.imports.customers({ customers }, o)));
  }
}

async function done<T>(told: ReturnType<Place['persist']>): Promise<T> {
  const outcome = await told;
  if ('refused' in outcome) throw new Error(outcome.refused);
  return outcome.answer as T;
}

async function liveThrough(year: Year, borrowers: readonly Borrower[], stop: number): Promise<void> {
  const fresh = [...borrowers.entries()].filter(
    ([index, { bookedOn }]) => bookedOn <= stop && !year.agenda.has(index),
  );
  const due = [...year.agenda].filter(([, [first]]) => first !== undefined && first.day <= stop);
  await inParallel(fresh, TOGETHER, ([index, borrower]) => book(year, { index, borrower, stop }));
  await inParallel(due, TOGETHER, ([index, acts]) => tellAll(year, { index, acts, stop }));
}

async function book(
  year: Year,
  { index, borrower, stop }: { readonly index: number; readonly borrower: Borrower; readonly stop: number },
): Promise<void> {
  const { client, persist } = year.place;
  const { name, customer, product, principal } = borrower;
  const terms = {
    externalId: name,
    customerExternalId: customer,
    productId: year.products[product],
    principal,
  };
  const loan = await done<Loan>(persist(`loan ${name}`, (o) => client.loans.create(terms, o)));
  year.calls += 1;
  const schedule = (loan.repaymentSchedule ?? []).filter(
    ({ period, totalDue = 0 }) => period > 0 && totalDue > 0,
  );
  year.agenda.set(index, actsOf(year.plan, index, { bookedOn: stop, schedule: schedule as never }));
}

async function tellAll(
  year: Year,
  { index, acts, stop }: { readonly index: number; readonly acts: Act[]; readonly stop: number },
): Promise<void> {
  for (let act = acts[0]; act !== undefined && act.day <= stop; act = acts[0]) {
    acts.shift();
    const told = await tell(year, { loan: { externalId: `L-${index}` }, act, stop, left: acts.length });
    year.calls += 1;
    if (told === undefined || !('refused' in told)) continue;
    const words = `${act.kind}: ${told.refused}`.replaceAll(/\d[\d.,-]*/g, 'N').slice(0, 120);
    year.refused.set(words, (year.refused.get(words) ?? 0) + 1);
  }
}

interface Telling {
  readonly loan: { readonly externalId: string };
  readonly act: Act;
  readonly stop: number;
  /** Acts that are still to come: no two acts of a loan have the same key. */
  readonly left: number;
}

/** Answers undefined where there is nothing to act on. */
async function tell({ place }: Year, { loan, act, stop, left }: Telling) {
  const { client, persist } = place;
  const transactionDate = dateOf(stop);
  const key = `${loan.externalId} ${act.kind} ${act.day} ${left}`;
  switch (act.kind) {
    case 'pay': {
      const body = {
        transactionAmount: act.amount,
        transactionDate: dateOf(Math.max(0, stop - act.daysBack)),
      };
      return persist(key, (o) => client.repayments.create(loan, body, o));
    }
    case 'recover':
      return persist(key, (o) =>
        client.repayments.recover(loan, { transactionAmount: act.amount, transactionDate }, o),
      );
    case 'writeOff':
      return persist(key, (o) => client.loans.writeOff(loan, { transactionDate }, o));
    case 'chargeOff':
      return persist(key, (o) => client.repayments.chargeOff(loan, { transactionDate }, o));
    case 'charge': {
      const body = { chargeId: 'VISIT', dueDate: transactionDate, amount: act.amount };
      return persist(key, (o) => client.loanCharges.add(loan, body, o));
    }
    case 'waiveCharge': {
      const [charge] = await asked(place, `${key} charges`, () => client.loanCharges.list(loan));
      return charge && persist(key, (o) => client.loanCharges.waive({ loan, charge: charge.id }, {}, o));
    }
    case 'refund': {
      const { totalOverpaid = 0 } = await asked(place, `${key} loan`, () => client.loans.get(loan));
      const body = { transactionAmount: totalOverpaid, transactionDate };
      return totalOverpaid > 0
        ? persist(key, (o) => client.repayments.creditBalanceRefund(loan, body, o))
        : undefined;
    }
    case 'reverse': {
      const { items } = await asked(place, `${key} list`, () =>
        client.repayments.list(loan, { rows: 100 }).page(),
      );
      const latest = items.find(({ type, status }) => type === 'Repayment' && status === 'posted');
      if (latest === undefined) return undefined;
      const at = { loan, repayment: latest.id };
      return persist(key, (o) => client.repayments.reverse(at, { transactionDate }, o));
    }
  }
}

/** What is there, read until it is answered. */
const asked = <T>({ persist }: Place, key: string, read: () => Promise<T>): Promise<T> =>
  done<T>(persist(key, read));

/** The days up to the next one; where told to, the server dies on the way, and the call is sent again. */
async function advance(year: Year, next: number, chance: Chance | undefined): Promise<void> {
  const { place } = year;
  const to = dateOf(next);
  const since = Date.now();
  let isOver = false;
  const advanced = done(
    place.persist(`advance to ${to}`, (o) => place.client.businessDate.advance({ to }, o)),
  ).finally(() => {
    isOver = true;
  });
  if (chance) await killWhileClosing(year, chance, () => isOver);
  else await advanced.then(() => noteDuration(year, Date.now() - since));
  await advanced;
}

/** Dies at a random moment within the closing of a day, as long as that lasted lately. */
async function killWhileClosing(year: Year, chance: Chance, isOver: () => boolean): Promise<void> {
  const { place } = year;
  while (!isOver() && (await place.closingDay()) === undefined);
  await pause(chance.below(Math.ceil(year.stepMilliseconds / 2)));
  if (isOver()) return;
  year.kills += 1;
  const cut = await place.kill();
  if (cut !== undefined) year.cutDays.push(cut);
}

function noteDuration(year: Year, milliseconds: number): void {
  year.stepMilliseconds = (year.stepMilliseconds + milliseconds) / 2;
}

/** Dies while payments are on their way. */
async function killAmong(year: Year, chance: Chance): Promise<void> {
  await pause(chance.below(150));
  year.kills += 1;
  await year.place.kill();
}

export async function inParallel<T>(
  all: readonly T[],
  width: number,
  work: (each: T) => Promise<void>,
): Promise<void> {
  const waiting = [...all];
  const one = async (): Promise<void> => {
    for (let each = waiting.shift(); each !== undefined; each = waiting.shift()) await work(each);
  };
  await Promise.all(Array.from({ length: width }, one));
}
