/**
 * How fast days are closed: a sandbox whose loans were made on the 40 days before, so that on each day some
 * fall due, some become late and most only accrue. Three days, one after the other.
 */
import type { LoanLine } from '../sdk/client.ts';
import type { BenchServer } from './place/server.ts';
import { usageOf } from './place/usage.ts';
import type { ClosedDay } from './results.ts';

export const FIRST_DAY = '2025-03-01';
const DAYS = 3;
const AGES = 40;

export function* agedLoans(count: number, productId: string): Generator<LoanLine> {
  for (let index = 0; index < count; index += 1)
    yield {
      externalId: `A-${index}`,
      customerExternalId: `P-${index >> 2}`,
      productId,
      principal: 100_000 + (index % 100) * 1000,
      expectedDisbursementDate: dayBefore(FIRST_DAY, 1 + (index % AGES)),
      // Each customer's loans are of different ages: the customer is older than all of them.
      submittedOnDate: dayBefore(FIRST_DAY, AGES + 1),
    };
}

const DAY_MILLISECONDS = 86_400_000;

const dayBefore = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MILLISECONDS).toISOString().slice(0, 10);

interface Status {
  readonly runs: readonly {
    readonly date: string;
    readonly status: string;
    readonly startedAt: string;
    readonly finishedAt?: string;
    readonly loans: number;
    readonly accruals: number;
  }[];
  readonly failures: number;
}

/** Closes the days of the sandbox; `say` hears of each. */
export async function measureClosing(
  server: BenchServer,
  { say }: { readonly say: (line: string) => void },
): Promise<ClosedDay[]> {
  const closed: ClosedDay[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    await call(server, 'PUT /v1/business-date', { date: dayBefore(FIRST_DAY, -1 - day) });
    await call(server, 'POST /v1/close-of-business', {});
    const run = await finishedRun(server, dayBefore(FIRST_DAY, -day));
    const seconds = (Date.parse(run.finishedAt ?? '') - Date.parse(run.startedAt)) / 1000;
    const touched = run.loans + run.accruals;
    const largestMegabytes = usageOf(server)?.largestMegabytes ?? 0;
    closed.push({ ...run, seconds, perSecond: touched / Math.max(0.001, seconds), largestMegabytes });
    say(`${run.date} closed: ${run.loans} loans, ${run.accruals} accruals, ${seconds.toFixed(1)} s`);
  }
  return closed;
}

const LOOK_MILLISECONDS = 250;
const LONGEST_MILLISECONDS = 3_600_000;

async function finishedRun(server: BenchServer, date: string) {
  for (const since = Date.now(); Date.now() - since < LONGEST_MILLISECONDS; ) {
    const status = (await call(server, 'GET /v1/close-of-business')) as Status;
    if (status.failures > 0) throw new Error(`${status.failures} loans could not be closed`);
    const run = status.runs.find((each) => each.date === date);
    if (run?.status === 'finished') return run;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
  throw new Error(`${date} was not closed within an hour`);
}

async function call(server: BenchServer, what: string, body?: object): Promise<unknown> {
  const { apiUrl, client } = server;
  const [method = '', path = ''] = what.split(' ');
  const answer = await fetch(apiUrl + path, {
    method,
    headers: { authorization: `Bearer ${await client.auth.token()}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${what} was answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
