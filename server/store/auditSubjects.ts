/** What has no version and yet a trail, as it stands now, to be compared with what its last row says. */
import type { Tx } from './database.ts';

export interface Standing {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export type SubjectKind = 'account' | 'signingKey' | 'glAccount' | 'glClosure';

/** Texts and lists only, in the words of the trail. */
const STANDINGS: Readonly<Record<SubjectKind, string>> = {
  account: `select id::text, jsonb_build_object('roles', to_jsonb(roles),
      'status', case when disabled_at is null then 'enabled' else 'disabled' end) as facts from account`,
  signingKey: `select kid as id, jsonb_build_object('status',
      case when retired_at is null then 'signing' else 'retired' end) as facts from signing_key`,
  glAccount: `select code as id, jsonb_build_object('name', name, 'active', active) as facts from gl_account`,
  glClosure: `select closing_date::text as id, jsonb_build_object('status', 'closed') as facts from gl_closure`,
};

export async function listStandings(tx: Tx): Promise<Standing[]> {
  const kinds = Object.keys(STANDINGS) as SubjectKind[];
  const found = await Promise.all(
    kinds.map(async (kind) =>
      (await tx.query<Omit<Standing, 'kind'>>(STANDINGS[kind])).map((row) => ({ ...row, kind })),
    ),
  );
  return found.flat();
}

export interface LastRow {
  readonly kind: SubjectKind;
  readonly id: string;
  /** JSON text. */
  readonly facts: string;
}

/** The latest row of each; several where one moment has several. */
export function listLastRows(tx: Tx): Promise<LastRow[]> {
  return tx.query(
    `select subject_kind as kind, subject_id as id, facts from audit_entry
     join (select subject_kind as of_kind, subject_id as of_id, max(recorded_at) as latest from audit_entry
           where subject_kind = any($1) group by subject_kind, subject_id) last
       on subject_kind = of_kind and subject_id = of_id and recorded_at = latest
     where subject_kind = any($1)`,
    [Object.keys(STANDINGS)],
  );
}

/** Entries made by hand that the trail does not know. */
export async function listUnauditedEntries(tx: Tx, most: number): Promise<bigint[]> {
  const rows = await tx.query<{ id: bigint }>(
    `select id from manual_entry where not exists (
       select from audit_entry where place = manual_entry.id and subject_kind = 'journalEntry')
     order by id limit $1`,
    [most],
  );
  return rows.map(({ id }) => id);
}
