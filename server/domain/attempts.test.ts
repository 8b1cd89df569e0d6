import { describe, expect, it } from 'vitest';
import { ATTEMPT_RULES, addressKey, delaySeconds } from './attempts.ts';

describe('waiting after failed attempts', () => {
  it.each([
    [1, 0],
    [4, 0],
    [5, 1],
    [6, 2],
    [7, 4],
    [13, 256],
    [14, 300],
    [1_000_000, 300],
  ])('failure %i for an account brings a wait of %i s', (failures, seconds) => {
    expect(delaySeconds(failures, ATTEMPT_RULES.account)).toBe(seconds);
  });

  it('never gets shorter with more failures', () => {
    const waits = Array.from({ length: 60 }, (_, count) => delaySeconds(count, ATTEMPT_RULES.address));
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  });
});

describe('what counts as one address', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5::', '2001:db8:1:2::/64'],
    ['2001:db8::3:4:5:6:7', '2001:db8:0:3::/64'],
    ['2001:db8::2:3:4:5:6:7', '2001:db8:2:3::/64'],
    ['1::ffff:10.1.2.3', '1:0:0:0::/64'],
    ['::FFFF:10.1.2.3', '10.1.2.3'],
    ['::ffff:abcd', '0:0:0:0::/64'],
    ['fe80::1:2:3:4', 'fe80:0:0:0::/64'],
    ['fe80::a:1:2:3:4', 'fe80:0:0:a::/64'],
  ])('%s is %s', (ip, key) => {
    expect(addressKey(ip)).toBe(key);
  });
});
