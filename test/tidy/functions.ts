/** The functions of a source file with their sizes. */
import ts from 'typescript';
import { lineOf, nodesOf, type SourceFile } from './sources.ts';

export interface FunctionFact {
  readonly file: SourceFile;
  readonly node: ts.FunctionLikeDeclaration;
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  /** Stands on its own: a declaration, a method, or a function that a constant is named after. */
  readonly isNamed: boolean;
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isAccessor(node)
  );
}

function nameOfFunction(node: ts.FunctionLikeDeclaration): string | null {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (node.name) return node.name.getText();
  if (ts.isVariableDeclaration(node.parent)) return node.parent.name.getText();
  return null;
}

export function functionsOf(file: SourceFile): FunctionFact[] {
  return nodesOf(file)
    .filter(isFunction)
    .filter((node) => node.body !== undefined)
    .map((node) => {
      const name = nameOfFunction(node);
      const line = lineOf(file, node);
      const last = file.tree.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
      return {
        file,
        node,
        name: name ?? 'anonymous function',
        line,
        lines: last - line + 1,
        isNamed: name !== null,
      };
    });
}

/** The value below which the given share of the sorted numbers lies. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
