/**
 * Which Loanbook the commands talk to, and as whom: by the environment, so that no password stands in a
 * shell's history.
 */
import { createClient, type LoanbookClient } from '@loanbook/sdk';
import { askHidden } from './terminal.ts';

export interface Addresses {
  readonly apiUrl: string;
  readonly authUrl: string;
}

export function addresses(env: NodeJS.ProcessEnv = process.env): Addresses {
  return {
    apiUrl: env.LOANBOOK_URL || 'http://127.0.0.1:4000',
    authUrl: env.LOANBOOK_AUTH_URL || 'http://127.0.0.1:4001',
  };
}

export interface Login {
  readonly email: string;
  readonly password: string;
}

/** Asks for the password where the environment has none. */
export async function login(env: NodeJS.ProcessEnv = process.env): Promise<Login> {
  const email = env.LOANBOOK_EMAIL || env.LOANBOOK_ADMIN_EMAIL || 'admin@loanbook.local';
  const password = env.LOANBOOK_PASSWORD || (await askHidden(`Password of ${email}: `, 'LOANBOOK_PASSWORD'));
  return { email, password };
}

export async function connect(as?: Login): Promise<LoanbookClient> {
  return createClient({ ...addresses(), login: as ?? (await login()) });
}
