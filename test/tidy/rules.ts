/** The house's rules that one file alone can keep or break; each answers the faults it finds. */
import ts from 'typescript';
import { ALLOWED_NAMES, ALLOWED_PARAMETERS } from './exceptions.ts';
import { functionsOf } from './functions.ts';
import { type Fault, faultAt, isDomain, nameOf, nodesOf, type SourceFile } from './sources.ts';

const MAX_FUNCTION_LINES = 70;
const MAX_FILE_LINES = 500;
const MAX_LINE_LENGTH = 110;
const MAX_PARAMETERS = 3;
const LONG_TEXT = 60;

export function sizeFaults(file: SourceFile): Fault[] {
  const lines = file.text.split('\n');
  const unbreakable = linesOfLongTexts(file);
  const faults: Fault[] = [];
  if (lines.length > MAX_FILE_LINES + 1)
    faults.push(`${file.path}:1: ${lines.length - 1} lines, at most ${MAX_FILE_LINES}`);
  lines.forEach((line, index) => {
    if (line.length > MAX_LINE_LENGTH && !unbreakable.has(index + 1))
      faults.push(`${file.path}:${index + 1}: line of ${line.length} characters, at most ${MAX_LINE_LENGTH}`);
  });
  return faults;
}

/** A long message stays in one piece, so that whoever meets it finds it by searching. */
function linesOfLongTexts(file: SourceFile): Set<number> {
  const texts = nodesOf(file).filter((node) => ts.isStringLiteralLike(node) || ts.isTemplateExpression(node));
  const long = texts.filter((node) => node.getText().length > LONG_TEXT);
  const line = (position: number): number => file.tree.getLineAndCharacterOfPosition(position).line + 1;
  return new Set(long.flatMap((node) => numbersFrom(line(node.getStart()), line(node.getEnd()))));
}

const numbersFrom = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

export function longFunctionFaults(file: SourceFile): Fault[] {
  return functionsOf(file)
    .filter((fact) => fact.lines > MAX_FUNCTION_LINES)
    .map((fact) =>
      faultAt(file, fact.node, `${fact.name} has ${fact.lines} lines, at most ${MAX_FUNCTION_LINES}`),
    );
}

export function parameterFaults(file: SourceFile): Fault[] {
  return functionsOf(file)
    .filter((fact) => fact.node.parameters.length > MAX_PARAMETERS)
    .filter((fact) => !ALLOWED_PARAMETERS.has(`${file.path} ${fact.name}`))
    .map((fact) =>
      faultAt(file, fact.node, `${fact.name} has ${fact.node.parameters.length} parameters: take one object`),
    );
}

const isBooleanType = (type: ts.TypeNode | undefined): boolean =>
  type?.kind === ts.SyntaxKind.BooleanKeyword ||
  (type !== undefined && ts.isUnionTypeNode(type) && type.types.some(isBooleanType));

const isBooleanValue = (value: ts.Expression | undefined): boolean =>
  value?.kind === ts.SyntaxKind.TrueKeyword || value?.kind === ts.SyntaxKind.FalseKeyword;

/**
 * `f(x, true)` tells a reader nothing. A condition that an assertion takes is not a flag and stays allowed.
 */
export function booleanParameterFaults(file: SourceFile): Fault[] {
  return functionsOf(file)
    .filter((fact) => !(fact.node.type && ts.isTypePredicateNode(fact.node.type)))
    .flatMap((fact) => fact.node.parameters)
    .filter((parameter) => parameter.name.getText() !== 'holds')
    .filter((parameter) => isBooleanType(parameter.type) || isBooleanValue(parameter.initializer))
    .map((parameter) =>
      faultAt(
        file,
        parameter,
        `boolean parameter ${parameter.name.getText()}: take an object or two functions`,
      ),
    );
}

const BANNED = [
  'util',
  'utility',
  'helper',
  'manager',
  'processor',
  'data',
  'info',
  'impl',
  'common',
  'service',
];
const ABBREVIATED =
  'cfg ctx req res msg err amt qty acct cust idx tmp str obj arr cb txn repo addr pwd conn stmt curr prev num val';
const BANNED_WORDS = new Set([...BANNED, ...ABBREVIATED.split(' ')]);

/** `loanDataReader` -> loan, data, reader; plural forms count as their singular. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

function bannedWordIn(name: string): string | null {
  if (ALLOWED_NAMES.has(name)) return null;
  const isBanned = (word: string): boolean =>
    BANNED_WORDS.has(word) || BANNED_WORDS.has(word.replace(/ies$/, 'y').replace(/s$/, ''));
  return wordsOf(name).find(isBanned) ?? null;
}

function declaredName(node: ts.Node): ts.Node | null {
  const isDeclaration =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node);
  return isDeclaration && node.name && ts.isIdentifier(node.name) ? node.name : null;
}

export function nameFaults(file: SourceFile): Fault[] {
  const faults: Fault[] = [];
  for (const folderOrFile of file.path.replace(/(\.test)?\.ts$/, '').split('/')) {
    const word = bannedWordIn(folderOrFile);
    if (word) faults.push(`${file.path}:1: the name ${folderOrFile} holds the banned word "${word}"`);
  }
  for (const node of nodesOf(file)) {
    const name = declaredName(node);
    const word = name && bannedWordIn(name.getText());
    if (name && word)
      faults.push(faultAt(file, name, `the name ${name.getText()} holds the banned word "${word}"`));
  }
  return faults;
}

const FORBIDDEN_SYNTAX: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.EnumDeclaration, 'enum: use a union of strings'],
  [ts.SyntaxKind.AnyKeyword, 'any: use unknown and look'],
  [ts.SyntaxKind.NonNullExpression, 'non-null "!": check or assert'],
  [ts.SyntaxKind.ExportAssignment, 'default export: name it'],
  [ts.SyntaxKind.DefaultKeyword, 'default export: name it'],
]);

export function syntaxFaults(file: SourceFile): Fault[] {
  return nodesOf(file).flatMap((node) => {
    const isSwitchDefault = node.kind === ts.SyntaxKind.DefaultKeyword && ts.isDefaultClause(node.parent);
    const rule = isSwitchDefault ? undefined : FORBIDDEN_SYNTAX.get(node.kind);
    return rule ? [faultAt(file, node, rule)] : [];
  });
}

/** The only base class that a class of ours may extend. */
export function inheritanceFaults(file: SourceFile): Fault[] {
  return nodesOf(file)
    .filter((node) => ts.isHeritageClause(node))
    .filter((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword && ts.isClassLike(clause.parent))
    .filter((clause) => clause.types[0]?.expression.getText() !== 'Error')
    .map((clause) => faultAt(file, clause, 'base class: compose instead (only Error may be extended)'));
}

/** A barrel passes on what others export; so does `export * from`. */
export function barrelFaults(file: SourceFile): Fault[] {
  const statements = file.tree.statements.filter((statement) => !ts.isImportDeclaration(statement));
  const passedOn = statements.filter((statement) => ts.isExportDeclaration(statement));
  const faults = passedOn
    .filter((statement) => statement.exportClause === undefined)
    .map((statement) => faultAt(file, statement, 'export *: import from where it is'));
  if (nameOf(file) === 'index') faults.push(`${file.path}:1: index file: name it after what it holds`);
  if (statements.length > 0 && passedOn.length === statements.length)
    faults.push(`${file.path}:1: barrel file: import from where it is`);
  return faults;
}

/**
 * A domain file opens with the rule in words: a comment of 3 to 10 lines, its opening and closing marks
 * apart.
 */
export function headFaults(file: SourceFile): Fault[] {
  if (!isDomain(file)) return [];
  const head = /^\/\*\*\n([\s\S]*?)\n? \*\//.exec(file.text);
  const lines = head?.[1]?.split('\n').length ?? 0;
  const isGood = lines >= 2 && lines <= 10;
  return isGood
    ? []
    : [`${file.path}:1: opens with ${lines} lines of comment, wanted 3 to 10 (marks included)`];
}

const IMPURE_GLOBALS = new Set(['process', 'console', 'fetch', 'setTimeout', 'setInterval', 'performance']);

function isImpure(node: ts.Node): boolean {
  if (ts.isNewExpression(node))
    return node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0;
  if (ts.isPropertyAccessExpression(node)) return /^(Date\.now|Math\.random)$/.test(node.getText());
  if (!ts.isIdentifier(node) || !IMPURE_GLOBALS.has(node.text)) return false;
  return ts.isCallExpression(node.parent) || ts.isPropertyAccessExpression(node.parent)
    ? node.parent.expression === node
    : false;
}

/** No I/O, no clock, no randomness in the domain. */
export function purityFaults(file: SourceFile): Fault[] {
  if (!isDomain(file)) return [];
  return nodesOf(file)
    .filter(isImpure)
    .map((node) => faultAt(file, node, `${node.getText()}: the domain takes it as an argument`));
}
