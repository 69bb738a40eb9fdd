/**
 * imap — the client half of IMAP4rev1: greeting, LOGIN, LIST, SELECT, UID FETCH, LOGOUT
 *
 * The caller opens the connection. What the server refuses and what breaks are values with words to show.
 *
 *   const session = yield* openImap(os, conn, deadline);
 *   if ('failure' in session) …
 *   const answer = yield* imapCommand(os, session, `SELECT ${quoteImap('INBOX')}`, deadline);
 *
 * STANDARDS  RFC 3501 §2.2.2 (responses), §5.4 (what a server may send unasked)
 */
import { concat } from '../../bytes/concat.ts';
import * as ascii from '../../bytes/ascii.ts';
import { DecodeError } from '../../bytes/byte-reader.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { literalAtEnd } from '../../protocols/imap/command.ts';
import { parseResponse, type Response, type Status } from '../../protocols/imap/response.ts';

import type { Connection, Os, Proc, ReadFailure, VirtualTime } from '../../os/os.ts';

const lineBytesMax = 65_536;
const literalBytesMax = 64 * 1024 * 1024;
const responsesMax = 100_000; // of one command
const responseBytesMax = 128 * 1024 * 1024;

export type ImapFailure = { failure: 'lost' | 'timeout' | 'garbled'; text: string };

export interface ImapSession {
  readonly conn: Connection;
  readonly greeting: string;
  /** commands sent so far */
  commands: number;
}

/** A command's completion and what came before it. */
export interface ImapAnswer {
  status: Status;
  code: string;
  text: string;
  untagged: Response[];
}

/** Waits for the greeting. @returns why there is none; then the connection is closed */
export function* openImap(_os: Os, conn: Connection, deadline: VirtualTime): Proc<ImapSession | ImapFailure> {
  const greeting = yield* readResponse(conn, deadline);
  if ('failure' in greeting) return end(conn, greeting);
  if (
    greeting.kind !== 'status' ||
    greeting.tag !== '*' ||
    (greeting.status !== 'OK' && greeting.status !== 'PREAUTH')
  )
    return end(conn, {
      failure: 'garbled',
      text: greeting.kind === 'status' ? greeting.text : 'no greeting',
    });
  return { conn, greeting: greeting.text, commands: 0 };
}

/** Sends a command and reads up to its completion. @param command without tag and line end */
export function* imapCommand(
  _os: Os,
  session: ImapSession,
  command: string,
  deadline: VirtualTime,
): Proc<ImapAnswer | ImapFailure> {
  const { conn } = session;
  const tag = `a${++session.commands}`;
  const written = yield* conn.write(utf8.encode(`${tag} ${command}\r\n`), { deadline });
  if (written !== 'ok') return end(conn, lost(written));
  const untagged: Response[] = [];
  for (let count = 0; count < responsesMax; count++) {
    const response = yield* readResponse(conn, deadline);
    if ('failure' in response) return end(conn, response);
    if (response.kind === 'continuation')
      return end(conn, { failure: 'garbled', text: 'unexpected continuation' });
    if (response.kind === 'status' && response.tag === tag) {
      const { status, code, text } = response;
      return { status, code, text, untagged };
    }
    // RFC 3501 §7.1.5: a BYE that was not asked for ends the session.
    if (response.kind === 'status' && response.status === 'BYE' && command !== 'LOGOUT')
      return end(conn, { failure: 'lost', text: response.text });
    untagged.push(response);
  }
  return end(conn, { failure: 'garbled', text: 'too many responses' });
}

/** Says LOGOUT, waits for the goodbye, closes. */
export function* logoutImap(os: Os, session: ImapSession, deadline: VirtualTime): Proc<void> {
  yield* imapCommand(os, session, 'LOGOUT', deadline);
  session.conn.close();
}

/** A quoted string (RFC 3501 §4.3); control characters are left out. */
export function quoteImap(text: string): string {
  return `"${text.replace(/[\x00-\x1f\x7f]/g, '').replace(/["\\]/g, '\\$&')}"`;
}

function* readResponse(conn: Connection, deadline: VirtualTime): Proc<Response | ImapFailure> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  while (total < responseBytesMax) {
    const line = yield* conn.readLine({ bytesMax: lineBytesMax, deadline });
    if (typeof line === 'string') return lost(line);
    if (line.ending === 'none') return { failure: 'garbled', text: 'line too long' };
    pieces.push(line.bytes);
    total += line.bytes.length;
    const literal = literalAtEnd(line.bytes);
    if (literal === null) return parse(pieces);
    if (literal.bytes > literalBytesMax) return { failure: 'garbled', text: 'literal too big' };
    pieces.push(crlf);
    total += crlf.length;
    for (let left = literal.bytes; left > 0;) {
      const piece = yield* conn.read({ deadline, bytesMax: left });
      if (typeof piece === 'string') return lost(piece);
      pieces.push(piece);
      left -= piece.length;
      total += piece.length;
    }
  }
  return { failure: 'garbled', text: 'response too long' };
}

const crlf = ascii.encode('\r\n');

function parse(pieces: readonly Uint8Array[]): Response | ImapFailure {
  try {
    return parseResponse(concat(pieces));
  } catch (error) {
    if (error instanceof DecodeError) return { failure: 'garbled', text: error.rule };
    throw error;
  }
}

function lost(how: ReadFailure): ImapFailure {
  return how === 'timeout'
    ? { failure: 'timeout', text: 'timed out' }
    : { failure: 'lost', text: 'connection closed' };
}

function end(conn: Connection, failure: ImapFailure): ImapFailure {
  conn.close();
  return failure;
}
