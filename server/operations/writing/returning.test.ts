import { expect, it } from 'vitest';
import { openReturning, type Returning } from './returning.ts';

let time = 0;
const open = (): Returning => {
  time = 1_000;
  return openReturning({ share: 0.75, ofStoring: 0.5, mostMilliseconds: 10 }, () => time);
};
const come = (returning: Returning, count: number): void => {
  for (let each = 1; each <= count; each += 1) returning.came();
};

it('waits for those who are missing, half of what storing took', () => {
  const returning = open();
  returning.answered(4, 6);
  expect(returning.patience()).toBe(3);
  time += 1;
  come(returning, 3);
  expect(returning.patience()).toBe(2);
  come(returning, 1);
  expect(returning.patience()).toBe(0);
});

it('gives up in time, however long storing took', () => {
  const returning = open();
  returning.answered(4, 6_000);
  expect(returning.patience()).toBe(10);
  time += 10;
  expect(returning.patience()).toBe(0);
});

it('waits for nobody who was answered alone', () => {
  const returning = open();
  expect(returning.patience()).toBe(0);
  returning.answered(1, 6);
  expect(returning.patience()).toBe(0);
});

it('no more waits for those who do not come again, until most of them do', () => {
  const returning = open();
  returning.answered(8, 6);
  come(returning, 5);
  time += 3;
  come(returning, 3);
  returning.answered(8, 6);
  expect(returning.patience()).toBe(0);
  come(returning, 6);
  time += 6;
  returning.answered(6, 6);
  expect(returning.patience()).toBe(3);
});

it('judges nobody whose time is not over', () => {
  const returning = open();
  returning.answered(8, 6);
  time += 1;
  returning.answered(8, 6);
  expect(returning.patience()).toBe(3);
});
