/**
 * Property tests draw the same cases on every run, so that a red gate can be repeated. To look further:
 * `LOANBOOK_TEST_SEED=random npm run unit -- server/domain`, or a number to repeat what such a run found.
 */
import * as fc from 'fast-check';

const wish = process.env.LOANBOOK_TEST_SEED ?? '20260101';
if (wish !== 'random') fc.configureGlobal({ seed: Number(wish) });
