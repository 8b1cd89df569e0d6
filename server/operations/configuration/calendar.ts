/** Working days and holidays as operators keep them. Loans that were made before stay as they are. */
import {
  ALL_DAYS,
  activatedHoliday,
  changedHoliday,
  type Holiday,
  type HolidayDraft,
  requireSoundHoliday,
  requireSoundWorkingDays,
  type WorkingDays,
} from '../../domain/calendar/lenderCalendar.ts';
import { Refusal } from '../../domain/refusal.ts';
import {
  findHoliday,
  findWorkingDays,
  insertHoliday,
  listHolidays,
  nextHolidayId,
  type StoredHoliday,
  saveWorkingDays,
  updateHoliday,
} from '../../store/configuration/calendar.ts';
import { listReferences } from '../../store/configuration/references.ts';
import type { Tx } from '../../store/database.ts';
import { LostVersion } from '../../store/failure.ts';
import { noteChange } from '../audit/trail.ts';

export const readWorkingDays = async (tx: Tx): Promise<WorkingDays> =>
  (await findWorkingDays(tx)) ?? ALL_DAYS;

export async function setWorkingDays(tx: Tx, asked: WorkingDays): Promise<WorkingDays> {
  requireSoundWorkingDays(asked);
  const before = await findWorkingDays(tx);
  if (isSame(before ?? ALL_DAYS, asked)) return asked;
  if (!(await saveWorkingDays(tx, { ...asked, version: before?.version ?? 0 })))
    throw new LostVersion('the working days were changed by another writer');
  noteChange(tx, {
    kind: 'workingDays',
    id: 1n,
    before: factsOfDays(before ?? ALL_DAYS),
    after: factsOfDays(asked),
  });
  return asked;
}

const factsOfDays = (days: WorkingDays) => ({
  workingDays: days.workingDays,
  nonWorkingDayRule: days.nonWorkingDayRule,
  extendsDailyTerm: days.extendsDailyTerm,
  allowsOnNonWorkingDays: days.allowsOnNonWorkingDays,
  allowsOnHolidays: days.allowsOnHolidays,
});

const isSame = (a: WorkingDays, b: WorkingDays): boolean =>
  JSON.stringify(factsOfDays(a)) === JSON.stringify(factsOfDays(b));

export async function requireHoliday(tx: Tx, id: bigint): Promise<StoredHoliday> {
  const found = await findHoliday(tx, id);
  if (found) return found;
  throw new Refusal('not_found', 'holiday_unknown', `holiday ${id} does not exist`);
}

export async function addHoliday(tx: Tx, draft: HolidayDraft): Promise<StoredHoliday> {
  await requireSound(tx, draft);
  const made: StoredHoliday = { ...draft, id: await nextHolidayId(tx), status: 'pending', version: 1 };
  if (!(await insertHoliday(tx, made))) throw nameTaken(draft);
  noteHoliday(tx, null, made);
  return made;
}

export async function changeHoliday(
  tx: Tx,
  before: StoredHoliday,
  draft: HolidayDraft,
): Promise<StoredHoliday> {
  const others = (await listHolidays(tx)).filter(({ id }) => id !== before.id);
  if (others.some(({ name }) => name === draft.name)) throw nameTaken(draft);
  const changed = { ...before, ...changedHoliday(before, draft) };
  if (JSON.stringify(factsOf(before)) === JSON.stringify(factsOf(changed))) return before;
  if (before.status === 'pending') await requireSound(tx, draft);
  return store(tx, before, changed);
}

export const activateHoliday = (tx: Tx, before: StoredHoliday): Promise<StoredHoliday> =>
  store(tx, before, { ...before, ...activatedHoliday(before) });

/** Kept for the audit trail, seen by nobody else; loans that have it keep it. */
export const removeHoliday = (tx: Tx, before: StoredHoliday): Promise<StoredHoliday> =>
  store(tx, before, { ...before, status: 'deleted' });

async function store(tx: Tx, before: StoredHoliday, after: StoredHoliday): Promise<StoredHoliday> {
  if (!(await updateHoliday(tx, after)))
    throw new LostVersion(`holiday ${before.id} was changed by another writer`);
  noteHoliday(tx, before, after);
  return { ...after, version: before.version + 1 };
}

async function requireSound(tx: Tx, draft: HolidayDraft): Promise<void> {
  requireSoundHoliday(draft, await readWorkingDays(tx));
  const known = new Set((await listReferences(tx, 'office')).map(({ id }) => id));
  const unknown = draft.offices.find((office) => !known.has(office));
  if (unknown !== undefined)
    throw new Refusal('invalid_argument', 'office_unknown', `office ${unknown} does not exist`, 'offices');
}

const nameTaken = ({ name }: HolidayDraft): Refusal =>
  new Refusal('aborted', 'holiday_name_taken', `another holiday has the name ${name}`, 'name');

const factsOf = ({ name, description, from, to, rescheduledTo, offices, status }: Holiday) => ({
  ...{ name, description, from, to, rescheduledTo, status },
  offices: offices.map(String),
});

function noteHoliday(tx: Tx, before: StoredHoliday | null, after: StoredHoliday): void {
  noteChange(tx, { kind: 'holiday', id: after.id, before: before && factsOf(before), after: factsOf(after) });
}
