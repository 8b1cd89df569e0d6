/**
 * Where a message may go: public addresses only, unless the configuration names networks besides. The
 * address is judged after the name was resolved and is the very one that is connected to, so a name that
 * means something else a moment later leads nowhere.
 */
import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The receiver's address is not one that messages may go to. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** True for a public unicast address, and for one in a network that was allowed (`10.0.0.0/8`). */
export function isAllowed(address: string, allowedNetworks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() === 'unicast') return true;
  return allowedNetworks.some((network) => contains(network, parsed));
}

function contains(network: string, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const [base, bits] = network.includes('/') ? ipaddr.parseCIDR(network) : wholeAddress(network);
  return base.kind() === address.kind() && address.match(base, bits);
}

function wholeAddress(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Resolves as the system does, and answers only what may be connected to. */
export function allowedLookup(allowedNetworks: readonly string[]): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return callback(error, '');
      const [first, ...others] = found.filter(({ address }) => isAllowed(address, allowedNetworks));
      if (first === undefined) return callback(refusalOf(hostname), '');
      if (options.all) callback(null, [first, ...others]);
      else callback(null, first.address, first.family);
    });
  };
}

/** A URL may name an address itself, which is then never looked up. */
export function requireAllowedHost(url: URL, allowedNetworks: readonly string[]): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(host) && !isAllowed(host, allowedNetworks)) throw refusalOf(host);
}

const refusalOf = (host: string): AddressRefused =>
  new AddressRefused(`${host} is not a public address; LOANBOOK_WEBHOOK_NETWORKS may allow its network`);
