/**
 * smtpd — the Postfix SMTP server: one session with one client
 *
 * Greets, reads commands, asks the restrictions of main.cf whether to do what the client wants, and gives
 * accepted mail to cleanup(8). A client that makes errors is slowed down after smtpd_soft_error_limit of them
 * and sent away after smtpd_hard_error_limit. Every rejection, and how the session ended, is logged.
 *
 * SIMPLIFIED: no TLS, no Milters, no smtpd_proxy_filter, no postmaster notices; smtpd_per_request_deadline is
 * as "no".
 *
 * STANDARDS  RFC 5321, 1870, 1985, 2034, 2920, 3030, 3461, 3848, 4954, 6152, 6531, 7504
 * SEE ALSO   session.ts (state), checks.ts (restrictions), content.ts (DATA); smtpd(8)
 */
import { isHeaderName, tokenize, type Token } from '../../../protocols/smtp/command.ts';
import { escapeForLog } from '../../../protocols/smtp/reply.ts';

import { call, type Connection, type Os, type Proc } from '../../../os/os.ts';

import type { Service } from '../instance.ts';

import type { Anvil } from './anvil.ts';
import { flagIllegalPipelining, flush, readCommand, say } from './chat.ts';
import { checkClient } from './checks.ts';
import { readConfig } from './config.ts';
import { bdat, data } from './content.ts';
import { xclient, xforward } from './forwarding.ts';
import { discardedKeywords, ehlo, helo } from './hello.ts';
import { mail, serviceName } from './mail.ts';
import { isInNetworks } from './name-address-list.ts';
import { identifyClient } from './peer.ts';
import { rcpt, vrfy } from './recipient.ts';
import { auth } from './sasl-dialogue.ts';
import { Session, type Ending, type Outcome, type VerifyPassword } from './session.ts';
import { etrn, noop, quit, rset, starttls } from './small-commands.ts';

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
  const session = new Session({ os, conn, service, config: readConfig(service), client, verify, anvil });
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
    conn.close();
  }
}

interface Verb {
  readonly run: (session: Session, tokens: readonly Token[], line: string) => Proc<Outcome>;
  /** counts against smtpd_junk_command_limit when nothing comes of it */
  readonly junk?: boolean;
  /** nothing may be pipelined behind it */
  readonly last?: boolean;
  /** allowed before STARTTLS where TLS is required */
  readonly plain?: boolean;
}

// In the order of the "disconnect" log line.
const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['HELO', { run: helo, junk: true, last: true, plain: true }],
  ['EHLO', { run: ehlo, junk: true, last: true, plain: true }],
  ['XCLIENT', { run: xclient, plain: true }],
  ['XFORWARD', { run: xforward }],
  ['STARTTLS', { run: starttls, plain: true }],
  ['AUTH', { run: auth }],
  ['MAIL', { run: mail }],
  ['RCPT', { run: rcpt }],
  ['DATA', { run: data, last: true }],
  ['BDAT', { run: bdat }],
  ['RSET', { run: rset, junk: true }],
  ['NOOP', { run: noop, junk: true, last: true, plain: true }],
  ['VRFY', { run: vrfy, junk: true, last: true }],
  ['ETRN', { run: etrn, junk: true }],
  ['QUIT', { run: quit, plain: true }],
]);

const unknownVerb = 'UNKNOWN';

// Greeting to QUIT. @returns null when the session ended as it should
function* serve(session: Session): Proc<Ending | null> {
  for (;;) {
    const refused = yield* greet(session);
    if (!refused) {
      const ending = yield* call(converse(session));
      if (ending === 'greet-again') continue;
      yield* disconnectAnvil(session);
      return ending;
    }
    yield* disconnectAnvil(session);
    return null;
  }
}

/** @returns true when the client was sent away */
function* greet(session: Session): Proc<boolean> {
  const { parameters } = session.service;
  session.xclientAllowed = yield* isInNetworks(session, parameters.list('smtpd_authorized_xclient_hosts'));
  session.xforwardAllowed = yield* isInNetworks(session, parameters.list('smtpd_authorized_xforward_hosts'));
  if (yield* tooManyConnections(session)) return true;
  session.discarded = discardedKeywords(yield* ehloWords(session));
  session.accessDenied = session.config.delay_reject ? null : yield* checkClient(session);
  if (session.accessDenied !== null) session.errorCount++;
  yield* say(session, session.accessDenied ?? `220 ${session.config.banner}`);
  return false;
}

function* ehloWords(session: Session): Proc<readonly string[]> {
  const { parameters, instance } = session.service;
  const maps = parameters.text('smtpd_discard_ehlo_keyword_address_maps');
  if (maps !== '') {
    const answer = yield* instance.tables(maps).lookup(session.os, session.client.address);
    if (answer.kind === 'found') return answer.value.split(/[\s,]+/);
  }
  return parameters.list('smtpd_discard_ehlo_keywords');
}

// smtpd_client_connection_count_limit, smtpd_client_connection_rate_limit
function* tooManyConnections(session: Session): Proc<boolean> {
  const { anvil, client, config } = session;
  const { parameters } = session.service;
  if (anvil === null || (yield* isExempt(session))) return false;
  const service = serviceName(session);
  const { count, rate } = anvil.connect(service, client.address, session.os.now());
  const countMax = parameters.number('smtpd_client_connection_count_limit');
  const rateMax = parameters.number('smtpd_client_connection_rate_limit');
  const [what, n] = countMax > 0 && count > countMax ? ['concurrency', count] : ['rate', rate];
  if (what === 'rate' && !(rateMax > 0 && rate > rateMax)) return false;
  session.warn(`Connection ${what} limit exceeded: ${n} from ${session.namaddr} for service ${service}`);
  yield* say(session, `421 4.7.0 ${config.myhostname} Error: too many connections from ${client.address}`);
  return true;
}

function* disconnectAnvil(session: Session): Proc<void> {
  if (session.anvil === null || (yield* isExempt(session))) return;
  session.anvil.disconnect(serviceName(session), session.client.address, session.os.now());
}

function* isExempt(session: Session): Proc<boolean> {
  if (session.xclientAllowed) return true;
  return yield* isInNetworks(session, session.service.parameters.list('smtpd_client_event_limit_exceptions'));
}

function* converse(session: Session): Proc<Ending | null | 'greet-again'> {
  const { config } = session;
  for (;;) {
    if (session.hangup) return null;
    if (session.errorCount >= config.hard_error_limit) {
      yield* say(session, `421 4.7.0 ${config.myhostname} Error: too many errors`);
      return 'too many errors';
    }
    const line = yield* readCommand(session);
    if (line === 'timeout') return 'timeout';
    if (line === 'eof') return 'lost connection';
    if (line.bareLf && config.forbid_bare_newline === 'reject') {
      session.logWhatsup('reject', 'bare <LF> received');
      const code = session.service.parameters.number('smtpd_forbid_bare_newline_reject_code');
      yield* say(session, `${code} 5.5.2 ${config.myhostname} Error: bare <LF> received`);
      return null;
    }
    if (line.bareLf)
      session.os.trace({
        kind: 'protocol.deviated',
        rule: 'RFC 5321 §2.3.8',
        detail: 'line ended by LF alone',
      });
    if (line.malformed && config.smtputf8_enable) {
      yield* sayError(session, '500 5.5.2 Error: bad UTF-8 syntax');
      continue;
    }
    const outcome = yield* execute(session, line.text);
    if (outcome === 'end') return null;
    if (outcome === 'go on') continue;
    if (outcome.kind === 'ended') return outcome.reason;
    if (outcome.kind === 'greet-again') return 'greet-again';
  }
}

function* sayError(session: Session, reply: string): Proc<'go on'> {
  yield* say(session, reply);
  session.errorCount++;
  return 'go on';
}

// One command line.
function* execute(session: Session, line: string): Proc<'go on' | 'end' | Outcome> {
  const { config } = session;
  const tokens = tokenize(line);
  if (tokens.length === 0) return yield* sayError(session, '500 5.5.2 Error: bad syntax');
  const word = tokens[0]!.text;
  const verb = word.toUpperCase();
  if (yield* isInWordList(session, 'smtpd_noop_commands', word)) {
    yield* say(session, '250 2.0.0 Ok');
    if (session.junkCommands++ > config.junk_command_limit) session.errorCount++;
    return 'go on';
  }
  const command = verbs.get(verb);
  const count = session.count(command === undefined ? unknownVerb : verb);
  count.total++;
  if (command === undefined) {
    session.where = unknownVerb;
    if (isHeaderName(word) || (yield* isInWordList(session, 'smtpd_forbidden_commands', word))) {
      session.warn(`non-SMTP command from ${session.namaddr}: ${escapeForLog(line).slice(0, 100)}`);
      yield* say(session, '221 2.7.0 Error: I can break rules, too. Goodbye.');
      return 'end';
    }
  }
  if (session.accessDenied !== null && verb !== 'QUIT') {
    // RFC 7504, RFC 5321 §3.1: after a refusing greeting everything but QUIT is refused.
    if (!/^.21/.test(session.accessDenied))
      return yield* sayError(session, `503 5.7.0 Error: access denied for ${session.namaddr}`);
    yield* say(session, session.accessDenied);
    return 'go on';
  }
  if (command === undefined) return yield* sayError(session, '500 5.5.2 Error: command not recognized');
  if (config.enforce_tls && command.plain !== true)
    return yield* sayError(session, '530 5.7.0 Must issue a STARTTLS command first');
  session.where = verb;
  const endsGroup = command.last === true || session.protocol !== 'ESMTP';
  if (
    endsGroup &&
    !session.illegalPipelining &&
    flagIllegalPipelining(session) &&
    config.forbid_unauth_pipelining
  ) {
    yield* say(session, '554 5.5.0 Error: SMTP protocol synchronization');
    return 'end';
  }
  const outcome = yield* call(command.run(session, tokens, line));
  if (outcome.kind !== 'reply') {
    if (outcome.kind === 'greet-again') count.done++;
    return outcome;
  }
  yield* say(session, outcome.text);
  if (outcome.ok) count.done++;
  else session.errorCount++;
  if (command.junk === true && session.junkCommands++ > config.junk_command_limit) session.errorCount++;
  return verb === 'QUIT' ? 'end' : 'go on';
}

/** smtpd_noop_commands, smtpd_forbidden_commands: words and tables. */
function* isInWordList(session: Session, parameter: string, word: string): Proc<boolean> {
  for (const item of session.service.parameters.list(parameter)) {
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
  for (const name of [...verbs.keys(), unknownVerb]) {
    const count = session.counts.get(name);
    if (count === undefined) continue;
    text += ` ${name.toLowerCase()}=${count.done}${count.done === count.total ? '' : `/${count.total}`}`;
    done += count.done;
    total += count.total;
  }
  return `${text} commands=${done}${done === total && total > 0 ? '' : `/${total}`}`;
}
