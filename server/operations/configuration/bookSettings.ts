/**
 * Settings of the environment that figures of the book depend on. They are kept when the book begins; a start
 * with others is refused, since loans are computed anew by them whenever they change. Until the first loan
 * they may be changed freely, and some later too, when an operator says so.
 */
import type { Config } from '../../config.ts';
import {
  type BookSettings,
  hasLoans,
  insertBookSettings,
  readBookSettings,
  updateBookSetting,
} from '../../store/configuration/bookSettings.ts';
import type { Tx } from '../../store/database.ts';
import type { Recording } from '../audit/recorded.ts';
import { bySystem, noteChange } from '../audit/trail.ts';
import { change } from '../change.ts';

/** `free`: what is there does not depend on it, only what comes. */
const KINDS = {
  LOANBOOK_CURRENCY: { fixedBy: 'first start', free: false, why: 'products and journal are in it' },
  LOANBOOK_MODE: { fixedBy: 'first loan', free: false, why: 'days were booked by it' },
  LOANBOOK_CHARGE_ACCRUAL_DATE: { fixedBy: 'first loan', free: false, why: 'income was booked by it' },
  LOANBOOK_INTEREST_FIRST: { fixedBy: 'first loan', free: false, why: 'schedules were made by it' },
  LOANBOOK_PENALTY_WAIT_DAYS: { fixedBy: 'first loan', free: true, why: 'penalties were raised by it' },
  LOANBOOK_TIME_ZONE: { fixedBy: 'first loan', free: true, why: 'days began by it' },
} as const;

type Name = keyof typeof KINDS;
const NAMES = Object.keys(KINDS) as readonly Name[];

type Given = Pick<Config, 'currency' | 'mode' | 'timeZone' | 'engineSettings'>;

const settingsOf = ({ currency, mode, timeZone, engineSettings }: Given): Record<Name, string> => ({
  LOANBOOK_CURRENCY: currency,
  LOANBOOK_MODE: mode,
  LOANBOOK_CHARGE_ACCRUAL_DATE: engineSettings.chargeAccrualDate,
  LOANBOOK_INTEREST_FIRST: engineSettings.interestRecoveredFirstWhenAboveInstallment ? 'yes' : 'no',
  LOANBOOK_PENALTY_WAIT_DAYS: String(engineSettings.penaltyWaitPeriod),
  LOANBOOK_TIME_ZONE: timeZone,
});

/** The book was begun with other settings; the message has a line for each and says what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

interface Start extends Recording {
  readonly config: Given;
}

/** At each start: keeps the settings of a book that begins, and throws `SettingsError` where they differ. */
export async function keepSettings(
  { db, clock, config }: Start,
  { accept }: { readonly accept: boolean },
): Promise<void> {
  const given = settingsOf(config);
  await change({ db, clock }, bySystem('acceptSettings'), async (tx) => {
    await insertBookSettings(tx, given);
    const kept = await readBookSettings(tx);
    const others = NAMES.filter((name) => kept[name] !== given[name]);
    if (others.length === 0) return;
    const isBegun = await hasLoans(tx);
    const refused = others.filter((name) => !mayChange(name, { isBegun, accept }));
    if (refused.length > 0) throw differing(refused, kept, given);
    for (const name of others) await replace(tx, { name, before: kept[name], after: given[name] });
  });
}

function mayChange(name: Name, { isBegun, accept }: { isBegun: boolean; accept: boolean }): boolean {
  const { fixedBy, free } = KINDS[name];
  return (fixedBy === 'first loan' && !isBegun) || (free && accept);
}

async function replace(
  tx: Tx,
  { name, before, after }: { name: Name; before: string | undefined; after: string },
): Promise<void> {
  await updateBookSetting(tx, name, after);
  noteChange(tx, { kind: 'setting', id: name, before: { value: before }, after: { value: after } });
}

function differing(names: readonly Name[], kept: BookSettings, given: BookSettings): SettingsError {
  const lines = names.map((name) => {
    const { free, why } = KINDS[name];
    const other = free
      ? ', or start once with --accept-settings: from then on it holds for all loans'
      : '; with another one begin a new book, in an empty database';
    return `  ${name}: ${kept[name]} in this book, ${given[name]} now; ${why}: set ${kept[name]}${other}`;
  });
  return new SettingsError(`the book was begun with other settings:\n${lines.join('\n')}`);
}

/** Whether another server has changed them: then this one may not go on. */
export async function requireSameSettings(tx: Tx, config: Given): Promise<void> {
  const given = settingsOf(config);
  const kept = await readBookSettings(tx);
  const others = NAMES.filter((name) => kept[name] !== given[name]);
  if (others.length === 0) return;
  throw new SettingsError(
    `another server has begun to use this book with other settings (${others.join(', ')}): give all the same`,
  );
}
