/**
 * A token for an email and password. Every attempt walks the same path whether the email exists or not:
 * limiter, look-up, one argon2id verification, count of the failure. The limiter is asked again inside the
 * gate, so that attempts sent all at once cannot outrun the count.
 */
import { createHash } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import { type Account, issuedAt, normalEmail } from '../../domain/account.ts';
import { ATTEMPT_RULES, addressKey, delaySeconds, FORGOTTEN_AFTER_SECONDS } from '../../domain/attempts.ts';
import { type Credentials, findCredentials } from '../../store/accounts/accounts.ts';
import {
  blockUntil,
  countFailure,
  findBlock,
  forgetBefore,
  forgetFailures,
} from '../../store/accounts/tokenAttempts.ts';
import { isPasswordOf, passwordGate } from './passwords.ts';
import { openSigningKey } from './signingKeys.ts';
import type { AccountWiring } from './wiring.ts';

export interface Attempt {
  readonly email: string;
  readonly password: string;
  /** The caller's IP address. */
  readonly address: string;
}

export type Checked =
  | { readonly outcome: 'known'; readonly account: Account }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'blocked'; readonly retryAfterSeconds: number };

export const TOKEN_LIFETIME_SECONDS = 31_536_000;

/** The token, or why there is none. */
export async function issueToken(
  wiring: AccountWiring,
  attempt: Attempt,
): Promise<{ readonly outcome: 'issued'; readonly token: string } | Exclude<Checked, { outcome: 'known' }>> {
  const checked = await checkPassword(wiring, attempt);
  if (checked.outcome !== 'known') return checked;
  return { outcome: 'issued', token: await signToken(wiring, checked.account) };
}

/** Whose email and password these are; limited per account and per address. */
export async function checkPassword(wiring: AccountWiring, attempt: Attempt): Promise<Checked> {
  const subjects = subjectsOf(attempt);
  const blocked = await blockOf(wiring, subjects);
  if (blocked) return blocked;
  return passwordGate.run(async () => {
    const nowBlocked = await blockOf(wiring, subjects);
    if (nowBlocked) return nowBlocked;
    const credentials = await findCredentials(wiring.db.read, normalEmail(attempt.email));
    const fits = await isPasswordOf(credentials?.passwordHash ?? null, attempt.password);
    if (fits && isEnabled(credentials)) {
      await forgetFailures(wiring.db.read, subjects.account);
      return { outcome: 'known', account: credentials };
    }
    await countFailures(wiring, subjects);
    return { outcome: 'refused' };
  });
}

const isEnabled = (account: Credentials | null): account is Credentials => account?.disabledAt === null;

interface Subjects {
  readonly account: string;
  readonly address: string;
}

/** An email asked for is kept as a digest: what people mistype is nobody's business. */
function subjectsOf({ email, address }: Attempt): Subjects {
  const digest = createHash('sha256').update(normalEmail(email)).digest('base64url');
  return { account: `account:${digest}`, address: `address:${addressKey(address)}` };
}

async function blockOf({ db, clock }: AccountWiring, { account, address }: Subjects) {
  const now = clock.now();
  const until = await findBlock(db.read, [account, address], now);
  if (until === null) return null;
  return { outcome: 'blocked', retryAfterSeconds: (until.getTime() - now.getTime()) / 1000 } as const;
}

async function countFailures({ db, clock }: AccountWiring, subjects: Subjects): Promise<void> {
  const now = clock.now();
  const forgottenBefore = new Date(now.getTime() - FORGOTTEN_AFTER_SECONDS * 1000);
  for (const kind of ['account', 'address'] as const) {
    const subject = subjects[kind];
    const failures = await countFailure(db.read, { subject, now, forgottenBefore });
    const seconds = delaySeconds(failures, ATTEMPT_RULES[kind]);
    if (seconds > 0) await blockUntil(db.read, subject, new Date(now.getTime() + seconds * 1000));
  }
  await forgetBefore(db.read, forgottenBefore);
}

async function signToken(wiring: AccountWiring, account: Account): Promise<string> {
  const { kid, privateKey } = await openSigningKey(wiring);
  const iat = issuedAt(account, wiring.clock.now());
  return new SignJWT({ roles: account.roles })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
    .setIssuer(wiring.config.authUrl)
    .setSubject(account.id)
    .setIssuedAt(iat)
    .setExpirationTime(iat + TOKEN_LIFETIME_SECONDS)
    .sign(await importPKCS8(privateKey, 'RS256'));
}
