/** Rules of the store: `tx` comes first and is never optional, and SQL is nowhere else. */
import ts from 'typescript';
import { functionsOf } from './functions.ts';
import { layerOf } from './imports.ts';
import { type Fault, faultAt, isTest, nodesOf, type SourceFile } from './sources.ts';

export function transactionParameterFaults(file: SourceFile): Fault[] {
  if (layerOf(file.path) !== 'store' || isTest(file)) return [];
  return functionsOf(file)
    .flatMap((fact) => fact.node.parameters.map((parameter, index) => ({ parameter, index })))
    .filter(({ parameter }) => parameter.name.getText() === 'tx')
    .filter(({ parameter, index }) => index > 0 || parameter.questionToken || parameter.initializer)
    .map(({ parameter }) => faultAt(file, parameter, 'tx comes first and is never optional'));
}

/** `tx.query(...)` belongs to the store, and to the platform files beside it. */
export function strayQueryFaults(file: SourceFile): Fault[] {
  if (!['operations', 'http', 'jobs'].includes(layerOf(file.path)) || isTest(file)) return [];
  return nodesOf(file)
    .filter((node) => ts.isCallExpression(node))
    .filter((call) => ts.isPropertyAccessExpression(call.expression) && call.expression.name.text === 'query')
    .map((call) => faultAt(file, call, 'SQL belongs into server/store'));
}
