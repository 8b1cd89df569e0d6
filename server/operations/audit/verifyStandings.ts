/**
 * Accounts, signing keys, GL accounts, closed periods and entries made by hand have no versions to count:
 * what they are now has to be what their last row of the trail says. So its removal is seen before any anchor
 * has seen the row.
 */
import {
  type LastRow,
  listLastRows,
  listStandings,
  listUnauditedEntries,
  type Standing,
  type SubjectKind,
} from '../../store/auditSubjects.ts';
import type { Tx } from '../../store/database.ts';
import type { AuditFault } from './fault.ts';

/** Some of these were there before anybody could have made them: they came with the book. */
const SEEDED: ReadonlySet<SubjectKind> = new Set<SubjectKind>(['glAccount']);

export async function standingFaults(tx: Tx, most: number): Promise<AuditFault[]> {
  const [rows, standings, unaudited] = [
    await listLastRows(tx),
    await listStandings(tx),
    await listUnauditedEntries(tx, most),
  ];
  const last = new Map<string, LastRow[]>();
  for (const row of rows) last.set(nameOf(row), [...(last.get(nameOf(row)) ?? []), row]);
  const known = new Set(standings.map(nameOf));
  const gone = [...last].filter(
    ([name, latest]) => !known.has(name) && latest.every((row) => afterOf(row) !== null),
  );
  const differing = standings.filter((standing) => !isTold(standing, last.get(nameOf(standing)) ?? []));
  return [
    ...differing.map((each) => fault(nameOf(each), 'is not as its last row says')),
    ...gone.map(([name]) => fault(name, 'is gone, and no row says so')),
    ...unaudited.map((id) => fault(`journalEntry ${id}`, 'has no row')),
  ];
}

const nameOf = ({ kind, id }: { readonly kind: string; readonly id: string }): string => `${kind} ${id}`;

const fault = (place: string, what: string): AuditFault => ({
  kind: 'removed',
  place,
  message: `${what}: the row was removed, or it was changed past the server`,
});

function isTold({ kind, facts }: Standing, rows: readonly LastRow[]): boolean {
  if (rows.length === 0) return SEEDED.has(kind);
  return rows.some((row) => {
    const after = afterOf(row);
    return after !== null && Object.entries(facts).every(([name, value]) => isSame(after[name], value));
  });
}

/** A list of roles has no order. */
const isSame = (told: unknown, value: unknown): boolean => canonical(told) === canonical(value);

const canonical = (value: unknown): string =>
  JSON.stringify(Array.isArray(value) ? [...value].sort() : (value ?? null));

/** Null: it was removed. What nobody can read is told of by its digest. */
function afterOf({ facts }: LastRow): Readonly<Record<string, unknown>> | null {
  try {
    return (JSON.parse(facts) as { after?: Record<string, unknown> | null }).after ?? null;
  } catch {
    return {};
  }
}
