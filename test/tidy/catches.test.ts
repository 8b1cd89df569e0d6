/** Each rule is shown something that breaks it: a rule that never fires would prove nothing. */
import { describe, expect, it } from 'vitest';
import { directionFaults, importCycles, writingRouteFaults } from './imports.ts';
import * as rules from './rules.ts';
import { type Fault, parseSource, type SourceFile } from './sources.ts';
import { strayQueryFaults, transactionParameterFaults } from './store.ts';

type Rule = (file: SourceFile) => Fault[];

const HEAD = '/**\n * Rule.\n * Source.\n */\n';
const longFunction = `function f() {\n${'  step();\n'.repeat(70)}}\n`;

const BREAKS: readonly [string, Rule, string, string][] = [
  ['a file of 501 lines', rules.sizeFaults, 'server/x.ts', '\n'.repeat(501)],
  ['a line of 111 characters', rules.sizeFaults, 'server/x.ts', `// ${'x'.repeat(108)}`],
  ['a function of 72 lines', rules.longFunctionFaults, 'server/x.ts', longFunction],
  ['four parameters', rules.parameterFaults, 'server/x.ts', 'export function f(a: 1, b: 2, c: 3, d: 4) {}'],
  [
    'a boolean parameter',
    rules.booleanParameterFaults,
    'server/x.ts',
    'const f = (a: 1, late: boolean) => late;',
  ],
  ['a boolean default', rules.booleanParameterFaults, 'server/x.ts', 'function f(late = false) {}'],
  ['a banned word', rules.nameFaults, 'server/x.ts', 'const loanData = 1;'],
  ['a banned plural', rules.nameFaults, 'server/dateUtils.ts', ''],
  ['an abbreviation', rules.nameFaults, 'server/x.ts', 'interface Row { custName: string }'],
  ['an enum', rules.syntaxFaults, 'server/x.ts', 'enum Status { Open }'],
  ['any', rules.syntaxFaults, 'server/x.ts', 'let value: any;'],
  ['a non-null mark', rules.syntaxFaults, 'server/x.ts', 'const first = rows[0]!;'],
  ['a default function', rules.syntaxFaults, 'server/x.ts', 'export default function f() {}'],
  ['a default value', rules.syntaxFaults, 'server/x.ts', 'export default 1;'],
  ['a base class', rules.inheritanceFaults, 'server/x.ts', 'class Loan extends Entity {}'],
  ['a barrel', rules.barrelFaults, 'server/x.ts', "export { a } from './a.ts';\nexport { b } from './b.ts';"],
  ['an index file', rules.barrelFaults, 'server/index.ts', 'export const a = 1;'],
  ['a missing head', rules.headFaults, 'server/domain/x.ts', "import './y.ts';"],
  ['a one-line head', rules.headFaults, 'server/domain/x.ts', '/** Rule. */\n'],
  ['the clock', rules.purityFaults, 'server/domain/x.ts', `${HEAD}const today = new Date();`],
  ['the clock by now()', rules.purityFaults, 'server/domain/x.ts', `${HEAD}const now = Date.now();`],
  ['randomness', rules.purityFaults, 'server/domain/x.ts', `${HEAD}const id = Math.random();`],
  ['the environment', rules.purityFaults, 'server/domain/x.ts', `${HEAD}const zone = process.env.ZONE;`],
  ['domain -> store', directionFaults, 'server/domain/x.ts', "import { a } from '../store/a.ts';"],
  ['domain -> node', directionFaults, 'server/domain/x.ts', "import { a } from 'node:fs';"],
  ['store -> operations', directionFaults, 'server/store/x.ts', "import { a } from '../operations/a.ts';"],
  ['store -> fastify', directionFaults, 'server/store/x.ts', "import { a } from 'fastify';"],
  ['operations -> http', directionFaults, 'server/operations/x.ts', "import type { A } from '../http/a.ts';"],
  ['sdk -> server', directionFaults, 'sdk/x.ts', "import type { A } from '../server/domain/a.ts';"],
  ['cli -> server', directionFaults, 'cli/x.ts', "const a = await import('../server/main.ts');"],
  [
    'a writing route',
    writingRouteFaults,
    'server/http/x.ts',
    "import { insertLoan } from '../store/loans.ts';",
  ],
  ['an optional tx', transactionParameterFaults, 'server/store/x.ts', 'function f(tx?: Tx) {}'],
  ['a tx that comes second', transactionParameterFaults, 'server/store/x.ts', 'function f(id: 1, tx: Tx) {}'],
  ['SQL in a route', strayQueryFaults, 'server/http/x.ts', "await tx.query('select 1');"],
];

const KEEPS: readonly [string, Rule, string, string][] = [
  [
    'an assertion',
    rules.booleanParameterFaults,
    'server/x.ts',
    'function f(holds: boolean): asserts holds {}',
  ],
  ['a class of errors', rules.inheritanceFaults, 'server/x.ts', 'class Stop extends Error {}'],
  ['a default clause', rules.syntaxFaults, 'server/x.ts', 'switch (a) { default: break; }'],
  [
    'a date of known parts',
    rules.purityFaults,
    'server/domain/x.ts',
    `${HEAD}const date = new Date(2025, 1);`,
  ],
  [
    'a reading route',
    writingRouteFaults,
    'server/http/x.ts',
    "import { findLoan } from '../store/loans.ts';",
  ],
  [
    'a type from the store',
    writingRouteFaults,
    'server/http/x.ts',
    "import type { Row } from '../store/loans.ts';",
  ],
  ['domain -> decimal.js', directionFaults, 'server/domain/x.ts', "import { Decimal } from 'decimal.js';"],
];

describe('the rules', () => {
  it.each(BREAKS)('catch %s', (_case, rule, path, text) => {
    const faults = rule(parseSource(path, text));
    expect(faults.length).toBeGreaterThan(0);
    expect(faults[0]).toMatch(/^[\w/.]+:\d+: /);
  });
  it.each(KEEPS)('let %s pass', (_case, rule, path, text) => {
    expect(rule(parseSource(path, text))).toEqual([]);
  });
  it('find an import cycle over three files', () => {
    const files = ['a', 'b', 'c'].map((name, index, names) =>
      parseSource(`server/${name}.ts`, `import './${names[(index + 1) % 3]}.ts';`),
    );
    expect(importCycles(files)).toEqual(['server/a.ts -> server/b.ts -> server/c.ts -> server/a.ts']);
  });
});
