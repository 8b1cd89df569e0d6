import { expect, it } from 'vitest';
import { isWithoutSocket, socketFolder } from './socket.ts';

const LONGEST = `/${'a'.repeat(84)}`;

it.skipIf(process.platform === 'win32')('the folder has a plain name, short enough for an address', () => {
  expect(socketFolder('/var/lib/loanbook/0123/postgres')).toBe('/var/lib/loanbook/0123/postgres');
  // With `/.s.PGSQL.65535` behind it: 100 bytes, and 101.
  expect(socketFolder(LONGEST)).toBe(LONGEST);
  expect(socketFolder(`${LONGEST}a`)).toBeUndefined();
  for (const odd of ['/data, old/postgres', '/data/"x"', '/dätä/postgres', '@data'])
    expect(socketFolder(odd)).toBeUndefined();
});

it('what PostgreSQL says when it can make none is told from other reasons to end', () => {
  expect(isWithoutSocket('FATAL:  could not create any Unix-domain sockets')).toBe(true);
  expect(isWithoutSocket('FATAL:  could not create any TCP/IP sockets')).toBe(false);
});
