import { describe, expect, it } from 'vitest';
import { HttpFault } from '../errors.ts';
import { readJsonBody } from './jsonBody.ts';

const read = (text: string): unknown => readJsonBody(Buffer.from(text));

function faultsOf(body: Buffer): unknown {
  try {
    return { accepted: readJsonBody(body) };
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    return JSON.parse(error.answer.message);
  }
}

describe('a JSON body', () => {
  it.each(['{"a":1}', '[]', 'null', '"text"', ' {"a":{"b":[1,2.5,-3e2,"\\u00e9"]}} ', '{"a":100.10}', '1.0'])(
    '%s is read as it is',
    (text) => expect(read(text)).toEqual(JSON.parse(text)),
  );

  it('is nothing when it is empty', () => expect(read('')).toBeUndefined());

  it('may name __proto__ as a value', () => expect(read('{"a":"__proto__"}')).toEqual({ a: '__proto__' }));

  it.each([
    ['{"a":1e400}', 'a'],
    ['{"a":-1e400}', 'a'],
    ['{"a":1e-400}', 'a'],
    ['{"a":{"b":[0,12345678901234567890]}}', 'a.b.1'],
    ['{"a":0.30000000000000001}', 'a'],
    ['{"a":9007199254740993}', 'a'],
  ])('%s is refused, not rounded', (text, field) => {
    const error = 'has more digits than can be kept exactly';
    expect(faultsOf(Buffer.from(text))).toEqual([{ field, error }]);
  });

  it.each(['9007199254740991', '1e15', '0.1', '123456789012.34', '1.0000000000000000', '1e22'])(
    'the number %s is exact',
    (text) => expect(read(text)).toBe(Number(text)),
  );

  it.each([
    ['{"__proto__":{"admin":true}}', '__proto__', 'unknown field'],
    ['{"\\u005f_proto__":1}', '__proto__', 'unknown field'],
    ['{"a":{"__proto__":1}}', 'a.__proto__', 'unknown field'],
    ['{"a":"x\\u0000"}', 'a', 'must not hold a NUL or broken character'],
    ['{"a":["\\ud800"]}', 'a.0', 'must not hold a NUL or broken character'],
    ['{"a":1,"a":12345678901234567890}', 'body', 'names a field twice'],
    ['{', 'body', 'is not valid JSON'],
    ['{"a":01}', 'body', 'is not valid JSON'],
    ['{"a":NaN}', 'body', 'is not valid JSON'],
    ['"\u0000"', 'body', 'is not valid JSON'],
    [`${'['.repeat(33)}${']'.repeat(33)}`, 'body', 'is nested deeper than 32 levels'],
    ['['.repeat(500_000), 'body', 'is nested deeper than 32 levels'],
    ['"unfinished \\', 'body', 'is not valid JSON'],
  ])('%.40s is refused', (text, field, error) => {
    expect(faultsOf(Buffer.from(text))).toEqual([{ field, error }]);
  });

  it('of bytes that are not UTF-8 is refused', () => {
    const latin = Buffer.from('{"a":"é"}', 'latin1');
    expect(faultsOf(latin)).toEqual([{ field: 'body', error: 'is not valid UTF-8' }]);
  });

  it('with brackets and digits inside texts is not misread', () => {
    const value = { a: '[[[{{{ 1e400 "quoted" \\ end', b: '['.repeat(100) };
    expect(read(JSON.stringify(value))).toEqual(value);
  });
});
