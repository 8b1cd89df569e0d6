import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, type Environment, loadConfig, VARIABLES } from './config.ts';
import { DEFAULT_SETTINGS } from './domain/terms.ts';
import { projectRoot } from './root.ts';

function faultsOf(env: Environment): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

test('an empty environment is a full configuration, and it cannot be changed', () => {
  const config = loadConfig({});
  expect(config).toMatchObject({
    apiPort: 4000,
    authPort: 4001,
    host: '127.0.0.1',
    databaseUrl: undefined,
    timeZone: 'Africa/Dar_es_Salaam',
    currency: 'TZS',
    mode: 'live',
    adminPassword: undefined,
    authUrl: 'http://127.0.0.1:4001',
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test('an empty variable counts as absent', () => {
  expect(loadConfig({ DATABASE_URL: '', LOANBOOK_API_PORT: ' ' })).toMatchObject({ apiPort: 4000 });
});

test('what the engine reckons by for the whole book is that of the reference unless it is set', () => {
  expect(loadConfig({}).engineSettings).toEqual(DEFAULT_SETTINGS);
  const set = loadConfig({
    LOANBOOK_CHARGE_ACCRUAL_DATE: 'submitted-date',
    LOANBOOK_NEXT_DUE_DATE: 'next-unpaid-due-date',
    LOANBOOK_INTEREST_FIRST: 'yes',
    LOANBOOK_PENALTY_WAIT_DAYS: '5',
  });
  expect(set.engineSettings).toEqual({
    ...DEFAULT_SETTINGS,
    chargeAccrualDate: 'submitted-date',
    nextPaymentDueDate: 'next-unpaid-due-date',
    interestRecoveredFirstWhenAboveInstallment: true,
    penaltyWaitPeriod: 5,
  });
});

test('URLs follow host and port, are reachable ones, and lose a slash at their end', () => {
  expect(loadConfig({ LOANBOOK_HOST: '0.0.0.0', LOANBOOK_API_PORT: '80' }).apiUrl).toBe(
    'http://127.0.0.1:80',
  );
  expect(loadConfig({ LOANBOOK_HOST: '::1' }).authUrl).toBe('http://[::1]:4001');
  expect(loadConfig({ LOANBOOK_AUTH_URL: 'https://auth.example.com/' }).authUrl).toBe(
    'https://auth.example.com',
  );
});

test.each<[string, string]>([
  ['LOANBOOK_API_PORT', '65536'],
  ['LOANBOOK_API_PORT', '-1'],
  ['LOANBOOK_API_PORT', '4e3'],
  ['LOANBOOK_AUTH_PORT', '4000'],
  ['DATABASE_URL', 'localhost/book'],
  ['LOANBOOK_ADMIN_EMAIL', 'nobody'],
  ['LOANBOOK_ADMIN_EMAIL', 'a:b@example.com'],
  ['LOANBOOK_ADMIN_PASSWORD', 'too short'],
  ['LOANBOOK_TIME_ZONE', 'Africa/Atlantis'],
  ['LOANBOOK_CURRENCY', 'tzs'],
  ['LOANBOOK_MODE', 'test'],
  ['LOANBOOK_BUSINESS_DATE', '2025-01-01'],
  ['LOANBOOK_CHARGE_ACCRUAL_DATE', 'someday'],
  ['LOANBOOK_NEXT_DUE_DATE', 'tomorrow'],
  ['LOANBOOK_INTEREST_FIRST', 'true'],
  ['LOANBOOK_PENALTY_WAIT_DAYS', '-1'],
  ['LOANBOOK_WORKERS', '0'],
  ['LOANBOOK_WORKERS', 'all'],
  ['LOANBOOK_CORES', '0-1'],
  ['LOANBOOK_DATABASE_POOL', '1'],
  ['LOANBOOK_LOG_LEVEL', 'loud'],
  ['LOANBOOK_API_PROT', '4000'],
])('%s=%s is one fault, told by its name', (name, value) => {
  const faults = faultsOf({ [name]: value });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(new RegExp(`^${name}: `));
});

test('all faults are told at once, and no secret is repeated', () => {
  const faults = faultsOf({
    DATABASE_URL: 'mysql://me:hidden@host/book',
    LOANBOOK_ADMIN_PASSWORD: 'hidden',
    LOANBOOK_KEY_SECRET: 'hidden',
    LOANBOOK_MODE: 'sandbox',
    LOANBOOK_BUSINESS_DATE: '2025-02-29',
  });
  expect(faults).toHaveLength(4);
  expect(faults.join('\n')).not.toContain('hidden');
});

test("README's table names every variable, and no other", () => {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const named = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
  expect(named.sort()).toEqual([...VARIABLES].sort());
});
