/**
 * session — one IMAP connection: greeting, login, commands, goodbye
 *
 * Texts are those of Dovecot 2.3 (imap-login-client.c, imap-client.c). SIMPLIFIED: Zimbra's mailstore has the
 * same greeting here as there, but its other texts differ ("OK completed"); a mail program reads none of
 * them.
 *
 * STANDARDS  RFC 3501 §3 (states), §7.1.5 (BYE)
 * SEE ALSO   login.ts (before login), commands.ts (after)
 */
import * as base64 from '../../../bytes/base64.ts';

import { parseCommandName } from '../../../protocols/imap/command.ts';

import { MILLISECOND, MINUTE, type Connection, type Os, type Proc } from '../../../os/os.ts';

import type { Mailstore } from '../mailstore.ts';

import { executeCommand } from './commands.ts';
import { capabilitiesBefore, login } from './login.ts';
import { readCommand, skipLine, type ReadLimits } from './read-command.ts';
import { syncMailbox } from './selected.ts';
import { flush, put, type Completion, type ImapSession } from './state.ts';

const loginLimits: ReadLimits = {
  lineBytesMax: 8192,
  literalBytesMax: 4096,
  messageBytesMax: 0,
  idleUs: 3 * MINUTE, // CLIENT_LOGIN_TIMEOUT_MSECS
};
const limits: ReadLimits = {
  lineBytesMax: 65_536, // imap_max_line_length
  literalBytesMax: 65_536,
  // SIMPLIFIED: Dovecot bounds APPEND by the user's quota only.
  messageBytesMax: 50 * 1024 * 1024,
  idleUs: 30 * MINUTE, // CLIENT_IDLE_TIMEOUT_MSECS, RFC 3501 §5.4
};
const badCommandsMax = 20; // CLIENT_MAX_BAD_COMMANDS

/** Serves a connection until it ends. */
export function* runImapSession(os: Os, conn: Connection, mailstore: Mailstore): Proc<void> {
  const session: ImapSession = {
    mailstore,
    conn,
    id: sessionId(os),
    user: '',
    selected: null,
    badCommands: 0,
    output: [],
    outputBytes: 0,
    bytesIn: 0,
    bytesOut: 0,
    bodies: 0,
    bodyBytes: 0,
    expunged: 0,
  };
  const { conf } = mailstore;
  const name =
    conf.personality === 'zimbra'
      ? `${conf.hostname} Zimbra IMAP4rev1 server ready`
      : 'Dovecot (Debian) ready.';
  put(session, `* OK [CAPABILITY ${capabilitiesBefore}] ${name}`);
  if (yield* login(os, session, loginLimits)) {
    const why = yield* serveCommands(os, session);
    logEnd(os, session, why);
  }
  yield* flush(os, session);
  conn.close();
}

/** @returns why the session ended, as Dovecot logs it */
function* serveCommands(os: Os, session: ImapSession): Proc<string> {
  for (;;) {
    if (!(yield* flush(os, session))) return 'Connection closed';
    const read = yield* readCommand(os, session, limits);
    if (read.kind === 'ended') {
      if (read.how !== 'timeout') return 'Connection closed';
      put(session, '* BYE Disconnected for inactivity.');
      return 'Disconnected for inactivity';
    }
    if (read.kind === 'literal-too-big') {
      put(session, '* BYE Literal size too large');
      return 'Disconnected: Literal size too large';
    }
    const bytes = read.kind === 'command' ? read.bytes : read.start;
    const command = parseCommandName(bytes);
    if (read.kind === 'line-too-long') {
      complain(
        session,
        command?.tag ?? '*',
        `Error in IMAP command ${command?.name ?? ''}: Too long argument.`,
      );
      if (!(yield* flush(os, session)) || !(yield* skipLine(os, session, limits))) return 'Connection closed';
    } else if (command === null || command.name === '') {
      complain(session, command?.tag ?? '*', 'Error in IMAP command received by server.');
    } else if (command.name === 'LOGOUT') {
      put(session, '* BYE Logging out');
      put(session, `${command.tag} OK Logout completed (0.001 + 0.000 secs).`);
      return 'Logged out';
    } else {
      const startedAt = os.now();
      const completion = yield* executeCommand(os, session, command, bytes);
      finish(os, session, { tag: command.tag, name: command.name, completion, startedAt });
    }
    if (session.badCommands > badCommandsMax) {
      put(session, '* BYE Too many invalid IMAP commands.');
      return 'Disconnected: Too many invalid IMAP commands.';
    }
  }
}

function complain(session: ImapSession, tag: string, text: string): void {
  session.badCommands++;
  put(session, `${tag} BAD ${text}`);
}

/** Tells what changed meanwhile, then how the command ended. */
function finish(
  os: Os,
  session: ImapSession,
  end: { tag: string; name: string; completion: Completion; startedAt: number },
): void {
  const { name, completion } = end;
  if (completion.status === 'BAD') session.badCommands++;
  else session.badCommands = 0;
  // RFC 3501 §7.4.1: EXPUNGE may not be sent while a FETCH, STORE or SEARCH by numbers is answered.
  if (session.selected !== null && completion.status !== 'BAD')
    syncMailbox(os, session, session.selected, { expunges: !['FETCH', 'STORE', 'SEARCH'].includes(name) });
  // The times that Dovecot adds: running, and waiting for the client.
  const ms = Math.min(999, Math.max(1, Math.ceil((os.now() - end.startedAt) / MILLISECOND)));
  put(
    session,
    `${end.tag} ${completion.status} ${completion.text} (0.${String(ms).padStart(3, '0')} + 0.000 secs).`,
  );
}

function logEnd(os: Os, session: ImapSession, why: string): void {
  const out = session.bytesOut + session.outputBytes;
  const counts =
    `in=${session.bytesIn} out=${out} deleted=0 expunged=${session.expunged} ` +
    `trashed=0 hdr_count=0 hdr_bytes=0 body_count=${session.bodies} body_bytes=${session.bodyBytes}`;
  os.log('dovecot', `imap(${session.user})<${os.pid}><${session.id}>: ${why} ${counts}`);
}

function sessionId(os: Os): string {
  const bytes = new Uint8Array(12);
  for (let i = 0; i < bytes.length; i++) bytes[i] = os.random.below(256);
  return base64.encode(bytes);
}
