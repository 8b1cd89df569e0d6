import { lookup } from 'node:dns/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AddressRefused, allowedLookup, isAllowed, requireAllowedHost } from './addresses.ts';

describe('addresses that messages may go to', () => {
  it.each([
    ['93.184.216.34', [], true],
    ['2606:2800:220:1:248:1893:25c8:1946', [], true],
    ['127.0.0.1', [], false],
    ['10.0.0.1', [], false],
    ['172.16.5.4', [], false],
    ['192.168.1.1', [], false],
    ['169.254.169.254', [], false],
    ['100.64.0.1', [], false],
    ['0.0.0.0', [], false],
    ['224.0.0.1', [], false],
    ['255.255.255.255', [], false],
    ['::1', [], false],
    ['fe80::1', [], false],
    ['fd00::1', [], false],
    ['::ffff:127.0.0.1', [], false],
    ['::ffff:93.184.216.34', [], true],
    ['64:ff9b::a00:1', [], false],
    ['not an address', [], false],
    ['10.0.0.1', ['10.0.0.0/8'], true],
    ['11.0.0.1', ['127.0.0.1'], true],
    ['127.0.0.1', ['127.0.0.1'], true],
    ['127.0.0.2', ['127.0.0.1'], false],
    ['::1', ['127.0.0.1', '::1'], true],
    ['fd00::7', ['fd00::/8'], true],
  ])('%s, with %j allowed: %s', (address, networks, allowed) => {
    expect(isAllowed(address, networks)).toBe(allowed);
  });

  it('refuses an address in the URL itself', () => {
    expect(() => requireAllowedHost(new URL('http://[::1]:8080/'), [])).toThrow(AddressRefused);
    expect(() => requireAllowedHost(new URL('http://2130706433/'), [])).toThrow(AddressRefused);
    expect(() => requireAllowedHost(new URL('https://93.184.216.34/'), [])).not.toThrow();
  });

  it('refuses a name that means an inner address, and connects to it where that is allowed', async () => {
    const { address } = await lookup('localhost');
    const resolve = (networks: string[]) => promisify(allowedLookup(networks))('localhost', {});
    await expect(resolve([])).rejects.toThrow('localhost is not a public address');
    await expect(resolve(['127.0.0.0/8', '::1'])).resolves.toContain(address);
  });
});
