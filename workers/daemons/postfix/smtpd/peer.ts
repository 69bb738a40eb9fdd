/**
 * peer — who the client is: the host name of its address, when that name leads back to the address
 *
 * A name that does not list the address is not believed ("unknown"); it is kept as the reverse name, which
 * only reject_unknown_reverse_client_hostname and check_reverse_client_hostname_access look at.
 *
 * SEE ALSO  postconf(5) smtpd_peername_lookup
 */
import { isHostName } from '../../../protocols/smtp/host-name.ts';

import type { Connection, Os, Proc } from '../../../os/os.ts';

import { gaiStrerror, lookupAddresses, reverseLookup } from '../../clients/dns.ts';
import type { Service } from '../instance.ts';

/** ok; temporary = the DNS did not answer; forged = the name does not list the address; none = no name. */
export type NameStatus = 'ok' | 'temporary' | 'forged' | 'none';

export interface ClientName {
  /** verified name, or "unknown" */
  name: string;
  address: string;
  port: string;
  nameStatus: NameStatus;
  reverseName: string;
  reverseNameStatus: NameStatus;
}

/** Looks the client up, and logs a name that does not lead back. */
export function* identifyClient(os: Os, conn: Connection, service: Service): Proc<ClientName> {
  const address = conn.remote.address;
  const client: ClientName = {
    name: 'unknown',
    address,
    port: String(conn.remote.port),
    nameStatus: 'none',
    reverseName: 'unknown',
    reverseNameStatus: 'none',
  };
  if (!service.parameters.bool('smtpd_peername_lookup')) return client;
  const reverse = yield* reverseLookup(os, address);
  if (reverse.kind === 'try-again') client.nameStatus = client.reverseNameStatus = 'temporary';
  const name = reverse.kind === 'found' ? (reverse.names[0] ?? '') : '';
  if (!isHostName(name)) return client;
  client.reverseName = name;
  client.nameStatus = client.reverseNameStatus = 'ok';
  const forward = yield* lookupAddresses(os, name);
  if (forward.kind === 'found' && forward.addresses.includes(address)) {
    client.name = name;
    return client;
  }
  const why = forward.kind === 'found' ? '' : `: ${gaiStrerror(forward.kind)}`;
  os.log(service.ident, `warning: hostname ${name} does not resolve to address ${address}${why}`);
  client.nameStatus = forward.kind === 'try-again' ? 'temporary' : 'forged';
  return client;
}
