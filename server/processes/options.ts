/** What the command line asks for. Settings are environment variables, options say what this start does. */
import { StartFailure } from '../store/embedded/startFailure.ts';

/** What a process does: serve tokens, serve the book, work without a caller. */
export type Part = 'auth' | 'api' | 'worker';

export const PARTS: readonly Part[] = ['auth', 'api', 'worker'];

/** More processes than this on one machine are a slip of the finger. */
export const MOST_WORKERS = 256;

/** To run (all parts, or the one named), or to let a locked-out operator in again. */
export type Wish =
  | {
      readonly parts: readonly Part[];
      readonly workers: number | undefined;
      /** Settings of the book may change with this start. */
      readonly acceptSettings: boolean;
    }
  | { readonly resetPasswordOf: string };

const USAGE =
  'there are --workers N, --only auth, --only api, --only worker, --accept-settings and ' +
  '--reset-password EMAIL; settings are environment variables, see README.md';

const ACCEPT_SETTINGS = '--accept-settings';

/** Throws `StartFailure` with the usage for anything else. */
export function wishOf(args: readonly string[]): Wish {
  const given = optionsOf(args.filter((each) => each !== ACCEPT_SETTINGS));
  const acceptSettings = args.includes(ACCEPT_SETTINGS);
  const email = given.get('--reset-password');
  if (email?.includes('@') && given.size === 1 && !acceptSettings) return { resetPasswordOf: email };
  const only = given.get('--only');
  const workers = given.get('--workers');
  const parts = PARTS.filter((part) => only === undefined || part === only);
  const isKnown = [...given.keys()].every((name) => name === '--only' || name === '--workers');
  if (!isKnown || parts.length === 0) throw unknownOptions(args);
  return { parts, workers: workers === undefined ? undefined : countOf(workers), acceptSettings };
}

/** `--only api` and `--only=api`; each option once. */
function optionsOf(args: readonly string[]): Map<string, string> {
  const words = args.flatMap((each) => each.split(/=(.*)/s).filter((part) => part !== ''));
  const given = new Map<string, string>();
  for (let place = 0; place < words.length; place += 2) {
    const [name, value] = [words[place], words[place + 1]];
    if (name === undefined || value === undefined || given.has(name)) throw unknownOptions(args);
    given.set(name, value);
  }
  return given;
}

function countOf(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_WORKERS) return count;
  throw new StartFailure(`--workers must be a whole number from 1 to ${MOST_WORKERS}, not "${text}"`);
}

const unknownOptions = (args: readonly string[]): StartFailure =>
  new StartFailure(`unknown options ${args.join(' ')}: ${USAGE}`);
