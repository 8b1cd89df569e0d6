import { describe, expect, it } from 'vitest';
import { calendarDate, startOfDay } from './clock.ts';

describe('the day of a zone', () => {
  it.each([
    ['2025-01-31T10:59:59Z', 'Pacific/Auckland', '2025-01-31'],
    ['2025-01-31T11:00:00Z', 'Pacific/Auckland', '2025-02-01'],
    ['2025-02-01T07:59:59Z', 'America/Los_Angeles', '2025-01-31'],
    ['2025-02-01T08:00:00Z', 'America/Los_Angeles', '2025-02-01'],
    ['2025-01-31T10:00:00Z', 'Pacific/Kiritimati', '2025-02-01'],
    ['2025-01-31T11:59:59Z', 'Etc/GMT+12', '2025-01-30'],
  ])('at %s in %s is %s', (instant, zone, day) => {
    expect(calendarDate(new Date(instant), zone)).toBe(day);
  });

  it.each([
    ['2025-01-31', 'UTC', '2025-01-31T00:00:00Z'],
    ['2025-01-31', 'Africa/Dar_es_Salaam', '2025-01-30T21:00:00Z'],
    ['2025-01-31', 'Pacific/Auckland', '2025-01-30T11:00:00Z'],
    ['2025-04-06', 'Pacific/Auckland', '2025-04-05T11:00:00Z'],
    ['2025-04-07', 'Pacific/Auckland', '2025-04-06T12:00:00Z'],
    ['2025-09-28', 'Pacific/Auckland', '2025-09-27T12:00:00Z'],
    ['2025-03-09', 'America/Los_Angeles', '2025-03-09T08:00:00Z'],
    ['2025-03-10', 'America/Los_Angeles', '2025-03-10T07:00:00Z'],
    ['2025-11-02', 'America/Los_Angeles', '2025-11-02T07:00:00Z'],
    ['2025-02-01', 'Asia/Kathmandu', '2025-01-31T18:15:00Z'],
    // No midnight: the clocks go from 23:59 to 01:00. Two of them: they go back from 01:00.
    ['2025-04-25', 'Africa/Cairo', '2025-04-24T22:00:00Z'],
    ['2025-11-02', 'America/Havana', '2025-11-02T04:00:00Z'],
  ])('%s in %s begins at %s', (day, zone, instant) => {
    const start = startOfDay(day, zone);
    expect(start.toISOString()).toBe(instant.replace('Z', '.000Z'));
    expect(calendarDate(start, zone)).toBe(day);
    expect(calendarDate(new Date(start.getTime() - 60_000), zone) < day).toBe(true);
  });
});
