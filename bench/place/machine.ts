/** The facts of the machine, without which no figure means anything. */
import { execFileSync } from 'node:child_process';
import { cpus, freemem, loadavg, platform, release, totalmem } from 'node:os';
import pg from 'pg';
import { projectRoot } from '../../server/root.ts';

export interface Machine {
  readonly takenAt: string;
  readonly commit: string;
  readonly cores: number;
  readonly coreModel: string;
  readonly memoryGigabytes: number;
  readonly freeGigabytes: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: string;
  /** Over the minute before the bench; above 0.5 the machine was not quiet. */
  readonly load: number;
  readonly durability: string;
}

export async function machineOf(databaseUrl: string): Promise<Machine> {
  const [core] = cpus();
  return {
    takenAt: new Date().toISOString(),
    commit: commitOf(),
    cores: cpus().length,
    coreModel: core?.model ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    freeGigabytes: Math.round(freemem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    ...(await databaseFacts(databaseUrl)),
  };
}

function commitOf(): string {
  try {
    const git = (args: string[]): string => execFileSync('git', args, { cwd: projectRoot }).toString().trim();
    return git(['describe', '--always', '--dirty']);
  } catch {
    return 'unknown';
  }
}

async function databaseFacts(url: string): Promise<Pick<Machine, 'postgres' | 'durability'>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const show = async (name: string): Promise<string> =>
      String((await client.query<Record<string, string>>(`show ${name}`)).rows[0]?.[name]);
    const settings = ['fsync', 'synchronous_commit', 'full_page_writes'];
    const shown: string[] = [];
    for (const name of settings) shown.push(`${name} ${await show(name)}`);
    return { postgres: await show('server_version'), durability: shown.join(', ') };
  } finally {
    await client.end();
  }
}
