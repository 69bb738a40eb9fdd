/**
 * dns-lists — reject_rbl_client, reject_rhsbl_…, permit_dnswl_client, permit_rhswl_client
 *
 * An address is looked up backwards below the list's domain (1.2.0.192.list.example), a name as it is. An A
 * record means that it is listed, and says why by its last octets; TXT records say it in words. A list that
 * does not answer refuses nobody.
 *
 * SIMPLIFIED: answers are kept as long as the session; the real smtpd(8) keeps them as long as its process
 * lives.
 *
 * STANDARDS  RFC 5782
 * SEE ALSO   rbl-reply.ts, address-pattern.ts, postconf(5) reject_rbl_client
 */
import { isHostName } from '../../../protocols/smtp/host-name.ts';

import type { Proc } from '../../../os/os.ts';

import { lookup, nameServiceError } from '../../clients/dns.ts';

import { isAuthorizedDestination } from './address-restrictions.ts';
import { matchesPattern, parseAddressPattern } from './address-pattern.ts';
import type { Subject } from './check-subject.ts';
import { rejectListed } from './rbl-reply.ts';
import type { Session } from './session.ts';
import { deferIfReject, rejectServerError, type Check, type Verdict } from './verdict.ts';

/** What a list says of a name that it has. */
export interface ListEntry {
  readonly addresses: readonly string[];
  /** of the TXT records */
  readonly text: string;
}

type ListAnswer = ListEntry | 'not-listed' | 'no-answer' | 'bad-pattern';

const textMax = 500;

/** reject_rbl_client: the client's address. @param list "list.example" or "list.example=127.0.0.2" */
export function* rejectRblClient(check: Check, list: string): Proc<Verdict> {
  const { client } = check.session;
  const answer = yield* findAddress(check.session, list, client.address);
  if (answer === 'bad-pattern') return rejectServerError(check.session);
  if (typeof answer === 'string') return 'dunno';
  return yield* rejectListed(check, list, answer, { what: client.address, replyClass: 'Client host' });
}

/** reject_rhsbl_…: the domain of a name or address. */
export function* rejectRhsbl(check: Check, list: string, subject: Subject): Proc<Verdict> {
  const answer = yield* findDomain(check.session, list, subject.what);
  if (answer === 'bad-pattern') return rejectServerError(check.session);
  return typeof answer === 'string' ? 'dunno' : yield* rejectListed(check, list, answer, subject);
}

/** permit_dnswl_client: 'ok' when the list has the client's address. */
export function* permitDnswl({ session }: Check, list: string): Proc<Verdict> {
  const { address } = session.client;
  const mayPermit = yield* isOurs(session);
  if (mayPermit !== 'ok') return mayPermit;
  return permission(session, yield* findAddress(session, list, address), address);
}

/** permit_rhswl_client: the client's name. */
export function* permitRhswl({ session }: Check, list: string, { what }: Subject): Proc<Verdict> {
  const mayPermit = yield* isOurs(session);
  if (mayPermit !== 'ok') return mayPermit;
  return permission(session, yield* findDomain(session, list, what), what);
}

// A list permits no recipient that everybody's mail is not accepted for.
function* isOurs(session: Session): Proc<Verdict> {
  if (session.where !== 'RCPT' || session.recipient === null) return 'ok';
  const authorized = yield* isAuthorizedDestination(session, session.recipient);
  return authorized === 'yes' ? 'ok' : authorized === 'no' ? 'dunno' : authorized;
}

function permission(session: Session, answer: ListAnswer, what: string): Verdict {
  if (answer === 'bad-pattern') return rejectServerError(session);
  if (answer === 'no-answer') {
    const text = `<${what}>: Client host rejected: Service unavailable`;
    deferIfReject(session, { code: 450, status: '4.7.1', text });
  }
  return typeof answer === 'string' ? 'dunno' : 'ok';
}

function findAddress(session: Session, list: string, address: string): Proc<ListAnswer> {
  const backwards = address.includes(':') ? nibbles(address) : address.split('.');
  return find(session, backwards.reverse().join('.'), list);
}

// The 32 half octets of an IPv6 address.
function nibbles(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '');
  const [left, right] = [groups(head), groups(tail ?? '')];
  const middle = new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...middle, ...right].flatMap((group) => [...group.toLowerCase().padStart(4, '0')]);
}

function* findDomain(session: Session, list: string, what: string): Proc<ListAnswer> {
  const domain = what.slice(what.lastIndexOf('@') + 1);
  // Some lists refuse whoever asks for addresses: what ends in a number is not asked for.
  if (/(^|\.)\d*$/.test(domain) || !isHostName(domain)) return 'not-listed';
  return yield* find(session, domain, list);
}

function* find(session: Session, name: string, list: string): Proc<ListAnswer> {
  const equals = list.indexOf('=');
  const answer = yield* ask(session, `${name}.${equals === -1 ? list : list.slice(0, equals)}`);
  if (equals === -1) return answer;
  const pattern = parseAddressPattern(list.slice(equals + 1));
  if (typeof pattern === 'string') {
    // SIMPLIFIED: the real smtpd(8) ends here; this one goes on and answers 451 4.3.5.
    session.log(`fatal: RBL reply error: ${pattern}`);
    return 'bad-pattern';
  }
  if (typeof answer === 'string') return answer;
  return answer.addresses.some((address) => matchesPattern(pattern, address)) ? answer : 'not-listed';
}

function* ask(session: Session, name: string): Proc<Exclude<ListAnswer, 'bad-pattern'>> {
  const known = session.listed?.get(name);
  if (known !== undefined) return known;
  const answer = yield* askServers(session, name);
  (session.listed ??= new Map()).set(name, answer);
  return answer;
}

function* askServers(session: Session, name: string): Proc<Exclude<ListAnswer, 'bad-pattern'>> {
  const answer = yield* lookup(session.os, { name, type: 'A' });
  if (answer.kind === 'try-again') {
    session.warn(`${name}: RBL lookup error: ${nameServiceError(answer.kind, { name, type: 'A' })}`);
    return 'no-answer';
  }
  if (answer.kind !== 'found') return 'not-listed';
  const addresses = answer.records.map(({ data }) => (data as { address: string }).address);
  const texts = yield* lookup(session.os, { name, type: 'TXT' });
  if (texts.kind !== 'found') return { addresses, text: '' };
  const strings = texts.records.map(({ data }) => (data as { strings: string[] }).strings.join(''));
  return { addresses, text: joined(strings.map((text) => text.replace(/[^\x20-\x7e]/g, ' '))) };
}

function joined(texts: readonly string[]): string {
  let text = '';
  for (const [i, one] of texts.entries()) {
    text += one.slice(0, textMax - text.length);
    if (text.length >= textMax) break;
    if (i < texts.length - 1 && textMax - text.length > 3) text += ' / ';
  }
  return text;
}
