/**
 * access — access(5) tables: which keys are looked up, and what the answers mean
 *
 * Answers: OK, REJECT, DEFER, a 4xx or 5xx code, DUNNO; DEFER_IF_PERMIT and DEFER_IF_REJECT; FILTER, HOLD,
 * DISCARD, REDIRECT, BCC and PREPEND, which take effect when the message is accepted; WARN and INFO; or a
 * list of restrictions.
 *
 * SEE ALSO  access(5)
 */
import { isHeaderName } from '../../../protocols/smtp/command.ts';
import { domainOf } from '../../../protocols/smtp/address.ts';
import { isIpv4, isIpv6 } from '../../../protocols/smtp/host-name.ts';
import { splitStatus } from '../../../protocols/smtp/reply.ts';

import type { Proc } from '../../../os/os.ts';

import { resolveAddress } from './address-restrictions.ts';
import type { Session } from './session.ts';
import {
  deferIfPermit,
  deferIfReject,
  fixStatus,
  ok,
  reject,
  rejectServerError,
  rejectTemporarily,
  renamed,
  type Check,
  type Verdict,
} from './verdict.ts';

/** The client by name, parent domains, address, and networks "192.0.2", "192.0", "192". */
export function* checkClientAccess(check: Check, title: string): Proc<Verdict> {
  const { client, namaddr } = check.session;
  const named = renamed(check, namaddr, 'Client host');
  return yield* checkHostAccess(named, title, client.name, client.address);
}

/** A host name with its parent domains, then an address with its networks. */
export function* checkHostAccess(
  check: Check,
  title: string,
  name: string,
  address: string | null,
): Proc<Verdict> {
  const ofName = yield* findAccess(check, title, hostKeys(check.session, name));
  if (ofName !== null || address === null) return ofName ?? 'dunno';
  return (yield* findAccess(check, title, addressKeys(address))) ?? 'dunno';
}

/** An address: in full, without extension, its domain and parent domains, the local part with "@". */
export function* checkAddressAccess(check: Check, title: string, address: string): Proc<Verdict> {
  const { session } = check;
  const { parameters } = session.service;
  if (address === '')
    return (yield* findAccess(check, title, [parameters.text('smtpd_null_access_lookup_key')])) ?? 'dunno';
  const resolution = yield* resolveAddress(session, address);
  if (resolution.kind === 'try-again') return rejectTemporarily(session, address);
  const resolved = (resolution.kind === 'resolved' ? resolution.recipient : address).toLowerCase();
  const domain = domainOf(resolved);
  if (domain === '') {
    session.warn(`check_mail_access: no @domain in address: ${resolved}`);
    return 'dunno';
  }
  const local = resolved.slice(0, resolved.length - domain.length - 1);
  const bare = withoutExtension(local, parameters.text('recipient_delimiter'));
  const locals = bare === local ? [local] : [local, bare];
  const keys = [
    ...locals.map((part) => `${part}@${domain}`),
    ...hostKeys(session, domain),
    ...locals.map((part) => `${part}@`),
  ];
  const verdict = (yield* findAccess(check, title, keys)) ?? 'dunno';
  // A recipient that is sent on from here is not permitted for the domain that it is sent to first.
  const routed = resolution.kind === 'resolved' && resolution.routed;
  const suspicious = routed && check.replyClass === 'Recipient address';
  if (verdict !== 'ok' || !suspicious) return verdict;
  return parameters.bool('allow_untrusted_routing') ? 'ok' : 'dunno';
}

/**
 * What the table says of the first key that it has; the keys behind the first are parts, which patterns are
 * not asked for. null = it has none of them.
 */
export function* findAccess(check: Check, title: string, keys: readonly string[]): Proc<Verdict | null> {
  const { session } = check;
  const tables = session.service.instance.tables(title);
  for (const [i, key] of keys.entries()) {
    const answer = yield* i === 0 ? tables.lookup(session.os, key) : tables.lookupPart(session.os, key);
    if (answer.kind === 'found') return yield* applyAnswer(check, title, answer.value);
    if (answer.kind === 'try-again')
      return yield* applyAnswer(check, title, '451 4.3.5 Server configuration error');
  }
  return null;
}

/** A name and its parent domains: with a dot in front unless parent_domain_matches_subdomains has these. */
export function hostKeys({ service }: Session, name: string): string[] {
  const keys = [name.toLowerCase()];
  if (isIpv4(name) || isIpv6(name)) return keys;
  const styles = service.parameters.list('parent_domain_matches_subdomains');
  const skipped = styles.includes('smtpd_access_maps') ? 1 : 0;
  for (let dot = name.indexOf('.', 1); dot !== -1; dot = name.indexOf('.', dot + 1))
    keys.push(name.slice(dot + skipped).toLowerCase());
  return keys.filter((key) => key !== '');
}

/** An address, and the networks that begin as it does. */
export function addressKeys(address: string): string[] {
  const keys = [];
  const end = address.includes(':') ? ':' : '.';
  for (let key = address; key !== ''; key = key.slice(0, Math.max(0, key.lastIndexOf(end)))) keys.push(key);
  return keys;
}

function withoutExtension(local: string, delimiters: string): string {
  for (let i = 1; i < local.length; i++) if (delimiters.includes(local[i]!)) return local.slice(0, i);
  return local;
}

function* applyAnswer(check: Check, title: string, value: string): Proc<Verdict> {
  const { session, replyName, replyClass } = check;
  const [, word = '', text = ''] = /^(\S*)\s*(.*)$/s.exec(value) ?? [];
  const action = word.toUpperCase();
  const refuse = (code: number, defaultStatus: string): Verdict => {
    const split = splitStatus(text, defaultStatus);
    const reason = split.text === '' ? 'Access denied' : split.text;
    return reject(
      session,
      code,
      fixStatus(session, split.status, replyClass),
      `<${replyName}>: ${replyClass} rejected: ${reason}`,
    );
  };
  const { parameters } = session.service;
  switch (action) {
    case 'DUNNO':
      return 'dunno';
    case 'OK':
    case 'RELAY':
      return ok(check, word, title);
    case 'REJECT':
      return refuse(parameters.number('access_map_reject_code'), '5.7.1');
    case 'DEFER':
      return refuse(parameters.number('access_map_defer_code'), '4.7.1');
    case 'INFO':
    case 'WARN':
      session.logWhatsup(action.toLowerCase(), text);
      return 'dunno';
    case 'DEFER_IF_PERMIT':
    case 'DEFER_IF_REJECT': {
      const split = splitStatus(text, '4.7.1');
      const reason = split.text === '' ? 'Service unavailable' : split.text;
      const deferral = {
        code: parameters.number('access_map_defer_code'),
        status: fixStatus(session, split.status, replyClass),
        text: `<${replyName}>: ${replyClass} rejected: ${reason}`,
      };
      if (action === 'DEFER_IF_PERMIT') return deferIfPermit(session, deferral);
      deferIfReject(session, deferral);
      return 'dunno';
    }
    case 'FILTER':
    case 'HOLD':
    case 'DISCARD':
    case 'REDIRECT':
    case 'BCC':
    case 'PREPEND':
      return delegate(check, title, { action, text, value });
  }
  if (/^\d+$/.test(value)) return ok(check, word, title);
  if (/^[45]\d\d$/.test(word) && text !== '') return refuse(Number(word), `${word[0]!}.7.1`);
  if (value.includes(':')) {
    session.warn(`access table ${title} has entry with lookup table: ${value}`);
    session.warn('do not specify lookup tables inside SMTPD access maps');
    session.warn('define a restriction class and specify its name instead.');
    return rejectServerError(session);
  }
  if (value.trim() === '') {
    session.warn(`access table ${title} entry ${value} has empty value`);
    return 'ok';
  }
  const words = value.split(/[\s,]+/).filter((item) => item !== '');
  const answer = check.evaluate(check, words);
  return typeof answer === 'string' ? answer : yield* answer;
}

// Actions that cleanup(8) carries out when the message is accepted after all.
function delegate(
  check: Check,
  title: string,
  { action, text, value }: { action: string; text: string; value: string },
): Verdict {
  const { session, replyName, replyClass } = check;
  const { actions } = session;
  if (session.sender === null) {
    const where = 'is always skipped in Client host or Helo command restrictions';
    session.warn(`access table ${title}: with smtpd_delay_reject=no, action ${action} ${where}`);
    return 'dunno';
  }
  const note = (words: string): void =>
    session.logWhatsup(action.toLowerCase(), `<${replyName}>: ${replyClass} ${words}`);
  const wants = (what: string): Verdict => {
    session.warn(`access table ${title} entry "${value}" requires ${what}`);
    return 'dunno';
  };
  switch (action) {
    case 'FILTER':
      if (!text.includes(':')) return wants('transport:destination');
      note(`triggers FILTER ${text}`);
      actions.filter = text;
      return 'dunno';
    case 'HOLD':
      if (!actions.hold) note(text === '' ? 'triggers HOLD action' : text);
      actions.hold = true;
      return 'dunno';
    case 'DISCARD':
      note(text === '' ? 'triggers DISCARD action' : text);
      actions.discard = true;
      return ok(check, action, title);
    case 'REDIRECT':
      if (!text.includes('@')) return wants('user@domain target');
      note(`triggers REDIRECT ${text}`);
      actions.redirect = text;
      return 'dunno';
    case 'BCC':
      if (!text.includes('@')) return wants('user@domain target');
      note(`triggers BCC ${text}`);
      actions.bcc.push(text);
      return 'dunno';
    default:
      if (!isHeaderName(text)) return wants('header: text');
      actions.prepend.push(text);
      return 'dunno';
  }
}
