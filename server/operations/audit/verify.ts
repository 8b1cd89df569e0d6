/**
 * Whether the audit trail is whole. A chain shows what was changed, taken out or put in; what was cut off at
 * its end is shown by the anchors of other chains, by the versions of loans and customers, each of which has
 * a row, and by the state of what has no versions.
 */
import {
  type AuditEntry,
  findAuditedVersions,
  listAnchors,
  readChainsAfter,
  readVersionsAfter,
} from '../../store/audit.ts';
import type { Tx } from '../../store/database.ts';
import { hashOf, NO_HASH } from './chain.ts';
import type { AuditFault } from './fault.ts';
import { standingFaults } from './verifyStandings.ts';

export interface AuditVerification {
  readonly entries: number;
  readonly chains: number;
  /** Over the ends of all chains; noted elsewhere, it proves later that nothing was rewritten until now. */
  readonly heads: readonly Head[];
  readonly faults: readonly AuditFault[];
}

type Head = Pick<AuditEntry, 'chain' | 'seq' | 'hash'>;

const ROWS = 1000;
/** Once this many are found, the rest tells nothing new. */
const MOST_FAULTS = 100;

export async function verifyAudit(tx: Tx): Promise<AuditVerification> {
  // Anchors first: what they name was there before, so the walk must meet it.
  const anchored = await anchoredHeads(tx);
  const walk = await walkChains(tx, anchored);
  const unaudited = [
    ...(await versionFaults(tx, 'loan')),
    ...(await versionFaults(tx, 'customer')),
    ...(await standingFaults(tx, MOST_FAULTS)),
  ];
  const heads = [...walk.heads.values()];
  const lost = [...anchored.values()].flatMap((anchor) => lostFault(anchor, walk.heads.get(anchor.chain)));
  const faults = [...walk.faults, ...lost, ...unaudited].slice(0, MOST_FAULTS);
  return { entries: walk.entries, chains: heads.length, heads, faults };
}

/** The furthest row of each chain that any anchor has seen. */
async function anchoredHeads(tx: Tx): Promise<Map<string, Head>> {
  const furthest = new Map<string, Head>();
  for (const head of (await listAnchors(tx)).flatMap(headsIn)) {
    const known = furthest.get(head.chain);
    if (known === undefined || known.seq < head.seq) furthest.set(head.chain, head);
  }
  return furthest;
}

/** None where somebody has spoilt the anchor: its own digest tells of that. */
function headsIn(facts: string): Head[] {
  try {
    const heads = JSON.parse(facts) as { chain: string; seq: string; hash: string }[];
    return heads.map(({ chain, seq, hash }) => ({ chain, seq: BigInt(seq), hash }));
  } catch {
    return [];
  }
}

interface Walk {
  entries: number;
  readonly heads: Map<string, Head>;
  readonly faults: AuditFault[];
}

const BEFORE_ALL: Pick<AuditEntry, 'chain' | 'seq' | 'place'> = {
  chain: '00000000-0000-0000-0000-000000000000',
  seq: 0n,
  place: 0n,
};

async function walkChains(tx: Tx, anchored: ReadonlyMap<string, Head>): Promise<Walk> {
  const walk: Walk = { entries: 0, heads: new Map(), faults: [] };
  let last = BEFORE_ALL;
  for (;;) {
    const rows = await readChainsAfter(tx, last, ROWS);
    for (const row of rows) {
      const { chain } = row;
      walk.faults.push(...faultsOf(row, walk.heads.get(chain), anchored.get(chain)));
      walk.heads.set(chain, { chain, seq: row.seq, hash: row.hash });
    }
    walk.entries += rows.length;
    last = rows.at(-1) ?? last;
    if (rows.length < ROWS) return walk;
  }
}

type Walked = Awaited<ReturnType<typeof readChainsAfter>>[number];

function faultsOf(row: Walked, before: Head | undefined, anchor: Head | undefined): AuditFault[] {
  const expected = (before?.seq ?? 0n) + 1n;
  const place = `chain ${row.chain}, row ${row.seq}`;
  const what = `${row.operation} of ${row.subjectKind} ${row.subjectId}`;
  if (row.seq < expected)
    return [{ kind: 'inserted', place, message: `a second row has this number: ${what}` }];
  if (row.seq > expected)
    return [{ kind: 'removed', place, message: `rows ${expected} to ${row.seq - 1n} before it are missing` }];
  const isIntact = row.hash === hashOf(row, row.micros, before?.hash ?? NO_HASH);
  const isAnchored = anchor === undefined || anchor.seq !== row.seq || anchor.hash === row.hash;
  if (isIntact && isAnchored) return [];
  const message = isIntact
    ? `${what}: another chain has seen another row here`
    : `${what}: its digest does not fit it and the row before, so one was changed or this one put in`;
  return [{ kind: 'changed', place, message }];
}

function lostFault(anchor: Head, end: Head | undefined): AuditFault[] {
  if (end !== undefined && end.seq >= anchor.seq) return [];
  const message = `ends at ${end?.seq ?? 0n}, another chain has seen row ${anchor.seq}`;
  return [{ kind: 'removed', place: `chain ${anchor.chain}`, message }];
}

/** Versions first, rows afterwards: a change in between adds a row too many, never one too few. */
async function versionFaults(tx: Tx, kind: 'loan' | 'customer'): Promise<AuditFault[]> {
  const faults: AuditFault[] = [];
  let after = 0n;
  for (;;) {
    const found = await readVersionsAfter(tx, { kind, after, rows: ROWS });
    const ids = found.map(({ id }) => id);
    const audited = await findAuditedVersions(tx, kind, ids);
    for (const { id, version } of found) {
      const known = audited.get(id) ?? 0;
      const message = `is at version ${version}, the trail ends at ${known}`;
      if (known < version) faults.push({ kind: 'removed', place: `${kind} ${id}`, message });
    }
    after = ids.at(-1) ?? after;
    if (found.length < ROWS) return faults;
  }
}
