/** `loanbook verify`: proves the book and says precisely what is wrong where. */
import type { Verification } from '@loanbook/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { connect } from './connection.ts';
import { print, table } from './terminal.ts';

type Finding = Verification['findings'][number];
type Control = Verification['controlAccounts'][number];

interface Proof {
  loans: number;
  transactions: number;
  journalEntries: number;
  externalIds: number;
  readonly controlAccounts: Map<string, Control>;
  readonly findings: Finding[];
}

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'proves the book: loans, journal, control accounts, names; exit code 1 when something is wrong',
    )
    .option('--replay-every <n>', 'replay the history of every n-th loan; 1 = of all, 0 = of none', count, 1)
    .action((options: { readonly replayEvery: number }) =>
      verify({ ...options, json: program.opts().json === true }),
    );
}

function count(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('must be a number from 0 on.');
  return Number(text);
}

async function verify({ replayEvery, json }: { replayEvery: number; json: boolean }): Promise<void> {
  const client = await connect();
  const proof: Proof = {
    loans: 0,
    transactions: 0,
    journalEntries: 0,
    externalIds: 0,
    controlAccounts: new Map(),
    findings: [],
  };
  for await (const part of client.verifications.run({ replayEvery })) add(proof, part);
  const shown = { ...proof, controlAccounts: [...proof.controlAccounts.values()] };
  print(shown, { json, text: textOf(shown) });
  if (proof.findings.length > 0) process.exitCode = 1;
}

function add(proof: Proof, part: Verification): void {
  proof.loans += part.loans;
  proof.transactions += part.transactions;
  proof.journalEntries += part.journalEntries;
  proof.externalIds += part.externalIds;
  proof.findings.push(...part.findings);
  for (const each of part.controlAccounts) {
    const key = `${each.glCode} ${each.roles.join()}`;
    const known = proof.controlAccounts.get(key) ?? { ...each, ledger: 0, loans: 0 };
    const [ledger, loans] = [plus(known.ledger, each.ledger), plus(known.loans, each.loans)];
    proof.controlAccounts.set(key, { ...known, ledger, loans });
  }
}

/** Amounts have few decimals; their sum has no more. */
const plus = (a: number, b: number): number => Math.round((a + b) * 1_000_000) / 1_000_000;

function textOf(proof: Omit<Proof, 'controlAccounts'> & { controlAccounts: readonly Control[] }): string {
  const { loans, transactions, journalEntries, externalIds, controlAccounts, findings } = proof;
  const looked = `${loans} loans, ${transactions} transactions, ${journalEntries} journal entries, ${externalIds} external ids`;
  const found =
    findings.length === 0
      ? 'nothing is wrong'
      : `${table(findings, ['rule', 'where', 'message'])}\n${findings.length} wrong`;
  return [looked, table(controlAccounts, ['glCode', 'roles', 'ledger', 'loans']), found].join('\n');
}
