/** What is printed and asked: tables for people, JSON for programs, passwords without an echo. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Wrong use of a command, or a thing that it needs and does not have. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function print(value: unknown, { json, text }: { json: boolean; text: string }): void {
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : text}\n`);
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly object[], columns: readonly string[]): string {
  const cells = (row: object): string[] => columns.map((column) => cell(Reflect.get(row, column)));
  const lines = [columns, ...rows.map(cells)];
  const widths = columns.map((_column, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const padded = lines.map((line) => line.map((text, index) => text.padEnd(widths[index] ?? 0)).join('  '));
  return padded.map((line) => line.trimEnd()).join('\n');
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '-';
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** Asks on the terminal without an echo; where there is none, `variable` must have been set. */
export async function askHidden(question: string, variable: string): Promise<string> {
  if (!process.stdin.isTTY) throw new UsageError(`no terminal to ask on: set ${variable}`);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once('close', () => reject(new UsageError('nothing was entered')));
      reader.question('', resolve);
    });
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}

/** A new password: asked twice on a terminal, else the first line of the input. */
export async function newPassword(): Promise<string> {
  if (!process.stdin.isTTY) return firstLine();
  const once = await askHidden('New password: ', 'a terminal');
  const again = await askHidden('Once more: ', 'a terminal');
  if (once !== again) throw new UsageError('the two are not the same');
  return once;
}

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  throw new UsageError('no new password on the input: echo it in, or run the command on a terminal');
}
