import { expect, it } from 'vitest';
import { openReturning, type Returning } from './returning.ts';

let time = 0;
/** At 1,000 ms. */
const open = (): Returning => {
  time = 1_000;
  const limits = { share: 0.75, ofStoring: 0.5, mostMilliseconds: 10, silenceMilliseconds: 1.5 };
  return openReturning(limits, () => time);
};
const come = (returning: Returning, count: number): void => {
  for (let each = 1; each <= count; each += 1) returning.came();
};

it('waits for those who are missing, half of what storing took', () => {
  const returning = open();
  returning.answered(4, 6);
  expect(returning.patientUntil()).toBe(1_003);
  come(returning, 2);
  expect(returning.patientUntil()).toBe(1_003);
  come(returning, 2);
  expect(returning.patientUntil()).toBe(0);
});

it('gives up in time, however long storing took', () => {
  const returning = open();
  returning.answered(4, 6_000);
  expect(returning.patientUntil()).toBe(1_010);
  time += 10;
  expect(returning.patientUntil()).toBe(0);
  come(returning, 1);
  expect(returning.patientUntil()).toBe(0);
});

it('gives up when most have come and then nobody does', () => {
  const returning = open();
  returning.answered(4, 20);
  come(returning, 2);
  time += 4;
  come(returning, 1);
  expect(returning.patientUntil()).toBe(1_005.5);
  time += 5.5;
  returning.answered(4, 20);
  expect(returning.patientUntil()).toBe(1_019.5);
});

it('waits for nobody who was answered alone, and goes on waiting for others', () => {
  const returning = open();
  expect(returning.patientUntil()).toBe(0);
  returning.answered(1, 6);
  expect(returning.patientUntil()).toBe(0);
  returning.answered(4, 6);
  returning.answered(1, 6);
  expect(returning.patientUntil()).toBe(1_003);
});

it('waits no more for those who do not come again, until most of them do', () => {
  const returning = open();
  returning.answered(8, 6);
  come(returning, 5);
  time += 3;
  come(returning, 3);
  returning.answered(8, 6);
  expect(returning.patientUntil()).toBe(0);
  come(returning, 6);
  time += 6;
  returning.answered(6, 6);
  expect(returning.patientUntil()).toBe(1_012);
});

it('judges nobody whose time is not over', () => {
  const returning = open();
  returning.answered(8, 6);
  time += 1;
  returning.answered(8, 6);
  expect(returning.patientUntil()).toBe(1_004);
});
