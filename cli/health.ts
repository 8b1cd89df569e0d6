/** `loanbook health`: whether both hosts can do their work. */
import type { Command } from 'commander';
import { addresses } from './connection.ts';
import { print, table } from './terminal.ts';

interface Health {
  readonly host: string;
  readonly url: string;
  readonly ready: boolean;
  readonly says: string;
}

export function addHealth(program: Command): void {
  program
    .command('health')
    .description('whether both hosts are ready; exit code 1 when one is not')
    .action(async () => {
      const { apiUrl, authUrl } = addresses();
      const found = await Promise.all([readiness('api', apiUrl), readiness('auth', authUrl)]);
      const text = table(found, ['host', 'url', 'ready', 'says']);
      print(found, { json: program.opts().json === true, text });
      if (found.some((each) => !each.ready)) process.exitCode = 1;
    });
}

async function readiness(host: string, url: string): Promise<Health> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    const { message, status } = (await answer.json()) as { message?: string; status?: string };
    return { host, url, ready: answer.ok, says: message ?? status ?? String(answer.status) };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return { host, url, ready: false, says: timedOut ? 'no answer within 5 seconds' : 'nobody answers' };
  }
}
