/**
 * session — one client's connection: reads requests, answers them in order, logs each as slapd's "stats"
 * level does
 *
 * What cannot be framed closes the connection without a word; a frame with a request that cannot be
 * decoded gets the notice of disconnection, both as the real server does.
 *
 * SIMPLIFIED: the real server works on a client's requests in parallel; here one after the other, so that
 * an Abandon always comes after its operation is done. SASL and TLS are not offered.
 *
 * STANDARDS  RFC 4511 §4
 */
import { DecodeError } from '../../bytes/byte-reader.ts';

import { makeLdapFramer, type BerReader } from '../../protocols/ldap/ber.ts';
import {
  decodeControls,
  encodeMessage,
  openMessage,
  type LdapMessage,
} from '../../protocols/ldap/message.ts';
import { decodeRequest, type LdapRequest } from '../../protocols/ldap/request.ts';
import { responseTag, type LdapResponse, type LdapResult } from '../../protocols/ldap/response.ts';
import { noticeOfDisconnection, operationTags, resultCodes } from '../../protocols/ldap/types.ts';

import { NEVER, SECOND, type Connection, type Os, type Proc } from '../../os/os.ts';

import { readControls, type RequestControls } from './controls.ts';
import { answer, bindResult, type Operation } from './operations.ts';
import { search } from './search.ts';
import { plainResult, type Server } from './server.ts';
import { logRequest } from './stats.ts';

/** What the session knows of its client. */
export interface Session {
  readonly server: Server;
  readonly conn: Connection;
  /** number of the connection, as logged */
  readonly number: number;
  /** who the client is, as bound; '' = anonymous */
  dn: string;
  normalisedDn: string;
}

/** Serves one connection. @returns why it ended, as logged: '' = UNBIND */
export function* runSession(os: Os, session: Session): Proc<string> {
  const { conn, server } = session;
  const { bytesMaxAnonymous, bytesMaxBound, idleTimeout } = server.conf;
  const framers = [makeLdapFramer(bytesMaxAnonymous), makeLdapFramer(bytesMaxBound)] as const;
  for (let op = 0; ; op++) {
    const bound = session.normalisedDn !== '';
    const frame = yield* conn.readFrame({
      framer: framers[bound ? 1 : 0],
      deadline: idleTimeout === 0 ? NEVER : os.now() + idleTimeout * SECOND,
      bytesMax: bound ? bytesMaxBound : bytesMaxAnonymous,
    });
    if (frame === 'timeout') return 'idletimeout';
    if (typeof frame === 'string') return 'connection lost';
    const place = `conn=${session.number} op=${op}`;
    const read = readRequest(frame);
    if (read === null) return 'connection lost';
    if ('problem' in read) {
      yield* disconnect(os, conn, { place, tag: read.tag, text: read.problem });
      return 'operations error';
    }
    const { id, request, controls } = read;
    logRequest(os, place, request, session);
    if (request.kind === 'unbind-request') return '';
    if (request.kind === 'abandon-request') continue;
    const operation = { os, session, place, id, controls };
    const sent = yield* serve(operation, request);
    if (!sent) return 'connection lost';
  }
}

interface ReadRequest {
  id: number;
  request: LdapRequest;
  controls: RequestControls;
}

/** null: not even the envelope can be read */
function readRequest(frame: Uint8Array): ReadRequest | { problem: string; tag: number } | null {
  let envelope: { id: number; reader: BerReader };
  try {
    envelope = openMessage(frame);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
  const { id, reader } = envelope;
  const { tag } = reader;
  if (tag === -1) return null;
  let stage = requestTags.has(tag) ? 'decoding error' : 'unknown LDAP request';
  try {
    const request = decodeRequest(reader);
    stage = 'controls decoding error';
    return { id, request, controls: readControls(decodeControls(reader)) };
  } catch (error) {
    if (error instanceof DecodeError) return { problem: stage, tag };
    throw error;
  }
}

const requestTags: ReadonlySet<number> = new Set(
  Object.entries(operationTags).flatMap(([name, tag]) => (name.endsWith('Request') ? [tag] : [])),
);

// RFC 4511 §4.4.1
function* disconnect(
  os: Os,
  conn: Connection,
  options: { place: string; tag: number; text: string },
): Proc<void> {
  const { place, text } = options;
  const result = plainResult(resultCodes.protocolError, text);
  os.log('slapd', `${place} DISCONNECT tag=120 err=${result.code} text=${text}`);
  yield* conn.write(
    encodeMessage({
      id: 0,
      operation: { kind: 'extended-response', result, oid: noticeOfDisconnection, value: null },
      controls: [],
    }),
  );
}

/** Answers one request. @returns false when the client is gone */
function* serve(operation: Operation, request: LdapRequest): Proc<boolean> {
  const { os, session, place, id, controls } = operation;
  const startedAt = os.now();
  const finish = (response: LdapResponse & { result: LdapResult }): Proc<boolean> =>
    sendResult(os, session, { place, id, startedAt, response });
  if (controls.unknownCritical) {
    const refusal = plainResult(
      resultCodes.unavailableCriticalExtension,
      'critical extension is not recognized',
    );
    return yield* finish(answer(operation, request, refusal));
  }
  if (request.kind === 'bind-request') {
    const result = bindResult(operation, request);
    return yield* finish({ kind: 'bind-response', result, saslCredentials: null });
  }
  if (request.kind !== 'search-request') return yield* finish(answer(operation, request, null));
  const { server, conn, normalisedDn } = session;
  const outcome = yield* search(
    os,
    { server, requester: normalisedDn, controls, conn, messageId: id },
    request,
  );
  if (outcome.lost) return false;
  const { result, entries, tail } = outcome;
  logResult(os, place, { tag: responseTag('search-result-done'), result, startedAt, entries });
  const done = encodeMessage({ id, operation: { kind: 'search-result-done', result }, controls: [] });
  return (yield* conn.write(join(tail, done))) === 'ok';
}

function* sendResult(
  os: Os,
  session: Session,
  sending: { place: string; id: number; startedAt: number; response: LdapResponse & { result: LdapResult } },
): Proc<boolean> {
  const { place, id, startedAt, response } = sending;
  logResult(os, place, { tag: responseTag(response.kind), result: response.result, startedAt });
  const message: LdapMessage = { id, operation: response, controls: [] };
  return (yield* session.conn.write(encodeMessage(message))) === 'ok';
}

function logResult(
  os: Os,
  place: string,
  logged: { tag: number; result: LdapResult; startedAt: number; entries?: number },
): void {
  const { tag, result, startedAt, entries } = logged;
  const etime = ((os.now() - startedAt) / SECOND).toFixed(6);
  const what = entries === undefined ? 'RESULT' : 'SEARCH RESULT';
  const head = `${place} ${what} tag=${tag} err=${result.code} qtime=0.000000 etime=${etime}`;
  os.log('slapd', `${head}${entries === undefined ? '' : ` nentries=${entries}`} text=${result.text}`);
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
