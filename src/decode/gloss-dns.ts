/** gloss-dns — DNS in plain words: what is asked, and what kind of answer that is */
import type { WireLine } from './conversation.ts';
import type { Ends } from './gloss.ts';

/** What a line means; '' when it needs no words. */
export function glossDns({ role, about, text }: WireLine, ends: Ends): string {
  const [type = '', name = ''] = about.split(' ');
  switch (role) {
    case 'query':
    case 'query-direct':
      return question(type, name);
    case 'answer':
      return answer(type, name, text);
    case 'referral':
      return `Not mine; ask the servers of ${zoneOf(text)}.`;
    case 'no-such-name':
      return 'There is no such name.';
    case 'no-data':
      return type === 'MX'
        ? 'The name exists, but names no mail server.'
        : 'The name exists, but has none of these.';
    case 'truncated':
      return 'Too long for a datagram.';
    case 'failed':
      return /REFUSED/.test(text) ? `${ends.server} won’t answer that.` : `${ends.server} can’t find out.`;
    default:
      return '';
  }
}

/** The question in words. */
export function question(type: string, name: string): string {
  switch (type) {
    case 'MX':
      return `Who takes mail for ${name}?`;
    case 'A':
      return `What is the address of ${name}?`;
    case 'AAAA':
      return `What is the IPv6 address of ${name}?`;
    case 'PTR':
      return `Whose address is ${addressOf(name)}?`;
    case 'NS':
      return `Which servers know ${name}?`;
    case 'TXT':
      return `What is noted under ${name}?`;
    case 'CNAME':
      return `Is ${name} another name for something?`;
    default:
      return `What is the ${type} of ${name}?`;
  }
}

function answer(type: string, name: string, text: string): string {
  const first = text.split(', ')[0]!;
  if (/(^| )CNAME /.test(first)) return `${name} is another name.`;
  const count = text.split(', ').length;
  switch (type) {
    case 'MX':
      if (/^MX 0 $/.test(first)) return `${name} takes no mail at all.`;
      return count === 1 ? `${first.split(' ')[2] ?? ''} does.` : 'These do; the lowest number first.';
    case 'A':
    case 'AAAA':
      return count === 1 ? 'There it lives.' : 'At any of these.';
    case 'PTR':
      return 'That is its name.';
    default:
      return 'Here it is.';
  }
}

function zoneOf(referral: string): string {
  const zone = referral.split(' ')[0]!;
  return zone === '.' ? 'the root' : zone;
}

function addressOf(name: string): string {
  const match = /^([\d.]+)\.in-addr\.arpa$/i.exec(name);
  return match === null ? name : match[1]!.split('.').reverse().join('.');
}
