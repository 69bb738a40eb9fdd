/**
 * client — who connects: the address, and the name that leads back to it (FCrDNS)
 *
 * A name that does not list the address is not believed, as in Postfix.
 */
import type { Connection, Os, Proc } from '../../os/os.ts';

import { lookupAddresses, reverseLookup } from '../clients/dns.ts';

export interface Client {
  readonly address: string;
  /** "unknown" when there is none that leads back */
  readonly name: string;
  /** ok; temporary: the DNS did not answer; forged: the name does not list the address; none: no name */
  readonly status: 'ok' | 'temporary' | 'forged' | 'none';
}

/** Looks up the name of the client of a connection. */
export function* identify(os: Os, conn: Connection): Proc<Client> {
  const { address } = conn.remote;
  const unknown = (status: Client['status']): Client => ({ address, name: 'unknown', status });
  const reverse = yield* reverseLookup(os, address);
  if (reverse.kind === 'try-again') return unknown('temporary');
  const name = reverse.kind === 'found' ? reverse.names[0] : undefined;
  if (name === undefined) return unknown('none');
  const forward = yield* lookupAddresses(os, name);
  if (forward.kind === 'try-again') return unknown('temporary');
  const isBack = forward.kind === 'found' && forward.addresses.includes(address);
  return isBack ? { address, name, status: 'ok' } : unknown('forged');
}

/** "name[address]", as Postfix logs it. */
export function nameAndAddress({ name, address }: Client): string {
  return `${name}[${address}]`;
}
