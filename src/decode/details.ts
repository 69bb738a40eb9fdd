/** details — a DNS or LDAP message field by field, as dig(1) and ldapsearch(1) print it; made when looked at */
import { DecodeError } from '../../workers/bytes/byte-reader.ts';
import * as dns from '../../workers/protocols/dns/message.ts';
import { rcodeName } from '../../workers/protocols/dns/types.ts';
import { formatFilter } from '../../workers/protocols/ldap/filter-text.ts';
import * as ldap from '../../workers/protocols/ldap/message.ts';

import { scopeName, summaryOfLdap, textsOf } from './ldap-dialogue.ts';
import type { Protocol } from './names.ts';

/** @param transport over TCP a DNS message has two octets of length before it */
export function detailsOf(bytes: Uint8Array, protocol: Protocol, transport: 'tcp' | 'udp'): string[] {
  try {
    if (protocol === 'dns')
      return dnsDetails(dns.decodeMessage(transport === 'tcp' ? bytes.subarray(2) : bytes));
    if (protocol === 'ldap') return ldapDetails(ldap.decodeMessage(bytes));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  return [];
}

function dnsDetails(message: dns.DnsMessage): string[] {
  const flags = [
    message.response && 'qr',
    message.authoritative && 'aa',
    message.truncated && 'tc',
    message.recursionDesired && 'rd',
    message.recursionAvailable && 'ra',
  ].filter((flag) => flag !== false);
  const lines = [`;; status: ${rcodeName(message.rcode)}, id: ${message.id}`, `;; flags: ${flags.join(' ')}`];
  for (const { name, type } of message.questions) lines.push(';; QUESTION', `;${name}.\tIN\t${type}`);
  const sections: [string, dns.DnsRecord[]][] = [
    ['ANSWER', message.answers],
    ['AUTHORITY', message.authorities],
    ['ADDITIONAL', message.additionals],
  ];
  for (const [title, records] of sections)
    if (records.length > 0) lines.push(`;; ${title}`, ...records.map(dns.formatRecord));
  return lines;
}

function ldapDetails({ id, operation }: ldap.LdapMessage): string[] {
  const lines = [`messageID: ${id}`];
  if (operation.kind === 'search-request') {
    lines.push(`base: ${operation.base}`, `scope: ${scopeName(operation.scope)}`);
    lines.push(`filter: ${formatFilter(operation.filter)}`);
    lines.push(
      `attributes: ${operation.attributes.length === 0 ? '(all)' : operation.attributes.join(', ')}`,
    );
  } else if (operation.kind === 'search-result-entry') {
    lines.push(
      `dn: ${operation.dn}`,
      ...textsOf(operation.attributes).map(({ name, value }) => `${name}: ${value}`),
    );
  } else lines.push(summaryOfLdap(operation));
  return lines;
}
