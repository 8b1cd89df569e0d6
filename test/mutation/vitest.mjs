/** The words of vitest that the domain's tests use, collecting tests instead of running them. */
import { format } from 'node:util';
import { JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';
import * as chai from 'chai';

for (const matchers of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(matchers);

export const expect = chai.expect;

let collected = [];
let path = [];

/** The tests that loading a file declares. */
export async function collect(file, load) {
  collected = [];
  path = [file];
  await load();
  return collected;
}

export function describe(name, body) {
  path.push(name);
  body();
  path.pop();
}

/** Options, a time limit for instance, may stand before the test or after it; here they do not count. */
export function it(name, ...given) {
  const run = given.find((each) => typeof each === 'function');
  const id = [...path, name].join(' > ');
  const same = collected.filter((test) => test.id.replace(/ #\d+$/, '') === id).length;
  collected.push({ id: same === 0 ? id : `${id} #${same + 1}`, file: path[0], run });
}

it.each = (rows) => (name, run) => {
  rows.forEach((row, index) => {
    const values = Array.isArray(row) ? row : [row];
    it(`${format(name, ...values)} (${index + 1})`, () => run(...values));
  });
};
describe.each = (rows) => (name, body) => {
  for (const row of rows) describe(format(name, row), () => body(...[row].flat()));
};

export const test = it;
