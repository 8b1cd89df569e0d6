/**
 * Statements that leave together: what is asked of a connection within one step of the process goes out as
 * one message with one Sync, and comes back as one. Each statement on its own would cost both sides a
 * message, a flush and a wake-up: of a small transaction that was a third of the server's time.
 *
 * PostgreSQL passes over what stands behind a failed statement up to the Sync, so all of these fail with it.
 * What a statement's rows look like is asked once for each connection: a prepared statement keeps its
 * columns, or fails (0A000).
 */
import type { Duplex } from 'node:stream';
import type pg from 'pg';

export interface Statement {
  readonly text: string;
  /** Under which the server keeps it prepared; without it is planned anew each time. */
  readonly name?: string | undefined;
  /** Absent: the text may hold several statements, which cannot be prepared, and goes out by itself. */
  readonly values?: readonly Sent[];
}

export interface Answer {
  readonly rows: object[];
  /** What the server calls that which it did: COMMIT, ROLLBACK, UPDATE 3. */
  readonly tag: string;
}

export type Ask = (statement: Statement) => Promise<Answer>;

/** A way to ask a client; what is asked for while it is busy leaves together when it is done. */
export function openPipeline(client: pg.ClientBase, getTypeParser: GetTypeParser): Ask {
  const gathered: Asked[] = [];
  let isBusy = false;
  let isDue = false;
  const answered = (): void => {
    isBusy = false;
    send();
  };
  const send = (): void => {
    isDue = false;
    if (isBusy || gathered.length === 0) return;
    const alone = gathered.findIndex(({ values }) => values === undefined);
    const group = gathered.splice(0, alone < 0 ? gathered.length : Math.max(1, alone));
    isBusy = true;
    if (alone === 0) for (const each of group) void askAlone(client, each).then(answered);
    else client.query(groupOf(group, { getTypeParser, answered }));
  };
  // Behind what is done at the end of the step, which may ask for more.
  const sendSoon = (): void => process.nextTick(send);
  return ({ text, name, values }) =>
    new Promise((resolve, reject) => {
      if (!isBusy && !isDue) process.nextTick(sendSoon);
      isDue = true;
      gathered.push({ text, name, values, rows: [], tag: '', resolve, reject });
    });
}

/** Never fails itself. */
const askAlone = (client: pg.ClientBase, { text, resolve, reject }: Asked): Promise<void> =>
  client.query<object>(text).then(({ rows, command }) => resolve({ rows, tag: command }), reject);

type GetTypeParser = (type: number, format: 'text') => (text: string) => unknown;

interface Asked {
  readonly text: string;
  readonly name: string | undefined;
  /** Undefined: to be asked alone. */
  readonly values: readonly Sent[] | undefined;
  readonly rows: object[];
  tag: string;
  shape?: Shape | undefined;
  /** Why a row of it could not be understood. */
  fault?: { readonly error: unknown };
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** The columns of a statement's rows; none of a statement that has no rows. */
type Shape = readonly Column[];

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

/** What a connection knows of the statements that it has prepared. */
interface Memory {
  /** By name; undefined while its columns have not been seen. */
  readonly shapes: Map<string, Shape | undefined>;
  /** Whether these were prepared before something failed, nobody knows. */
  readonly uncertain: Set<string>;
}

const memories = new WeakMap<Wire, Memory>();

function memoryOf(wire: Wire): Memory {
  const memory = memories.get(wire) ?? { shapes: new Map(), uncertain: new Set() };
  memories.set(wire, memory);
  return memory;
}

/** The part of the driver's connection that speaks the protocol, as its own cursors use it. */
interface Wire {
  readonly stream: Duplex;
  parse(message: { text: string; name: string | undefined }): void;
  bind(message: { statement: string | undefined; values: readonly Sent[] }): void;
  describe(message: { type: 'P'; name: '' }): void;
  execute(message: object): void;
  close(message: { type: 'S'; name: string }): void;
  sync(): void;
}

/** What the driver calls while the answers come in. */
interface Group extends pg.Submittable {
  handleRowDescription(message: { fields: readonly { name: string; dataTypeID: number }[] }): void;
  handleDataRow(message: { fields: readonly (string | null)[] }): void;
  handleCommandComplete(message: { text: string }): void;
  handleEmptyQuery(): void;
  handleError(error: unknown): void;
  handleReadyForQuery(): void;
}

interface Asker {
  readonly getTypeParser: GetTypeParser;
  /** Called once everything has its answer. */
  answered(): void;
}

function groupOf(asked: readonly Asked[], { getTypeParser, answered }: Asker): Group {
  let memory: Memory | undefined;
  let at = 0;

  const completed = (tag: string): void => {
    const statement = asked[at];
    if (statement === undefined) return;
    statement.tag = tag;
    if (statement.name !== undefined) memory?.shapes.set(statement.name, statement.shape ?? []);
    at += 1;
  };
  return {
    submit: (connection) => {
      const wire = connection as unknown as Wire;
      memory = memoryOf(wire);
      wire.stream.cork();
      try {
        for (const statement of asked) write(wire, memory, statement);
        wire.sync();
      } finally {
        wire.stream.uncork();
      }
    },
    handleRowDescription: ({ fields }) => {
      const statement = asked[at];
      if (statement === undefined) return;
      statement.shape = fields.map(({ name, dataTypeID }) => ({
        name,
        parse: getTypeParser(dataTypeID, 'text'),
      }));
    },
    handleDataRow: ({ fields }) => {
      const statement = asked[at];
      if (statement?.shape === undefined || statement.fault) return;
      try {
        statement.rows.push(rowOf(statement.shape, fields));
      } catch (error) {
        statement.fault = { error };
      }
    },
    handleCommandComplete: ({ text }) => completed(text),
    handleEmptyQuery: () => completed(''),
    handleError: (error) => {
      // What is not within a transaction commits at the Sync: that may fail when every statement has ended.
      // COMMIT itself has happened once it says so.
      const isAtSync = at === asked.length && asked.at(-1)?.tag !== 'COMMIT';
      const kept = isAtSync ? 0 : at;
      settle(asked.slice(0, kept));
      for (const { name, reject } of asked.slice(kept)) {
        if (name !== undefined) forget(memory, name);
        reject(error);
      }
      answered();
    },
    handleReadyForQuery: () => {
      settle(asked);
      answered();
    },
  };
}

function settle(asked: readonly Asked[]): void {
  for (const { rows, tag, fault, resolve, reject } of asked)
    if (fault) reject(fault.error);
    else resolve({ rows, tag });
}

function forget(memory: Memory | undefined, name: string): void {
  memory?.shapes.delete(name);
  memory?.uncertain.add(name);
}

function write(wire: Wire, { shapes, uncertain }: Memory, statement: Asked): void {
  const { text, name, values = [] } = statement;
  const isPrepared = name !== undefined && shapes.has(name);
  statement.shape = isPrepared ? shapes.get(name) : undefined;
  if (!isPrepared) {
    // To close what is not there is no error.
    if (name !== undefined && uncertain.delete(name)) wire.close({ type: 'S', name });
    wire.parse({ text, name });
    if (name !== undefined) shapes.set(name, undefined);
  }
  wire.bind({ statement: name, values });
  if (statement.shape === undefined) wire.describe({ type: 'P', name: '' });
  wire.execute({});
}

/** By an index: an iterator over the columns takes as much memory again as the row. */
function rowOf(shape: Shape, fields: readonly (string | null)[]): object {
  const row: Record<string, unknown> = {};
  for (let index = 0; index < shape.length; index += 1) {
    const column = shape[index] as Column;
    const field = fields[index] ?? null;
    row[column.name] = field === null ? null : column.parse(field);
  }
  return row;
}

/** What the protocol takes: a text, bytes, or nothing. */
export type Sent = string | Buffer | null;

/** A value as PostgreSQL reads it: instants with their zone, lists as array literals, objects as JSON. */
export function textOf(value: unknown): Sent {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value;
  if (typeof value !== 'object') return String(value);
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? arrayText(value) : JSON.stringify(value);
}

const arrayText = (values: readonly unknown[]): string => `{${values.map(elementText).join(',')}}`;

function elementText(value: unknown): string {
  if (Array.isArray(value)) return arrayText(value);
  if (Buffer.isBuffer(value)) return `"\\\\x${value.toString('hex')}"`;
  const text = textOf(value);
  if (text === null) return 'NULL';
  return typeof value === 'string' || typeof value === 'object' ? quoted(String(text)) : String(text);
}

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;
