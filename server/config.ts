/**
 * The environment as one frozen, typed object. Every fault is reported at once, each by the variable's name
 * and what it may be. README.md has the table of all variables; a test compares the two.
 */
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { DEFAULT_SETTINGS, type EngineSettings } from './domain/terms.ts';

export type Mode = 'live' | 'sandbox';
export type ClosingStart = 'auto' | 'manual';
/** What close of business may do besides its standard steps. */
export const CLOSING_STEPS = [
  'CHECK_DUE_INSTALLMENTS',
  'ACCRUAL_ACTIVITY_POSTING',
  'LOAN_INTEREST_RECALCULATION',
] as const;
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface Config {
  readonly apiPort: number;
  readonly authPort: number;
  readonly host: string;
  /** Absent: the embedded PostgreSQL with its files in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly adminEmail: string;
  /** Absent: made up at the first start and printed once. */
  readonly adminPassword: string | undefined;
  readonly timeZone: string;
  readonly currency: string;
  readonly mode: Mode;
  /** Sandbox only: the first business date. */
  readonly businessDate: string | undefined;
  /** Whether a day is closed by itself once it is over. */
  readonly closeOfBusiness: ClosingStart;
  readonly closeOfBusinessSteps: readonly (typeof CLOSING_STEPS)[number][];
  /** Rules of reckoning that hold for the whole book. */
  readonly engineSettings: EngineSettings;
  /** Processes that share the ports. */
  readonly workers: number;
  /** Each worker keeps to a core of its own, with its connections to the embedded database. */
  readonly ownCores: boolean;
  /** Encrypts the private signing keys kept in the database; absent: they lie there as they are. */
  readonly keySecret: string | undefined;
  /** Addresses of proxies whose `X-Forwarded-For` is believed; absent: none, the caller is who connects. */
  readonly trustedProxies: string | undefined;
  /** Addresses and networks inside to which webhooks may go, and then also by plain http. */
  readonly webhookNetworks: readonly string[];
  /** Where callers reach the auth host; also the `iss` claim of every token. */
  readonly authUrl: string;
  /** Where callers reach the api. */
  readonly apiUrl: string;
  readonly logLevel: LogLevel;
  /** How long answers are kept for repeated calls, in days; 0: for ever. Calls about money apart. */
  readonly idempotencyDays: number;
  readonly moneyIdempotencyDays: number;
  /** How long the delivery log of webhooks goes back, in days; 0: for ever. */
  readonly webhookLogDays: number;
  /** How long a call waits for a second person, and then its answer is kept, in days. */
  readonly approvalDays: number;
  /** Most connections of one process; absent: as many as fit. */
  readonly databasePoolSize: number | undefined;
  readonly statementTimeoutMilliseconds: number;
  readonly connectTimeoutMilliseconds: number;
  readonly shutdownSeconds: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Thrown by `loadConfig`; `faults` has one line per variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`the configuration is wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

const MODES = ['live', 'sandbox'] as const;
const CLOSING_STARTS = ['auto', 'manual'] as const;
const CORES = ['own', 'shared'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Reads the environment; throws one `ConfigError` that lists every fault. */
export function loadConfig(env: Environment): Config {
  const faults: string[] = [];
  const read = reader(env, faults);
  const host = read.text('LOANBOOK_HOST', '127.0.0.1');
  const apiPort = read.integer('LOANBOOK_API_PORT', { standard: 4000, least: 0, most: 65_535 });
  const authPort = read.integer('LOANBOOK_AUTH_PORT', { standard: 4001, least: 0, most: 65_535 });
  const mode = read.oneOf('LOANBOOK_MODE', MODES, 'live');
  const config: Config = {
    apiPort,
    authPort,
    host,
    databaseUrl: read.matching('DATABASE_URL', isPostgresUrl, 'postgres://user:password@host:5432/database'),
    dataDir: resolve(read.text('LOANBOOK_DATA_DIR', './data')),
    adminEmail: read.matching('LOANBOOK_ADMIN_EMAIL', isEmail, 'an email address') ?? 'admin@loanbook.local',
    adminPassword: read.matching('LOANBOOK_ADMIN_PASSWORD', isLongPassword, '12 to 1024 characters'),
    timeZone: read.matching('LOANBOOK_TIME_ZONE', isTimeZone, 'an IANA zone') ?? 'Africa/Dar_es_Salaam',
    currency: read.matching('LOANBOOK_CURRENCY', isCurrency, 'an ISO 4217 code such as TZS') ?? 'TZS',
    mode,
    businessDate: read.matching('LOANBOOK_BUSINESS_DATE', isDay, 'a date YYYY-MM-DD'),
    closeOfBusiness: read.oneOf(
      'LOANBOOK_CLOSE_OF_BUSINESS',
      CLOSING_STARTS,
      mode === 'live' ? 'auto' : 'manual',
    ),
    closeOfBusinessSteps: closingSteps(
      read.matching('LOANBOOK_CLOSE_OF_BUSINESS_STEPS', areClosingSteps, `any of ${CLOSING_STEPS.join(',')}`),
    ),
    engineSettings: engineSettings(read),
    workers: read.integer('LOANBOOK_WORKERS', { standard: availableParallelism(), least: 1, most: 256 }),
    // What was measured: two cores.
    ownCores: read.oneOf('LOANBOOK_CORES', CORES, availableParallelism() === 2 ? 'own' : 'shared') === 'own',
    keySecret: read.matching('LOANBOOK_KEY_SECRET', isLongPassword, '12 to 1024 characters'),
    trustedProxies: read.matching(
      'LOANBOOK_TRUSTED_PROXIES',
      areAddresses,
      'addresses or networks, by comma',
    ),
    webhookNetworks: listOf(
      read.matching('LOANBOOK_WEBHOOK_NETWORKS', areAddresses, 'addresses or networks, by comma'),
    ),
    authUrl: read.url('LOANBOOK_AUTH_URL') ?? localUrl(host, authPort),
    apiUrl: read.url('LOANBOOK_API_URL') ?? localUrl(host, apiPort),
    logLevel: read.oneOf('LOANBOOK_LOG_LEVEL', LOG_LEVELS, 'info'),
    idempotencyDays: read.integer('LOANBOOK_IDEMPOTENCY_DAYS', { standard: 90, least: 0, most: 36_500 }),
    moneyIdempotencyDays: read.integer('LOANBOOK_MONEY_IDEMPOTENCY_DAYS', {
      standard: 0,
      least: 0,
      most: 36_500,
    }),
    webhookLogDays: read.integer('LOANBOOK_WEBHOOK_LOG_DAYS', { standard: 30, least: 0, most: 36_500 }),
    approvalDays: read.integer('LOANBOOK_APPROVAL_DAYS', { standard: 30, least: 1, most: 36_500 }),
    databasePoolSize: read.integerIfGiven('LOANBOOK_DATABASE_POOL', { least: 2, most: 1000 }),
    statementTimeoutMilliseconds: read.milliseconds('LOANBOOK_STATEMENT_TIMEOUT_MS', 15_000),
    connectTimeoutMilliseconds: read.milliseconds('LOANBOOK_CONNECT_TIMEOUT_MS', 5_000),
    shutdownSeconds: read.integer('LOANBOOK_SHUTDOWN_SECONDS', { standard: 10, least: 1, most: 600 }),
  };
  if (apiPort !== 0 && apiPort === authPort)
    faults.push('LOANBOOK_AUTH_PORT: must differ from LOANBOOK_API_PORT');
  if (mode === 'live' && config.businessDate !== undefined)
    faults.push('LOANBOOK_BUSINESS_DATE: only with LOANBOOK_MODE=sandbox; a live book follows the calendar');
  faults.push(...unknownNames(env));
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(config);
}

/**
 * Every variable that `loadConfig` reads or that belongs to the CLI; README's table is compared with this
 * list.
 */
export const VARIABLES = [
  'LOANBOOK_API_PORT',
  'LOANBOOK_AUTH_PORT',
  'LOANBOOK_HOST',
  'DATABASE_URL',
  'LOANBOOK_DATA_DIR',
  'LOANBOOK_ADMIN_EMAIL',
  'LOANBOOK_ADMIN_PASSWORD',
  'LOANBOOK_TIME_ZONE',
  'LOANBOOK_CURRENCY',
  'LOANBOOK_MODE',
  'LOANBOOK_BUSINESS_DATE',
  'LOANBOOK_CLOSE_OF_BUSINESS',
  'LOANBOOK_CLOSE_OF_BUSINESS_STEPS',
  'LOANBOOK_CHARGE_ACCRUAL_DATE',
  'LOANBOOK_NEXT_DUE_DATE',
  'LOANBOOK_INTEREST_FIRST',
  'LOANBOOK_PENALTY_WAIT_DAYS',
  'LOANBOOK_WORKERS',
  'LOANBOOK_CORES',
  'LOANBOOK_KEY_SECRET',
  'LOANBOOK_TRUSTED_PROXIES',
  'LOANBOOK_WEBHOOK_NETWORKS',
  'LOANBOOK_AUTH_URL',
  'LOANBOOK_API_URL',
  'LOANBOOK_LOG_LEVEL',
  'LOANBOOK_IDEMPOTENCY_DAYS',
  'LOANBOOK_MONEY_IDEMPOTENCY_DAYS',
  'LOANBOOK_WEBHOOK_LOG_DAYS',
  'LOANBOOK_APPROVAL_DAYS',
  'LOANBOOK_DATABASE_POOL',
  'LOANBOOK_STATEMENT_TIMEOUT_MS',
  'LOANBOOK_CONNECT_TIMEOUT_MS',
  'LOANBOOK_SHUTDOWN_SECONDS',
  'LOANBOOK_URL',
  'LOANBOOK_EMAIL',
  'LOANBOOK_PASSWORD',
] as const;

interface Limits {
  readonly least: number;
  readonly most: number;
}
type Range = Limits & { readonly standard: number };

function reader(env: Environment, faults: string[]) {
  const value = (name: string): string | undefined => env[name]?.trim() || undefined;
  const text = (name: string, standard: string): string => value(name) ?? standard;
  const integerIfGiven = (name: string, { least, most }: Limits): number | undefined => {
    const given = value(name);
    if (given === undefined) return undefined;
    const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
    if (number >= least && number <= most) return number;
    faults.push(`${name}: must be a whole number from ${least} to ${most}, not "${given}"`);
    return undefined;
  };
  const integer = (name: string, range: Range): number => integerIfGiven(name, range) ?? range.standard;
  const milliseconds = (name: string, standard: number): number =>
    integer(name, { standard, least: 100, most: 3_600_000 });
  const oneOf = <T extends string>(name: string, choices: readonly T[], standard: T): T => {
    const given = text(name, standard);
    const found = choices.find((choice) => choice === given);
    if (found === undefined) faults.push(`${name}: must be one of ${choices.join(', ')}, not "${given}"`);
    return found ?? standard;
  };
  const matching = (name: string, fits: (given: string) => boolean, wanted: string): string | undefined => {
    const given = value(name);
    if (given === undefined || fits(given)) return given;
    faults.push(`${name}: must be ${wanted}${isSecret(name) ? '' : `, not "${given}"`}`);
    return undefined;
  };
  const url = (name: string): string | undefined =>
    matching(name, isHttpUrl, 'an http(s) URL')?.replace(/\/+$/, '');
  return { text, integer, integerIfGiven, milliseconds, oneOf, matching, url };
}

const SWITCH = ['yes', 'no'] as const;

/** What the reference sets for a whole deployment and not by product. */
function engineSettings(read: ReturnType<typeof reader>): EngineSettings {
  const wait = { standard: DEFAULT_SETTINGS.penaltyWaitPeriod, least: 0, most: 365 };
  return {
    ...DEFAULT_SETTINGS,
    chargeAccrualDate: read.oneOf(
      'LOANBOOK_CHARGE_ACCRUAL_DATE',
      ['due-date', 'submitted-date'],
      DEFAULT_SETTINGS.chargeAccrualDate,
    ),
    nextPaymentDueDate: read.oneOf(
      'LOANBOOK_NEXT_DUE_DATE',
      ['earliest-unpaid-date', 'next-unpaid-due-date'],
      DEFAULT_SETTINGS.nextPaymentDueDate,
    ),
    interestRecoveredFirstWhenAboveInstallment: read.oneOf('LOANBOOK_INTEREST_FIRST', SWITCH, 'no') === 'yes',
    penaltyWaitPeriod: read.integer('LOANBOOK_PENALTY_WAIT_DAYS', wait),
  };
}

/** Passwords, and URLs that hold one, are never repeated. */
const isSecret = (name: string): boolean =>
  name === 'DATABASE_URL' || name.endsWith('PASSWORD') || name.endsWith('SECRET');

/** A misspelt variable would silently leave the standard in force. */
function unknownNames(env: Environment): string[] {
  const known = new Set<string>(VARIABLES);
  return Object.keys(env)
    .filter((name) => name.startsWith('LOANBOOK_') && !known.has(name))
    .map((name) => `${name}: no such setting; README.md lists them all`);
}

function localUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

const isEmail = (text: string): boolean => text.length <= 254 && /^[^\s@:]+@[^\s@:]+$/.test(text);
const isLongPassword = (text: string): boolean => text.length >= 12 && text.length <= 1024;
const isCurrency = (text: string): boolean => Intl.supportedValuesOf('currency').includes(text);
const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
const isPostgresUrl = (text: string): boolean =>
  URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol);

/** `10.0.0.7,192.168.0.0/16` */
const areAddresses = (text: string): boolean =>
  text.split(',').every((each) => {
    const [address = '', bits = '0', ...rest] = each.trim().split('/');
    return isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= 128 && rest.length === 0;
  });

const areClosingSteps = (text: string): boolean =>
  listOf(text).every((each) => CLOSING_STEPS.some((step) => step === each));
const closingSteps = (text: string | undefined): Config['closeOfBusinessSteps'] =>
  CLOSING_STEPS.filter((step) => listOf(text).includes(step));

const listOf = (text: string | undefined): string[] => text?.split(',').map((each) => each.trim()) ?? [];

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < '1900-01-01') return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
