import { expect, it } from 'vitest';
import { errorFacts, scrub } from './log.ts';

it.each([
  ['token eyJhbGciOi.eyJzdWIi.c2ln failed', 'token [token] failed'],
  ['asha@example.com cannot log in', '[email] cannot log in'],
  ['call +255712345678', 'call [number]'],
  ['relation "loan" does not exist', 'relation "loan" does not exist'],
])('takes secrets and people out of "%s"', (text, expected) => expect(scrub(text)).toBe(expected));

it('tells of an error its type, code and frames, not the values of a row', () => {
  const error = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(a@b.c)' });
  const facts = errorFacts(error);
  expect(facts).toMatchObject({ type: 'Error', message: 'duplicate key', code: '23505' });
  expect(JSON.stringify(facts)).not.toContain('a@b.c');
});

it('leaves out what a database error quotes of a row', () => {
  const error = Object.assign(new Error('invalid input syntax for type date: "Asha Juma"'), {
    code: '22007',
  });
  expect(errorFacts(error)).toMatchObject({ message: 'invalid input syntax for type date: [value]' });
});
