/** What a run of vectors came to, in figures and as text. */
import type { Row, VectorFile } from './format.ts';
import type { Failure } from './play.ts';

export interface Count {
  passed: number;
  failed: number;
}

export interface Report {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly byFile: Readonly<Record<string, Count>>;
  readonly byTag: Readonly<Record<string, Count>>;
  readonly failures: readonly Failure[];
}

export interface Played {
  readonly file: string;
  readonly tags: readonly string[];
  readonly failure: Failure | null;
}

export function reportOf(played: readonly Played[]): Report {
  const failures = played.flatMap(({ failure }) => (failure ? [failure] : []));
  return {
    total: played.length,
    passed: played.length - failures.length,
    failed: failures.length,
    byFile: counted(played, ({ file }) => [file]),
    byTag: counted(played, ({ tags }) => tags),
    failures: failures.map(({ id, step, expected, actual }) => ({ id, step, expected, actual })),
  };
}

function counted(
  played: readonly Played[],
  keysOf: (one: Played) => readonly string[],
): Record<string, Count> {
  const counts: Record<string, Count> = {};
  for (const one of played)
    for (const key of keysOf(one)) {
      const count = counts[key] ?? { passed: 0, failed: 0 };
      counts[key] = count;
      count[one.failure ? 'failed' : 'passed'] += 1;
    }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function countLines(title: string, counts: Readonly<Record<string, Count>>): string[] {
  const width = Math.max(title.length, ...Object.keys(counts).map((key) => key.length));
  const line = (name: string, passed: string, failed: string) =>
    `${name.padEnd(width)}  ${passed.padStart(6)}  ${failed.padStart(6)}`;
  const rows = Object.entries(counts).map(([key, { passed, failed }]) => line(key, `${passed}`, `${failed}`));
  return [line(title, 'passed', 'failed'), ...rows];
}

/** The first difference of a failing vector: field by field, expected beside actual. */
export function failureLines(failure: Failure, options: { withTable: boolean }): string[] {
  const { id, step, expected, actual, table } = failure;
  const head = `${id}, step ${step}`;
  if (!isRow(expected) || !isRow(actual))
    return [
      head,
      `  expected  ${text(expected)}`,
      `  actual    ${text(actual)}`,
      ...tableLines(options, table),
    ];
  const fields = Object.keys(expected);
  const width = (field: string) =>
    Math.max(field.length, text(expected[field]).length, text(actual[field]).length);
  const line = (name: string, cell: (field: string) => string) =>
    `  ${name.padEnd(10)}${fields.map((field) => cell(field).padEnd(width(field))).join('  ')}`;
  return [
    head,
    line('', (field) => field),
    line('expected', (field) => text(expected[field])),
    line('actual', (field) => text(actual[field])),
    line('', (field) => (text(expected[field]) === text(actual[field]) ? '' : '^'.repeat(width(field)))),
    ...tableLines(options, table),
  ];
}

function tableLines({ withTable }: { withTable: boolean }, table: readonly Row[] | undefined): string[] {
  if (!withTable || !table) return [];
  return ['  the whole table:', ...table.map((row) => `    ${JSON.stringify(row)}`)];
}

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string =>
  value === undefined || value === null ? '-' : typeof value === 'string' ? value : JSON.stringify(value);

export interface Selection {
  readonly tag?: string;
  readonly id?: string;
}

export const selected = (files: readonly VectorFile[], { tag, id }: Selection): VectorFile[] =>
  files.map((file) => ({
    ...file,
    vectors: file.vectors.filter(
      (vector) =>
        (tag === undefined || vector.requires.includes(tag)) && (id === undefined || vector.id === id),
    ),
  }));
