/**
 * login — the commands before login: CAPABILITY, NOOP, ID, LOGIN, AUTHENTICATE, LOGOUT
 *
 * As Dovecot's imap-login, which is a process of its own: three bad commands end it.
 *
 * STANDARDS  RFC 3501 §6.2; RFC 4616 (PLAIN); RFC 4959 (initial response)
 */
import * as ascii from '../../../bytes/ascii.ts';
import * as base64 from '../../../bytes/base64.ts';
import { DecodeError } from '../../../bytes/byte-reader.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import {
  parseArguments,
  parseCommandName,
  textOf,
  type CommandName,
} from '../../../protocols/imap/command.ts';

import { SECOND, type Os, type Proc } from '../../../os/os.ts';

import { readCommand, type ReadLimits } from './read-command.ts';
import { flush, put, type ImapSession } from './state.ts';

/** What is offered before login, and after it. */
export const capabilitiesBefore = 'IMAP4rev1 SASL-IR ID IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN';
export const capabilitiesAfter =
  'IMAP4rev1 SASL-IR ID IDLE UNSELECT CHILDREN NAMESPACE UIDPLUS MOVE LITERAL+';

const badCommandsMax = 3; // CLIENT_MAX_BAD_COMMANDS of imap-login
const errorText = 'Error in IMAP command received by server.';

interface Attempt {
  tag: string;
  method: 'PLAIN' | 'LOGIN';
  user: string;
  password: string;
}

/** @returns whether someone is logged in; otherwise the session is over */
export function* login(os: Os, session: ImapSession, limits: ReadLimits): Proc<boolean> {
  let failures = 0;
  for (;;) {
    if (!(yield* flush(os, session))) return false;
    const read = yield* readCommand(os, session, limits);
    if (read.kind !== 'command') {
      if (read.kind === 'line-too-long') put(session, '* BYE Input buffer full, aborting');
      else if (read.kind === 'literal-too-big') put(session, '* BYE Too long argument.');
      else if (read.how === 'timeout')
        put(session, '* BYE Disconnected for inactivity during authentication.');
      logNoLogin(os, session, failures);
      return false;
    }
    const command = parseCommandName(read.bytes);
    const attempt =
      command === null ? 'bad' : yield* preLogin(os, session, { command, bytes: read.bytes, limits });
    if (attempt === 'logout') return false;
    if (attempt === 'bad') {
      if (++session.badCommands >= badCommandsMax) {
        put(session, '* BYE Too many invalid IMAP commands.');
        return false;
      }
      put(session, `${command?.tag ?? '*'} BAD ${errorText}`);
    } else if (attempt !== 'done') {
      if (yield* authenticate(os, session, attempt)) return true;
      failures++;
    }
  }
}

interface PreLogin {
  command: CommandName;
  bytes: Uint8Array;
  limits: ReadLimits;
}

function* preLogin(
  os: Os,
  session: ImapSession,
  request: PreLogin,
): Proc<Attempt | 'done' | 'bad' | 'logout'> {
  const { tag, name, offset } = request.command;
  switch (name) {
    case 'CAPABILITY':
      put(session, `* CAPABILITY ${capabilitiesBefore}`);
      put(session, `${tag} OK Pre-login capabilities listed, post-login capabilities have more.`);
      return 'done';
    case 'NOOP':
      put(session, `${tag} OK NOOP completed.`);
      return 'done';
    case 'ID':
      put(session, idLine);
      put(session, `${tag} OK ID completed.`);
      return 'done';
    case 'LOGOUT':
      put(session, '* BYE Logging out');
      put(session, `${tag} OK Logout completed.`);
      return 'logout';
    case 'LOGIN': {
      const [user, password, ...rest] = argumentTexts(request.bytes, offset) ?? [];
      if (user === undefined || password === undefined || rest.length > 0) return 'bad';
      return { tag, method: 'PLAIN', user, password };
    }
    case 'AUTHENTICATE':
      return yield* askMechanism(os, session, request);
    default:
      return 'bad';
  }
}

/** What ID is answered with, before and after login. */
export const idLine = '* ID ("name" "Dovecot")';

function* askMechanism(os: Os, session: ImapSession, request: PreLogin): Proc<Attempt | 'done' | 'bad'> {
  const { tag, offset } = request.command;
  const [mechanism, initial, ...rest] = argumentTexts(request.bytes, offset) ?? [];
  if (mechanism === undefined || rest.length > 0) return 'bad';
  const method = mechanism.toUpperCase();
  if (method !== 'PLAIN' && method !== 'LOGIN') {
    put(session, `${tag} NO [ALERT] Unsupported authentication mechanism.`);
    return 'done';
  }
  const answers: string[] = [];
  const prompts = method === 'PLAIN' ? [''] : ['VXNlcm5hbWU6', 'UGFzc3dvcmQ6'];
  for (const [i, prompt] of prompts.entries()) {
    const text = i === 0 && initial !== undefined ? initial : yield* ask(os, session, prompt, request.limits);
    if (text === null || text === '*') {
      put(session, `${tag} BAD Authentication aborted by client.`);
      return 'done';
    }
    const bytes = text === '=' ? new Uint8Array(0) : base64.decode(text);
    if (bytes === null) {
      put(session, `${tag} NO Invalid base64 data in continued response`);
      return 'done';
    }
    answers.push(utf8.decode(bytes));
  }
  if (method === 'LOGIN') return { tag, method, user: answers[0]!, password: answers[1]! };
  const [, user, password] = answers[0]!.split('\0');
  return { tag, method, user: user ?? '', password: password ?? '' };
}

/** @returns null when the connection ended or sent no line */
function* ask(os: Os, session: ImapSession, prompt: string, limits: ReadLimits): Proc<string | null> {
  put(session, `+ ${prompt}`);
  if (!(yield* flush(os, session))) return null;
  const line = yield* session.conn.readLine({
    bytesMax: limits.lineBytesMax,
    deadline: os.now() + limits.idleUs,
  });
  return typeof line === 'string' || line.ending === 'none' ? null : ascii.decode(line.bytes);
}

function* authenticate(
  os: Os,
  session: ImapSession,
  { tag, method, user, password }: Attempt,
): Proc<boolean> {
  const { users, conf } = session.mailstore;
  const result = yield* users.verify(os, user, password);
  if (result.kind === 'ok') {
    session.user = result.mailbox;
    session.badCommands = 0;
    put(session, `${tag} OK [CAPABILITY ${capabilitiesAfter}] Logged in`);
    os.log(
      'dovecot',
      `imap-login: Login: ${who(session, result.mailbox, method)}, mpid=${os.pid}, session=<${session.id}>`,
    );
    return true;
  }
  if (result.kind === 'try-again') {
    put(session, `${tag} NO [UNAVAILABLE] Temporary authentication failure. [${conf.hostname}]`);
    os.log('dovecot', `auth: Error: ldap(${user}): ${result.why}`);
    return false;
  }
  yield* os.sleepUntil(os.now() + conf.auth_failure_delay * SECOND);
  put(session, `${tag} NO [AUTHENTICATIONFAILED] Authentication failed.`);
  return false;
}

function logNoLogin(os: Os, session: ImapSession, failures: number): void {
  const why = failures === 0 ? 'no auth attempts' : `auth failed, ${failures} attempts`;
  const { remote, local } = session.conn;
  const place = `rip=${remote.address}, lip=${local.address}, session=<${session.id}>`;
  os.log('dovecot', `imap-login: Disconnected: Connection closed (${why}): user=<>, ${place}`);
}

function who(session: ImapSession, user: string, method: string): string {
  const { remote, local } = session.conn;
  return `user=<${user}>, method=${method}, rip=${remote.address}, lip=${local.address}`;
}

/** @returns null when the arguments are malformed or hold a list */
function argumentTexts(bytes: Uint8Array, offset: number): string[] | null {
  try {
    const texts = parseArguments(bytes, offset).map(textOf);
    return texts.includes(null) ? null : texts.map((text) => utf8.decode(ascii.encode(text!)));
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
