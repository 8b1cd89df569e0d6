import { expect, test } from 'vitest';
import { splitStatements } from './statements.ts';

test('a semicolon ends a statement', () => {
  expect(splitStatements('create table a (x int);\ncreate table b (y int);\n')).toEqual([
    'create table a (x int)',
    'create table b (y int)',
  ]);
});

test('a semicolon in a string, a quoted name or a body does not', () => {
  const statements = [
    `insert into a values ('x;''y')`,
    'create table "odd;name" (x int)',
    'create function f() returns int language sql as $body$ select 1; select $$two$$; $body$',
  ];
  expect(splitStatements(statements.join(';\n'))).toEqual(statements);
});

test('comments fall away, also those that hold a semicolon or a quote', () => {
  expect(splitStatements("-- don't; \nselect 1 /* ; ' */; -- the end")).toEqual(['select 1']);
});

test('a parameter is no dollar quote', () => {
  expect(splitStatements('prepare p as select $1, $2; select 2')).toHaveLength(2);
});
