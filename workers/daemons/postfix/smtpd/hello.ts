/**
 * hello — HELO and EHLO, and what is offered
 *
 * STANDARDS  RFC 5321 §4.1.1.1 (EHLO resets the session), RFC 1869 (keywords)
 */
import { formatReply } from '../../../protocols/smtp/reply.ts';
import type { Token } from '../../../protocols/smtp/command.ts';

import type { Proc } from '../../../os/os.ts';

import { isSlowed, say } from './chat.ts';
import { checkHelo, isProc } from './checks.ts';
import { accept, refuse, type Outcome, type Session } from './session.ts';

/** HELO name */
export function* helo(session: Session, tokens: readonly Token[]): Proc<Outcome> {
  const refused = takesNameAtOnce(session, tokens) ? null : yield* takeName(session, tokens, 'HELO');
  if (refused !== null) return refused;
  // A client that said EHLO before may go on to pipeline: the protocol's name is not taken back.
  return accept(`250 ${session.config.myhostname}`);
}

/** EHLO name */
export function* ehlo(session: Session, tokens: readonly Token[]): Proc<Outcome> {
  const refused = takesNameAtOnce(session, tokens) ? null : yield* takeName(session, tokens, 'EHLO');
  if (refused !== null) return refused;
  session.protocol = 'ESMTP';
  const { discarded } = session;
  if (discarded.size > 0 && !discarded.has('SILENT-DISCARD'))
    session.log(
      `discarding EHLO keywords: ${discardOrder
        .filter((word) => discarded.has(word))
        .map(nameInLog)
        .join(' ')}`,
    );
  const reply = session.config.offer.replyTo(session);
  return isSlowed(session) ? yield* sayLines(session, reply) : accept(reply);
}

// A client that made many errors waits before each line.
function* sayLines(session: Session, reply: string): Proc<Outcome> {
  const lines = reply.split('\r\n');
  for (let i = 0; i < lines.length - 1; i++)
    if (!(yield* say(session, lines[i]!))) return { kind: 'ended', reason: 'lost connection' };
  return accept(lines[lines.length - 1]!);
}

/** smtpd_discard_ehlo_keywords as a set, upper case. */
export function discardedKeywords(list: readonly string[]): ReadonlySet<string> {
  const words = list.map((word) => word.toUpperCase());
  return new Set(discardOrder.filter((word) => words.includes(word)));
}

/** Names for themselves as they may stand in headers and logs. */
export function neuter(session: Session, text: string): string {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const isPlain = (c > 0x2c && c < 0x3b) || (c > 0x40 && c < 0x5b) || (c > 0x60 && c < 0x7b);
    if (!isPlain) return session.shown(text, '?').replace(/[ <>()\\";@]/g, '?');
  }
  return text; // letters, digits, "-./:": the usual case
}

// The usual name: one word, and nothing to check before RCPT. @returns false for takeName() to do it
function takesNameAtOnce(session: Session, tokens: readonly Token[]): boolean {
  if (tokens.length !== 2 || !session.config.delay_reject) return false;
  session.endTransaction();
  session.helo = neuter(session, tokens[1]!.text);
  return true;
}

function* takeName(session: Session, tokens: readonly Token[], verb: 'HELO' | 'EHLO'): Proc<Outcome | null> {
  if (tokens.length < 2) return refuse(`501 Syntax: ${verb} hostname`);
  const name = tokens
    .slice(1)
    .map((token) => token.text)
    .join(' ');
  if (!session.config.delay_reject) {
    const before = session.helo;
    session.helo = name;
    const checked = checkHelo(session);
    const refused = isProc(checked) ? yield* checked : checked;
    session.helo = before;
    if (refused !== null) return refuse(refused);
  }
  session.endTransaction();
  session.helo = neuter(session, name);
  return null;
}

/** Whether AUTH is offered and taken now. */
export function offersAuth({ config, tls }: Session): boolean {
  return tls === null ? config.authInPlain : config.authOverTls;
}

/** The reply to EHLO: made again only when it is another one than the last. */
export class Offer {
  #reply = '';
  #discarded: ReadonlySet<string> | null = null;
  #mechanisms: readonly string[] | null = null;
  #xclient = false;
  #xforward = false;
  #overTls = false;

  replyTo(session: Session): string {
    const { config, discarded, xclientAllowed, xforwardAllowed } = session;
    const offered = offersAuth(session) ? config.mechanisms.of(session) : null;
    const overTls = session.tls !== null;
    const isSame =
      this.#discarded === discarded &&
      this.#mechanisms === offered &&
      this.#overTls === overTls &&
      this.#xclient === xclientAllowed &&
      this.#xforward === xforwardAllowed;
    if (!isSame) {
      this.#discarded = discarded;
      this.#mechanisms = offered;
      this.#overTls = overTls;
      this.#xclient = xclientAllowed;
      this.#xforward = xforwardAllowed;
      this.#reply = formatReply('250', [config.myhostname, ...capabilities(session)]);
    }
    return this.#reply;
  }
}

// The order is Postfix's.
function capabilities(session: Session): string[] {
  const { config, discarded } = session;
  const offers: string[] = [];
  const offer = (keyword: string, text = keyword): void => {
    if (!discarded.has(keyword)) offers.push(text);
  };
  offer('PIPELINING');
  offer('SIZE', config.message_size_limit > 0 ? `SIZE ${config.message_size_limit}` : 'SIZE');
  if (!config.disable_vrfy_command) offer('VRFY');
  offer('ETRN');
  if (config.use_tls && session.tls === null) offer('STARTTLS');
  if (offersAuth(session)) {
    const list = config.mechanisms.of(session).join(' ');
    offer('AUTH', `AUTH ${list}`);
    if (config.broken_sasl_auth_clients) offer('AUTH', `AUTH=${list}`);
  }
  if (session.xclientAllowed)
    offer('XCLIENT', 'XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT');
  if (session.xforwardAllowed) offer('XFORWARD', 'XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT');
  offer('ENHANCEDSTATUSCODES');
  offer('8BITMIME');
  offer('DSN');
  if (config.smtputf8_enable) offer('SMTPUTF8');
  offer('CHUNKING');
  return offers;
}

// The order in which they are logged, and the slip of the pen in it.
const discardOrder = [
  '8BITMIME',
  'AUTH',
  'ETRN',
  'PIPELINING',
  'SIZE',
  'VERP',
  'VRFY',
  'XCLIENT',
  'XFORWARD',
  'STARTTLS',
  'ENHANCEDSTATUSCODES',
  'DSN',
  'SMTPUTF8',
  'CHUNKING',
  'SILENT-DISCARD',
];
function nameInLog(word: string): string {
  return word === 'SMTPUTF8' ? 'EHLO_MASK_SMTPUTF8' : word;
}
