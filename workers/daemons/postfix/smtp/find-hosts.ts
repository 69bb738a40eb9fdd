/**
 * find-hosts — the addresses to try for a destination, in order: MX by preference, equals shuffled, else A
 *
 * STANDARDS  RFC 5321 §5.1 (locating the target host), RFC 7505 (null MX), RFC 974 (own name among the MX
 *            hosts)
 * SEE ALSO   smtp_addr(3): smtp_domain_addr(), smtp_host_addr()
 */
import type { Os, Proc } from '../../../os/os.ts';

import { lookupAddresses, lookupMx, nameServiceError } from '../../clients/dns.ts';

import { lateCode } from '../late.ts';

import type { Nexthop } from './nexthop.ts';
import { ownReason, softened, type Reason, type RemoteHost } from './reasons.ts';
import type { HostLookup } from './state.ts';

export interface FindHostsOptions {
  /** the addresses of this host: mail must not come back to it. [] = do not check */
  ownAddresses: readonly string[];
  /** who logs warnings: "postfix/smtp" */
  ident: string;
  hostLookup: HostLookup;
  /** no MX host has an address: defer, not bounce */
  defer_if_no_mx_address_found: boolean;
}

/** A host to try. */
export interface Candidate extends RemoteHost {
  /** of its MX record; 0 without one */
  preference: number;
}

/**
 * Looks up a nexthop that is no address.
 * @returns hosts in the order of trying, at least one, or why there is none
 */
export function* findHosts(os: Os, nexthop: Nexthop, options: FindHostsOptions): Proc<Candidate[] | Reason> {
  if (!nexthop.lookupMx) return yield* findByAddress(os, nexthop, options);
  const answer = yield* lookupMx(os, nexthop.host);
  if (answer.kind === 'try-again') return lookupFailure(nexthop.host, 'MX', answer.kind);
  // RFC 5321 §5.1: without MX records the domain is its own mail host.
  if (answer.kind !== 'found' || answer.exchanges.length === 0)
    return yield* findByAddress(os, nexthop, options);
  const [only] = answer.exchanges;
  if (answer.exchanges.length === 1 && (only!.exchange === '.' || only!.exchange === ''))
    return ownReason('5.1.0', `Domain ${nexthop.host} does not accept mail (nullMX)`); // RFC 7505 §4.1
  return yield* findByMx(os, nexthop, options, answer.exchanges);
}

function* findByMx(
  os: Os,
  nexthop: Nexthop,
  options: FindHostsOptions,
  records: { preference: number; exchange: string }[],
): Proc<Candidate[] | Reason> {
  const exchanges = records.length === 1 ? records : records.slice(0, exchangesMax).sort(byPreference);
  const candidates: Candidate[] = [];
  let failure: Reason | null = null;
  for (const { exchange, preference } of exchanges) {
    const name = exchange.endsWith('.') ? exchange.slice(0, -1) : exchange;
    if (isAddress(name)) os.log(options.ident, numericWarning(nexthop.host, name));
    const answer = yield* lookupAddresses(os, name);
    if (answer.kind !== 'found') failure = yield* addressFailure(os, name, answer.kind, options);
    else
      for (const address of answer.addresses)
        candidates.push({ name, address, port: nexthop.port, preference });
  }
  if (candidates.length === 0) {
    os.log(options.ident, `warning: no MX host for ${nexthop.host} has a valid address record`);
    const reason = failure ?? lookupFailure(nexthop.host, 'MX', 'no-data');
    return options.defer_if_no_mx_address_found ? softened(reason) : reason;
  }
  const bestFound = candidates[0]!.preference;
  const own = candidates.find((candidate) => options.ownAddresses.includes(candidate.address));
  if (own !== undefined) {
    // RFC 5321 §5.1: hosts of our own preference and worse ones would send the mail back to us.
    const better = candidates.filter((candidate) => candidate.preference < own.preference);
    if (better.length === 0)
      return exchanges[0]!.preference === bestFound
        ? ownReason('5.4.6', `mail for ${nexthop.host} loops back to myself`)
        : ownReason('4.4.4', `unable to find primary relay for ${nexthop.host}`);
    return inOrder(os, better);
  }
  return inOrder(os, candidates);
}

// RFC 1035 §3.3.9 wants a host name; the address that stands there is used all the same.
function numericWarning(domain: string, address: string): string {
  return `warning: numeric domain name in resource data of MX record for ${domain}: ${address}`;
}

function isAddress(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 && /^\d+\.\d+\.\d+\.\d+$/.test(name);
}

function* findByAddress(os: Os, nexthop: Nexthop, options: FindHostsOptions): Proc<Candidate[] | Reason> {
  const answer = yield* lookupAddresses(os, nexthop.host);
  if (answer.kind !== 'found') return yield* addressFailure(os, nexthop.host, answer.kind, options);
  if (answer.addresses.some((address) => options.ownAddresses.includes(address)))
    return ownReason('5.4.6', `mail for ${nexthop.host} loops back to myself`);
  const hosts = answer.addresses.map((address) => ({
    name: nexthop.host,
    address,
    port: nexthop.port,
    preference: 0,
  }));
  return inOrder(os, hosts);
}

function inOrder(os: Os, candidates: Candidate[]): Candidate[] {
  return candidates.length === 1 ? candidates : os.random.shuffle(candidates).sort(byPreference);
}

function byPreference(a: { preference: number }, b: { preference: number }): number {
  return a.preference - b.preference;
}

const exchangesMax = 100;
type LookupFailure = 'no-such-name' | 'no-data' | 'try-again';

function* addressFailure(
  os: Os,
  name: string,
  kind: LookupFailure,
  { hostLookup }: FindHostsOptions,
): Proc<Reason> {
  const isNative = hostLookup === 'native' || (hostLookup === 'dns, native' && kind !== 'try-again');
  return isNative ? (yield* lateCode(os)).nativeFailure(name, kind) : lookupFailure(name, 'A', kind);
}

function lookupFailure(name: string, type: 'MX' | 'A', kind: LookupFailure): Reason {
  return ownReason(kind === 'try-again' ? '4.4.3' : '5.4.4', nameServiceError(kind, { name, type }));
}
