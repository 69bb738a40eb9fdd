/**
 * smtpd — the Postfix SMTP server: one session with one client
 *
 * Greets, reads commands, asks the restrictions of main.cf whether to do what the client wants, and gives
 * accepted mail to cleanup(8). A client that makes errors is slowed down after smtpd_soft_error_limit of them
 * and sent away after smtpd_hard_error_limit. Every rejection, and how the session ended, is logged.
 *
 * SIMPLIFIED: no Milters, no smtpd_proxy_filter, no postmaster notices; smtpd_per_request_deadline is
 * as "no".
 *
 * STANDARDS  RFC 5321, 1870, 1985, 2034, 2920, 3030, 3461, 3848, 4954, 6152, 6531, 7504
 * SEE ALSO   session.ts (state), checks.ts (restrictions), content.ts (DATA); smtpd(8)
 */
import { isHeaderName, isKeyword, tokenize, type Token } from '../../../protocols/smtp/command.ts';
import { escapeForLog } from '../../../protocols/smtp/reply.ts';

import { call, type Connection, type Os, type Proc } from '../../../os/os.ts';

import type { Service } from '../instance.ts';
import { lateCode } from '../late.ts';

import type { Anvil } from './anvil.ts';
import {
  flagIllegalPipelining, flush, lineOf, mustSend, saidAtOnce, say, send, skipRest, type CommandLine,
} from './chat.ts'; // prettier-ignore
import { checkClient, isProc } from './checks.ts';
import { readConfig } from './config.ts';
import { data } from './content.ts';
import { xforward } from './forwarding.ts';
import { discardedKeywords, ehlo, helo } from './hello.ts';
import { mail } from './mail.ts';
import { identifyClient } from './peer.ts';
import { rcpt } from './recipient.ts';
import { auth } from './sasl-dialogue.ts';
import { Session, type Ending, type Outcome, type VerifyPassword } from './session.ts';
import { noop, quit, rset } from './small-commands.ts';

/**
 * Serves one connection and closes it.
 * @param verify who checks passwords; null = AUTH is never enabled
 * @param anvil counts per client, shared by all services of the instance; null = no limits per client
 */
export function* runSmtpd(
  os: Os,
  conn: Connection,
  service: Service,
  verify: VerifyPassword | null = null,
  anvil: Anvil | null = null,
): Proc<void> {
  const client = yield* identifyClient(os, conn, service);
  const config = service.parameters.derived(readConfig);
  const session = new Session({
    os,
    conn,
    service,
    config,
    client,
    verify,
    anvil,
    serverTls: config.use_tls ? yield* service.instance.serverTls(os, service) : null,
    verbCount: verbList.length,
  });
  session.log(`connect from ${session.namaddr}`);
  try {
    const connected = session.namaddr;
    const ending = yield* serve(session);
    if (ending === 'timeout')
      yield* say(session, `421 4.4.2 ${session.config.myhostname} Error: timeout exceeded`);
    yield* flush(session);
    logEnding(session, ending);
    session.log(`disconnect from ${connected}${formatCounts(session)}`);
  } finally {
    session.transaction?.stream?.abandon();
    session.conn.close();
  }
}

/** Answers a command that may have to wait for something. */
type Run = (session: Session, tokens: readonly Token[], line: string) => Proc<Outcome>;

interface Verb {
  readonly name: string;
  /** as in the "disconnect" log line */
  readonly logName: string;
  /** its place in the "disconnect" log line */
  readonly order: number;
  /** one of them is there: run may have to wait, deep inside when `isDeep`; answer never waits */
  readonly run: Run | null;
  readonly isDeep: boolean;
  readonly answer: ((session: Session, tokens: readonly Token[]) => Outcome) | null;
  /** counts against smtpd_junk_command_limit when nothing comes of it */
  readonly junk: boolean;
  /** nothing may be pipelined behind it */
  readonly last: boolean;
  /** allowed before STARTTLS where TLS is required */
  readonly plain: boolean;
}

/** One whose code comes late. */
function rare(name: 'bdat' | 'etrn' | 'starttls' | 'vrfy' | 'xclient'): Run {
  return function* (session, tokens, line) {
    const outcome = (yield* lateCode(session.os))[name](session, tokens, line);
    return 'kind' in outcome ? outcome : yield* outcome;
  };
}

// In the order of the "disconnect" log line.
const verbList: readonly Verb[] = [
  { name: 'HELO', run: helo, isDeep: false, answer: null, junk: true, last: true, plain: true },
  { name: 'EHLO', run: ehlo, isDeep: false, answer: null, junk: true, last: true, plain: true },
  {
    name: 'XCLIENT',
    run: rare('xclient'),
    isDeep: false,
    answer: null,
    junk: false,
    last: false,
    plain: true,
  },
  { name: 'XFORWARD', run: null, isDeep: false, answer: xforward, junk: false, last: false, plain: false },
  {
    name: 'STARTTLS',
    run: rare('starttls'),
    isDeep: true,
    answer: null,
    junk: false,
    last: false,
    plain: true,
  },
  { name: 'AUTH', run: auth, isDeep: true, answer: null, junk: false, last: false, plain: false },
  { name: 'MAIL', run: mail, isDeep: false, answer: null, junk: false, last: false, plain: false },
  { name: 'RCPT', run: rcpt, isDeep: true, answer: null, junk: false, last: false, plain: false },
  { name: 'DATA', run: data, isDeep: true, answer: null, junk: false, last: true, plain: false },
  { name: 'BDAT', run: rare('bdat'), isDeep: true, answer: null, junk: false, last: false, plain: false },
  { name: 'RSET', run: null, isDeep: false, answer: rset, junk: true, last: false, plain: false },
  { name: 'NOOP', run: null, isDeep: false, answer: noop, junk: true, last: true, plain: true },
  { name: 'VRFY', run: rare('vrfy'), isDeep: true, answer: null, junk: true, last: true, plain: false },
  { name: 'ETRN', run: rare('etrn'), isDeep: true, answer: null, junk: true, last: false, plain: false },
  { name: 'QUIT', run: null, isDeep: false, answer: quit, junk: false, last: false, plain: true },
  { name: 'UNKNOWN', run: null, isDeep: false, answer: null, junk: false, last: false, plain: false },
].map((verb, order) => ({ ...verb, logName: verb.name.toLowerCase(), order }));
const unknownVerb = verbList[verbList.length - 1]!;

function findVerb(word: string): Verb {
  for (const verb of verbList) if (isKeyword(word, verb.name) && verb !== unknownVerb) return verb;
  return unknownVerb;
}

// Greeting to QUIT. @returns null when the session ended as it should
function* serve(session: Session): Proc<Ending | null> {
  if (session.config.tls_wrappermode) {
    const { startWrapped } = yield* lateCode(session.os);
    const ending = yield* call(startWrapped(session));
    if (ending !== 'go on') return ending;
  }
  for (;;) {
    const refused = yield* greet(session);
    const ending = refused ? null : yield* call(converse(session));
    if (ending === 'greet-again') continue;
    if (session.anvil !== null && !(isExempt(session) ?? (yield* isExemptByTable(session))))
      session.anvil.disconnect(session.clientAtService, session.os.now());
    return ending;
  }
}

/** @returns true when the client was sent away */
function* greet(session: Session): Proc<boolean> {
  const { config } = session;
  const { authorized_xclient_hosts: xclientHosts, authorized_xforward_hosts: xforwardHosts } = config;
  session.xclientAllowed = xclientHosts.decides(session) ?? (yield* xclientHosts.includes(session));
  session.xforwardAllowed = xforwardHosts.decides(session) ?? (yield* xforwardHosts.includes(session));
  if (session.anvil !== null && !(isExempt(session) ?? (yield* isExemptByTable(session)))) {
    const tooMany = countConnection(session, session.anvil);
    if (tooMany !== null) {
      yield* say(session, tooMany);
      return true;
    }
  }
  session.discarded =
    config.discard_ehlo_keyword_address_maps === '' ? config.discarded : yield* discardedFor(session);
  if (!config.delay_reject) {
    const checked = checkClient(session);
    session.accessDenied = isProc(checked) ? yield* checked : checked;
    if (session.accessDenied !== null) session.errorCount++;
  }
  const greeting = session.accessDenied ?? `220 ${config.banner}`;
  if (!saidAtOnce(session, greeting)) yield* say(session, greeting);
  return false;
}

function* discardedFor(session: Session): Proc<ReadonlySet<string>> {
  const { config, client, os } = session;
  const tables = session.service.instance.tables(config.discard_ehlo_keyword_address_maps);
  const answer = yield* tables.lookup(os, client.address);
  return answer.kind === 'found' ? discardedKeywords(answer.value.split(/[\s,]+/)) : config.discarded;
}

// smtpd_client_connection_count_limit and …_rate_limit. @returns the reply when it is too much
function countConnection(session: Session, anvil: Anvil): string | null {
  const { client, config } = session;
  const { count, rate } = anvil.connect(session.clientAtService, session.os.now());
  const countMax = config.client_connection_count_limit;
  const rateMax = config.client_connection_rate_limit;
  const tooMany = countMax > 0 && count > countMax;
  if (!tooMany && !(rateMax > 0 && rate > rateMax)) return null;
  const what = tooMany ? `concurrency limit exceeded: ${count}` : `rate limit exceeded: ${rate}`;
  session.warn(`Connection ${what} from ${session.namaddr} for service ${session.serviceName}`);
  return `421 4.7.0 ${config.myhostname} Error: too many connections from ${client.address}`;
}

// null = a table decides
function isExempt(session: Session): boolean | null {
  return session.xclientAllowed || session.config.client_event_limit_exceptions.decides(session);
}

function isExemptByTable(session: Session): Proc<boolean> {
  return session.config.client_event_limit_exceptions.includes(session);
}

function* converse(session: Session): Proc<Ending | null | 'greet-again'> {
  const { config } = session;
  const bytesMax = config.line_length_limit;
  for (;;) {
    if (session.hangup) return null;
    if (session.errorCount >= config.hard_error_limit) {
      yield* say(session, `421 4.7.0 ${config.myhostname} Error: too many errors`);
      return 'too many errors';
    }
    if (mustSend(session) && (yield* send(session)) !== 'ok') return 'lost connection';
    const deadline = session.os.now() + config.timeout;
    const received = yield* session.conn.readLine({ deadline, bytesMax });
    if (typeof received === 'string') return received === 'timeout' ? 'timeout' : 'lost connection';
    const line = received.ending === 'none' ? yield* skipRest(session, received, deadline) : lineOf(received);
    if (typeof line === 'string') return line === 'timeout' ? 'timeout' : 'lost connection';
    if (line.cut) warnLong(session, line.text);
    if (line.bareLf && !(yield* bearsBareLf(session))) return null;
    const tokens = tokenize(line.text);
    let command = admitsAtOnce(session, tokens, line);
    if (command === null) {
      const admitted = yield* admit(session, tokens, line);
      if (admitted === 'end') return null;
      if (admitted === 'go on') continue;
      command = admitted;
    }
    session.where = command.name;
    let outcome: Outcome;
    if (command.run === null) outcome = command.answer!(session, tokens);
    else {
      const running = command.run(session, tokens, line.text);
      outcome = command.isDeep ? yield* call(running) : yield* running;
    }
    if (outcome.kind === 'ended') return outcome.reason;
    if (outcome.kind !== 'reply') {
      session.count(command.order).done++;
      if (outcome.kind === 'greet-again') return 'greet-again';
      continue;
    }
    if (!saidAtOnce(session, outcome.text)) yield* say(session, outcome.text);
    if (outcome.ok) session.count(command.order).done++;
    else session.errorCount++;
    if (command.junk) countJunk(session);
    if (command.name === 'QUIT') return null;
  }
}

function warnLong(session: Session, text: string): void {
  const { line_length_limit } = session.config;
  session.warn(`${session.namaddr}: request longer than ${line_length_limit}: ${text.slice(0, 30)}...`);
}

/** @returns false when the client is sent away for it */
function* bearsBareLf(session: Session): Proc<boolean> {
  const { config } = session;
  if (config.forbid_bare_newline === 'reject') {
    session.logWhatsup('reject', 'bare <LF> received');
    const code = session.service.parameters.number('smtpd_forbid_bare_newline_reject_code');
    yield* say(session, `${code} 5.5.2 ${config.myhostname} Error: bare <LF> received`);
    return false;
  }
  session.os.trace({
    kind: 'protocol.deviated',
    rule: 'RFC 5321 §2.3.8',
    detail: 'line ended by LF alone',
  });
  return true;
}

function* sayError(session: Session, reply: string): Proc<'go on'> {
  yield* say(session, reply);
  session.errorCount++;
  return 'go on';
}

// The usual command line: nothing about it has to be looked up. @returns null for any other, see admit()
function admitsAtOnce(session: Session, tokens: readonly Token[], line: CommandLine): Verb | null {
  const { config } = session;
  if (tokens.length === 0 || line.malformed || config.noop_commands.length > 0) return null;
  if (session.accessDenied !== null || (config.enforce_tls && session.tls === null)) return null;
  const command = findVerb(tokens[0]!.text);
  const endsGroup = command.last || session.protocol !== 'ESMTP';
  if (command === unknownVerb || (endsGroup && session.conn.buffered > 0)) return null;
  session.count(command.order).total++;
  return command;
}

// Any command line. @returns the command to run
function* admit(session: Session, tokens: readonly Token[], line: CommandLine): Proc<Verb | 'go on' | 'end'> {
  const { config } = session;
  if (line.malformed && config.smtputf8_enable)
    return yield* sayError(session, '500 5.5.2 Error: bad UTF-8 syntax');
  if (tokens.length === 0) return yield* sayError(session, '500 5.5.2 Error: bad syntax');
  const word = tokens[0]!.text;
  if (config.noop_commands.length > 0 && (yield* isInWordList(session, config.noop_commands, word))) {
    yield* say(session, '250 2.0.0 Ok');
    countJunk(session);
    return 'go on';
  }
  const command = findVerb(word);
  session.count(command.order).total++;
  if (command === unknownVerb) {
    session.where = command.name;
    const forbidden = session.service.parameters.list('smtpd_forbidden_commands');
    if (isHeaderName(word) || (yield* isInWordList(session, forbidden, word))) {
      session.warn(`non-SMTP command from ${session.namaddr}: ${escapeForLog(line.text).slice(0, 100)}`);
      yield* say(session, '221 2.7.0 Error: I can break rules, too. Goodbye.');
      return 'end';
    }
  }
  if (session.accessDenied !== null && command.name !== 'QUIT') {
    // RFC 7504, RFC 5321 §3.1: after a refusing greeting everything but QUIT is refused.
    if (!/^.21/.test(session.accessDenied))
      return yield* sayError(session, `503 5.7.0 Error: access denied for ${session.namaddr}`);
    yield* say(session, session.accessDenied);
    return 'go on';
  }
  if (command === unknownVerb) return yield* sayError(session, '500 5.5.2 Error: command not recognized');
  if (config.enforce_tls && session.tls === null && !command.plain)
    return yield* sayError(session, '530 5.7.0 Must issue a STARTTLS command first');
  session.where = command.name;
  const endsGroup = command.last || session.protocol !== 'ESMTP';
  if (
    endsGroup &&
    !session.illegalPipelining &&
    flagIllegalPipelining(session) &&
    config.forbid_unauth_pipelining
  ) {
    yield* say(session, '554 5.5.0 Error: SMTP protocol synchronization');
    return 'end';
  }
  return command;
}

function countJunk(session: Session): void {
  if (session.junkCommands++ > session.config.junk_command_limit) session.errorCount++;
}

/** smtpd_noop_commands, smtpd_forbidden_commands: words and tables. */
function* isInWordList(session: Session, list: readonly string[], word: string): Proc<boolean> {
  for (const item of list) {
    if (item.toLowerCase() === word.toLowerCase()) return true;
    if (!item.includes(':')) continue;
    const answer = yield* session.service.instance.tables(item).lookup(session.os, word);
    if (answer.kind === 'found') return true;
  }
  return false;
}

function logEnding(session: Session, ending: Ending | null): void {
  if (ending === null || ending === 'quiet') return;
  const content = session.where === 'DATA content' || session.where === 'BDAT content';
  if (session.where === 'END-OF-MESSAGE' && ending === 'lost connection') return;
  const where = content ? `${session.where.slice(0, 4)} (${session.contentBytes} bytes)` : session.where;
  session.log(`${ending} after ${where} from ${session.namaddr}`);
}

// " ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4"
function formatCounts(session: Session): string {
  let text = '';
  let done = 0;
  let total = 0;
  for (let order = 0; order < verbList.length; order++) {
    const count = session.counts[order]!;
    if (count === null) continue;
    text += ` ${verbList[order]!.logName}=${count.done}`;
    if (count.done !== count.total) text += `/${count.total}`;
    done += count.done;
    total += count.total;
  }
  return `${text} commands=${done}${done === total && total > 0 ? '' : `/${total}`}`;
}
