/**
 * Mutation runs play every property with the same seed, so that figures can be repeated, for a moment only,
 * and without looking for the smallest counterexample.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: 20250115, interruptAfterTimeLimit: 200, endOnFailure: true });
