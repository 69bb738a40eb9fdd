/**
 * addresses — what a program makes of a host and a port on its command line, as getaddrinfo(3) does
 *
 * A name without a dot is tried in the domains of "search" in /etc/resolv.conf, or else in the host's own.
 *
 * SEE ALSO  ../../daemons/clients/dns.ts
 */
import * as ascii from '../../bytes/ascii.ts';

import { lookupAddresses } from '../../daemons/clients/dns.ts';
import type { Os, Proc } from '../../os/os.ts';

/** The port numbers of services(5) that matter to mail. */
const services: Readonly<Record<string, number>> = Object.freeze({
  domain: 53,
  http: 80,
  https: 443,
  imap: 143,
  imap2: 143,
  imaps: 993,
  ldap: 389,
  ldaps: 636,
  lmtp: 24,
  pop3: 110,
  pop3s: 995,
  sieve: 4190,
  smtp: 25,
  smtps: 465,
  ssh: 22,
  submission: 587,
  submissions: 465,
  telnet: 23,
});

/** The port that a number or the name of a service stands for; null when it is neither. */
export function portFrom(text: string): number | null {
  if (/^\d{1,5}$/.test(text)) return Number(text) >= 1 && Number(text) <= 65535 ? Number(text) : null;
  return Object.hasOwn(services, text) ? services[text]! : null;
}

const preferred: Readonly<Record<number, string>> = Object.freeze({
  24: '',
  143: 'imap2',
  465: 'submissions',
});

/** The name of a port as getservbyport(3) has it; null when it has none. */
export function serviceOf(port: number): string | null {
  const chosen = preferred[port] ?? Object.entries(services).find(([, number]) => number === port)?.[0];
  return chosen === undefined || chosen === '' ? null : chosen;
}

/** Whether the text is a dotted IPv4 address. */
export function isAddress(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text);
}

/** Why a name has no address, in the words of gai_strerror(3). */
export type NoAddress = 'Name or service not known' | 'Temporary failure in name resolution';

/** The addresses of a host, or why there is none. */
export function* addressesOf(os: Os, name: string): Proc<readonly string[] | NoAddress> {
  if (isAddress(name)) return [name];
  if (name === 'localhost') return ['127.0.0.1']; // RFC 6761 §6.3, whatever /etc/hosts has
  if (!/^[\w.-]+$/.test(name)) return 'Name or service not known';
  let why: NoAddress = 'Name or service not known';
  for (const candidate of candidates(name, searchList(os))) {
    const result = yield* lookupAddresses(os, candidate);
    if (result.kind === 'found' && result.addresses.length > 0) return result.addresses;
    if (result.kind === 'try-again') why = 'Temporary failure in name resolution';
  }
  return why;
}

function candidates(name: string, domains: readonly string[]): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const within = domains.map((domain) => `${name}.${domain}`);
  return name.includes('.') ? [name, ...within] : [...within, name];
}

/** The domains in which a short name is looked for. */
export function searchList(os: Os): readonly string[] {
  const stated = os.files.parsed('/etc/resolv.conf', parseSearch);
  if (stated !== null) return stated;
  const dot = os.hostName.indexOf('.');
  return dot < 0 ? [] : [os.hostName.slice(dot + 1)];
}

function parseSearch(bytes: Uint8Array | null): readonly string[] | null {
  const lines = (bytes === null ? '' : ascii.decode(bytes))
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const last = lines.findLast(([word]) => word === 'search' || word === 'domain');
  return last === undefined ? null : last.slice(1, 7);
}
