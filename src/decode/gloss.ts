/**
 * gloss — what a line means, in a few plain words: beside the wire text, never instead of it
 *
 * Spoken as by the end that says it ("I am mta1."). '' where the text needs none.
 */
import type { Conversation, WireLine } from './conversation.ts';
import { glossDns } from './gloss-dns.ts';
import { glossImap } from './gloss-imap.ts';
import { glossLdap } from './gloss-ldap.ts';
import { glossSmtp } from './gloss-smtp.ts';
import type { Names } from './names.ts';
import { glossRecord, isRecord } from './tls-records.ts';

/** Who speaks to whom, for the words. */
export interface Ends {
  client: string;
  server: string;
  /** "Far" of mx.far.example: the house whose door it is */
  house: string;
  port: number;
}

/** What a line means, in the words of its protocol. */
export function glossOf(line: WireLine, conversation: Conversation, names: Names): string {
  const ends = endsOf(conversation, names);
  if (line.kind === 'remark') return glossRemark(line, ends);
  if (line.kind === 'opaque')
    return line.role === 'bytes' ? 'Bytes of a protocol we do not read here.' : 'Not what was expected here.';
  if (isRecord(line)) return glossRecord(line);
  switch (conversation.protocol) {
    case 'smtp':
    case 'lmtp':
      return glossSmtp(line, ends);
    case 'imap':
      return glossImap(line, ends);
    case 'ldap':
      return glossLdap(line);
    case 'dns':
      return glossDns(line, ends);
    case 'tcp':
      return '';
  }
}

/** Who the two are, as the glosses call them. */
export function endsOf({ client, server }: Conversation, names: Names): Ends {
  const own = client.hostIndex === server.hostIndex && client.hostIndex >= 0;
  const short = names.short(server.hostIndex) || server.address;
  const labels = names.full(server.hostIndex).split('.');
  return {
    client: names.short(client.hostIndex) || client.address,
    server: short,
    house: own ? (houses.get(server.port) ?? short) : labels.length > 2 ? capital(labels.at(-2)!) : short,
    port: server.port,
  };
}

/** Services on a host's own loopback, by port. */
const houses: ReadonlyMap<number, string> = new Map([
  [10024, 'The filter'],
  [10025, 'Postfix'],
  [24, 'The mailstore'],
  [7025, 'The mailstore'],
  [25, 'Postfix'],
  [587, 'Postfix'],
  [143, 'The mailstore'],
]);

function glossRemark({ role, side, about }: WireLine, ends: Ends): string {
  const other = side === 'client' ? ends.server : ends.client;
  switch (role) {
    case 'refused':
      return `${other} is there, but nothing listens on port ${ends.port}.`;
    case 'timed-out':
      return about === 'open'
        ? `${other} went silent; nobody waits forever.`
        : `No answer from ${other}, after several tries.`;
    case 'unreachable':
      return `There is no way to ${other} now.`;
    case 'reset':
      return `${other} tore the connection down.`;
    case 'aborted':
      return 'Ended at once, without a goodbye.';
    case 'lost':
    case 'lost-syn':
      return role === 'lost' ? 'It never arrives.' : 'The first knock never arrives.';
    case 'resent':
      return 'No receipt came, so it goes again.';
    default:
      return '';
  }
}

/** With a capital first letter. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
