/**
 * `loanbook config ...`: products, charges, accounts, buckets, calendar, offices, payment types, reasons as a
 * YAML file that can be kept, compared and applied. Needs an account with the role OPERATOR.
 */
import { readFileSync } from 'node:fs';
import type { ConfigurationChanges, ConfigurationDocument } from '@loanbook/sdk';
import type { Command } from 'commander';
import { parseDocument, stringify } from 'yaml';
import { connect } from './connection.ts';
import { print, table, UsageError } from './terminal.ts';

const HEAD = `# Configuration of a Loanbook: \`loanbook config diff FILE\` shows what applying it would change.
# Entries are known by their short names and codes. What is not named here stays as it is.
`;

export function addConfig(program: Command): void {
  const config = program.command('config').description('products, charges, accounts ... as a YAML file');
  const asJson = (): boolean => program.opts().json === true;
  config
    .command('export')
    .description('prints the configuration')
    .action(async () => {
      const document = await (await connect()).configuration.export();
      print(document, { json: asJson(), text: yamlOf(document) });
    });
  config
    .command('diff <file>')
    .description('what applying the file would change; exit code 1 if anything')
    .action(async (file: string) => {
      const configuration = readConfiguration(file);
      const found = await (await connect()).configuration.apply({ configuration, dryRun: true });
      print(found, { json: asJson(), text: describe(found) });
      if (found.changes.length > 0) process.exitCode = 1;
    });
  config
    .command('apply <file>')
    .description('makes the book as the file says: all of it, or nothing')
    .action(async (file: string) => {
      const configuration = readConfiguration(file);
      const found = await (await connect()).configuration.apply({ configuration });
      print(found, { json: asJson(), text: describe(found) });
    });
  config
    .command('versions <product>')
    .description('all versions of one loan product, by its id, the newest first')
    .action(async (product: string) => {
      const items = await (await connect()).loanProducts.versions(product);
      print(items, { json: asJson(), text: table(items, ['version', 'recordedAt', 'madeBy']) });
    });
}

/** Long lists of steps stay readable: one line each. */
const yamlOf = (document: ConfigurationDocument): string =>
  HEAD + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();

/** The file's content; what it holds is judged by the API. */
function readConfiguration(file: string): ConfigurationDocument {
  const parsed = parseDocument(textOf(file));
  const [fault] = parsed.errors;
  if (fault) throw new UsageError(`${file} is not YAML: ${fault.message}`);
  const content: unknown = parsed.toJS({ maxAliasCount: 1000 });
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new UsageError(`${file} holds no sections: "loanbook config export" prints what a file looks like`);
  return content;
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function describe({ applied, changes, unnamed }: ConfigurationChanges): string {
  const made = changes.map(({ section, name, action, fields }) => {
    const lines = fields.map((each) => `    ${changeText(each, action)}`);
    return [`${action === 'create' ? '+' : '~'} ${section} ${name}`, ...lines].join('\n');
  });
  const kept = unnamed.map(({ section, name }) => `  ${section} ${name}`);
  const count = changes.length === 1 ? '1 entry' : `${changes.length} entries`;
  return [
    ...made,
    ...(kept.length > 0 ? ['not named by the file, left as they are:', ...kept] : []),
    changes.length === 0 ? 'nothing to change' : `${applied ? 'changed' : 'would change'} ${count}`,
  ].join('\n');
}

type FieldChange = ConfigurationChanges['changes'][number]['fields'][number];

function changeText({ field, before, after }: FieldChange, action: 'create' | 'update'): string {
  if (action === 'create') return `${field}: ${valueText(after)}`;
  return `${field}: ${valueText(before)} -> ${valueText(after)}`;
}

const valueText = (value: unknown): string =>
  value === undefined ? '(none)' : typeof value === 'string' ? value : JSON.stringify(value);
