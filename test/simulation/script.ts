/**
 * What happens in a simulated year, decided by a seed and nothing else: who borrows what when, who pays how,
 * and on which days the clock stands. Days are numbered from 0; an act that falls on a day on which the clock
 * does not stand happens on the next one on which it does.
 */
import { type Chance, chanceOf } from '../fuzz/random.ts';

export interface Plan {
  readonly loans: number;
  readonly days: number;
  readonly seed: number;
}

export const FIRST_DAY = '2025-01-01';

export const dateOf = (day: number): string =>
  new Date(Date.parse(`${FIRST_DAY}T00:00:00Z`) + day * 86_400_000).toISOString().slice(0, 10);

const dayOf = (date: string): number => (Date.parse(date) - Date.parse(FIRST_DAY)) / 86_400_000;

/** Short names of the products, the seeded ones first. */
export const PRODUCTS = ['WL30', 'TL12', 'LATE30', 'PROG6', 'WEEKLY', 'CASH3'] as const;
export type Product = (typeof PRODUCTS)[number];

const HABITS = ['punctual', 'late', 'partial', 'over', 'stops', 'early'] as const;
type Habit = (typeof HABITS)[number];

export interface Borrower {
  /** External id of the loan. */
  readonly name: string;
  readonly customer: string;
  readonly product: Product;
  readonly principal: number;
  readonly bookedOn: number;
}

const HABITS_BY_SHARE: readonly Habit[] = [
  ...Array<Habit>(9).fill('punctual'),
  ...Array<Habit>(5).fill('late'),
  ...HABITS.slice(2),
];

const chanceOfLoan = ({ seed }: Plan, index: number): Chance => chanceOf(seed * 7_919 + index * 104_729);

/** A third of them early, so that the first days have something to do; the others all over the year. */
export function borrowersOf(plan: Plan): Borrower[] {
  return Array.from({ length: plan.loans }, (_, index) => {
    const chance = chanceOfLoan(plan, index);
    const until = chance.in(0.3) ? Math.ceil(plan.days / 10) : plan.days - 1;
    return {
      name: `L-${index}`,
      customer: `C-${Math.floor(index / 3)}`,
      product: chance.one(PRODUCTS),
      principal: 20_000 + chance.below(400) * 500,
      bookedOn: chance.below(Math.max(1, until)),
    };
  });
}

export type Act =
  | { readonly kind: 'pay'; readonly day: number; readonly amount: number; readonly daysBack: number }
  | { readonly kind: 'charge'; readonly day: number; readonly amount: number }
  | { readonly kind: 'recover'; readonly day: number; readonly amount: number }
  | { readonly kind: 'reverse' | 'waiveCharge' | 'writeOff' | 'chargeOff' | 'refund'; readonly day: number };

/** What a schedule asks for; the disbursement's own row apart. */
export interface Asked {
  readonly dueDate: string;
  readonly totalDue: number;
}

/** The acts of one loan, in order. */
export function actsOf(plan: Plan, index: number, { bookedOn, schedule }: Life): Act[] {
  const chance = chanceOfLoan(plan, index + 1_000_003);
  const habit = chance.one(HABITS_BY_SHARE);
  const acts = [...PAYING[habit](schedule, chance), ...oddities(schedule, chance, habit)];
  const within = acts.filter(({ day }) => day > bookedOn && day < plan.days);
  return within.sort((a, b) => a.day - b.day);
}

interface Life {
  readonly bookedOn: number;
  readonly schedule: readonly Asked[];
}

type Paying = (schedule: readonly Asked[], chance: Chance) => Act[];

const pay = (day: number, amount: number, daysBack = 0): Act => ({
  kind: 'pay',
  day,
  amount: Math.max(0.01, Math.round(amount * 100) / 100),
  daysBack,
});

const onTime: Paying = (schedule) => schedule.map(({ dueDate, totalDue }) => pay(dayOf(dueDate), totalDue));

const PAYING: Readonly<Record<Habit, Paying>> = {
  punctual: onTime,
  late: (schedule, chance) =>
    schedule.map(({ dueDate, totalDue }) => {
      const daysLate = chance.one([0, 1, 3, 10, 20, 40]);
      // Now and then the money had come before the lender heard of it.
      const daysBack = chance.in(0.2) ? Math.min(daysLate, chance.below(5)) : 0;
      return pay(dayOf(dueDate) + daysLate, totalDue, daysBack);
    }),
  partial: (schedule, chance) =>
    schedule.flatMap(({ dueDate, totalDue }) => {
      const part = totalDue * chance.one([0.25, 0.5, 0.9]);
      const rest = chance.in(0.6) ? [pay(dayOf(dueDate) + chance.below(25), totalDue - part)] : [];
      return [pay(dayOf(dueDate), part), ...rest];
    }),
  over: (schedule, chance) =>
    schedule.map(({ dueDate, totalDue }) => pay(dayOf(dueDate), totalDue * chance.one([1, 1.1, 1.5]))),
  stops: (schedule, chance) => onTime(schedule.slice(0, chance.below(schedule.length)), chance),
  early: (schedule, chance) => {
    const [first, last] = [schedule[0], schedule.at(-1)];
    if (!first || !last) return [];
    const day =
      dayOf(first.dueDate) - 5 + chance.below(Math.max(1, dayOf(last.dueDate) - dayOf(first.dueDate)));
    const paid = schedule.filter(({ dueDate }) => dayOf(dueDate) < day);
    const whole = schedule.slice(paid.length).reduce((sum, { totalDue }) => sum + totalDue, 0);
    return [...onTime(paid, chance), pay(day, whole)];
  },
};

/** What befalls few loans: a returned payment, a charge, a waiver, a loss. */
function oddities(schedule: readonly Asked[], chance: Chance, habit: Habit): Act[] {
  const [from, to] = [dayOf(schedule[0]?.dueDate ?? FIRST_DAY), dayOf(schedule.at(-1)?.dueDate ?? FIRST_DAY)];
  const someDay = (): number => from + chance.below(Math.max(1, to - from + 5));
  const acts: Act[] = [];
  if (chance.in(0.06)) acts.push({ kind: 'reverse', day: someDay() });
  if (chance.in(0.08)) {
    const day = someDay() - 4;
    acts.push({ kind: 'charge', day, amount: 500 + chance.below(20) * 100 });
    if (chance.in(0.3)) acts.push({ kind: 'waiveCharge', day: day + 1 + chance.below(20) });
  }
  if (chance.in(0.3)) acts.push({ kind: 'refund', day: to + 3 });
  if (habit === 'stops' && chance.in(0.3)) {
    const day = to + 20 + chance.below(40);
    acts.push({ kind: chance.in(0.5) ? 'writeOff' : 'chargeOff', day });
    if (chance.in(0.5)) acts.push({ kind: 'recover', day: day + 5, amount: 750 });
  }
  return acts;
}

/** Days on which the clock stands: mostly each, now and then several days pass at once. */
export function stopsOf({ days, seed }: Plan): number[] {
  const chance = chanceOf(seed);
  const stops: number[] = [];
  for (let day = 0; day < days; day += chance.in(0.85) ? 1 : 2 + chance.below(5)) stops.push(day);
  return stops;
}
