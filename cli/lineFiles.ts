/** Files of lines: CSV with a head line, or NDJSON (one JSON object per line); "-" is the input. */
import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { UsageError } from './terminal.ts';

export type LineFormat = 'csv' | 'ndjson';

export interface FileLine {
  /** In the file, from 1. */
  readonly number: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** What the cells of a CSV file are, where they are not texts. */
export type CellTypes = Readonly<Record<string, 'number' | 'boolean' | 'json'>>;

export interface LineFile {
  readonly lines: AsyncIterable<FileLine>;
  /** Bytes of the file; undefined for the input. */
  readonly size: number | undefined;
  /** Bytes read so far. */
  read(): number;
}

export function openLines(path: string, format: LineFormat | undefined, cells: CellTypes): LineFile {
  const source = path === '-' ? process.stdin : createReadStream(requireFile(path));
  let bytes = 0;
  source.on('data', (chunk: Buffer | string) => {
    bytes += chunk.length;
  });
  const isCsv = (format ?? formatOf(path)) === 'csv';
  return {
    lines: isCsv ? csvLines(source, cells) : jsonLines(source),
    size: path === '-' ? undefined : statSync(path).size,
    read: () => bytes,
  };
}

function requireFile(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  throw new UsageError(`there is no file ${path}`);
}

const formatOf = (path: string): LineFormat => (/\.csv$/i.test(path) ? 'csv' : 'ndjson');

async function* jsonLines(source: Readable): AsyncGenerator<FileLine, void, undefined> {
  let number = 0;
  for await (const text of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    const bare = text.replace(/^\uFEFF/, '').trim();
    if (bare !== '') yield { number, value: objectIn(bare, number) };
  }
}

function objectIn(text: string, number: number): FileLine['value'] {
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as FileLine['value'];
  throw new UsageError(`line ${number} is not a JSON object: nothing from there on was sent`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface CsvRow {
  readonly number: number;
  readonly cells: Readonly<Record<string, string>>;
}

async function* csvLines(source: Readable, types: CellTypes): AsyncGenerator<FileLine, void, undefined> {
  const parser = parse({
    ...{ columns: true, bom: true, skip_empty_lines: true, trim: true },
    on_record: (cells: CsvRow['cells'], { lines }): CsvRow => ({ number: lines, cells }),
  });
  try {
    for await (const { number, cells } of source.pipe(parser) as AsyncIterable<CsvRow>)
      yield { number, value: lineOf(cells, types) };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_'))) throw error;
    throw new UsageError(`the file is not good CSV: ${error.message}: nothing from there on was sent`);
  }
}

/** Empty cells are left out; what cannot be read as its type goes on as text, and the server refuses it. */
function lineOf(cells: CsvRow['cells'], types: CellTypes): FileLine['value'] {
  const filled = Object.entries(cells).filter(([, text]) => text !== '');
  return Object.fromEntries(filled.map(([name, text]) => [name, cellOf(text, types[name])]));
}

function cellOf(text: string, type: CellTypes[string] | undefined): unknown {
  if (type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return type === 'json' ? (parsed(text) ?? text) : text;
}
