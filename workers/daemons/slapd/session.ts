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
import { concat } from '../../bytes/concat.ts';

import { BerReader, makeLdapFramer } from '../../protocols/ldap/ber.ts';
import { decodeControls, encodeMessage, openMessage } from '../../protocols/ldap/message.ts';
import { decodeRequest } from '../../protocols/ldap/request.ts';
import { responseTag, type LdapResponse, type LdapResult } from '../../protocols/ldap/response.ts';
import { noticeOfDisconnection, operationTags, resultCodes } from '../../protocols/ldap/types.ts';

import { NEVER, SECOND, type Connection, type Os, type Proc } from '../../os/os.ts';

import type { Requester } from './access.ts';
import { bindResult, type Operation } from './bind.ts';
import { readControls, type RequestControls } from './controls.ts';
import { lateCode } from './late.ts';
import { PreparedSearch, type ServedRequest } from './prepared.ts';
import { needsRare, Search } from './search.ts';
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
  requester: Requester;
}

/** Serves one connection. @returns why it ended, as logged: '' = UNBIND */
export function* runSession(os: Os, session: Session): Proc<string> {
  const { conn, server } = session;
  const { bytesMaxAnonymous, bytesMaxBound, idleTimeout } = server.conf;
  const framers = [makeLdapFramer(bytesMaxAnonymous), makeLdapFramer(bytesMaxBound)] as const;
  for (let op = 0; ; op++) {
    const bound = session.requester.dn !== '';
    const frame = yield* conn.readFrame({
      framer: framers[bound ? 1 : 0],
      deadline: idleTimeout === 0 ? NEVER : os.now() + idleTimeout * SECOND,
      bytesMax: bound ? bytesMaxBound : bytesMaxAnonymous,
    });
    if (frame === 'timeout') return 'idletimeout';
    if (typeof frame === 'string') return 'connection lost';
    const place = `conn=${session.number} op=${op}`;
    const read = readRequest(frame, server);
    if (read === null) return 'connection lost';
    if ('problem' in read) {
      yield* disconnect(os, conn, { place, tag: read.tag, text: read.problem });
      return 'operations error';
    }
    const { id, request, controls } = read;
    logRequest(os, place, request, session.dn);
    if (request.kind === 'unbind-request') return '';
    if (request.kind === 'abandon-request') continue;
    const operation: Operation = { os, session, place, id, controls };
    let reply: Uint8Array;
    if (request.kind === 'search-request' && !controls.unknownCritical) {
      const rare = needsRare(server, request) ? yield* lateCode(os) : null;
      const { requester } = session;
      const search = new Search({ server, requester, controls, messageId: id, rare }, request);
      const startedAt = os.now();
      const result = search.advance() ?? (yield* sendPieces(os, conn, search));
      if (result === null) return 'connection lost';
      reply = endSearch(operation, { search, result, startedAt });
    } else reply = yield* respond(operation, request);
    if ((yield* conn.write(reply)) !== 'ok') return 'connection lost';
  }
}

interface ReadRequest {
  id: number;
  request: ServedRequest;
  controls: Readonly<RequestControls>;
}

/** null: not even the envelope can be read */
function readRequest(
  frame: Uint8Array,
  server: Server,
): ReadRequest | { problem: string; tag: number } | null {
  const { schema } = server.conf;
  const reader = new BerReader(frame, schema.texts);
  let tag = -1;
  let stage = '';
  try {
    const id = openMessage(reader);
    tag = reader.tag;
    if (tag === -1) return null;
    const start = reader.offset;
    const known = server.searches.find(frame, start);
    if (known !== null) return { id, request: known, controls: known.controls };
    stage = requestTags.has(tag) ? 'decoding error' : 'unknown LDAP request';
    const request = decodeRequest(reader);
    stage = 'controls decoding error';
    const controls = readControls(decodeControls(reader));
    if (request.kind !== 'search-request') return { id, request, controls };
    const search = new PreparedSearch(request, controls, schema);
    server.searches.keep(frame, start, search);
    return { id, request: search, controls };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return stage === '' ? null : { problem: stage, tag };
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

/** Answers a request that is no search. */
function* respond(operation: Operation, request: ServedRequest): Proc<Uint8Array> {
  const { os, place, id } = operation;
  const response = yield* respondWith(operation, request);
  logResult(os, { place, tag: responseTag(response.kind), result: response.result, startedAt: os.now() });
  return encodeMessage({ id, operation: response, controls: [] });
}

function* respondWith(
  operation: Operation,
  request: ServedRequest,
): Proc<LdapResponse & { result: LdapResult }> {
  if (operation.controls.unknownCritical) {
    const text = 'critical extension is not recognized';
    const { answer } = yield* lateCode(operation.os);
    return answer(operation, request, plainResult(resultCodes.unavailableCriticalExtension, text));
  }
  if (request.kind !== 'bind-request')
    return (yield* lateCode(operation.os)).answer(operation, request, null);
  return { kind: 'bind-response', result: bindResult(operation, request), saslCredentials: null };
}

/** Sends what does not fit into one piece. @returns how the search ended; null when the client is gone */
function* sendPieces(os: Os, conn: Connection, search: Search): Proc<LdapResult | null> {
  const deadline = search.deadline(os.now());
  for (;;) {
    const written = yield* conn.write(concat(search.take()), { deadline });
    if (written === 'reset') return null;
    if (written === 'timeout' || os.now() >= deadline) return plainResult(resultCodes.timeLimitExceeded);
    const result = search.advance();
    if (result !== null) return result;
  }
}

/** Logs how a search ended. @returns what was not sent yet of the answer, to the end */
function endSearch(
  { os, place, id }: Operation,
  ended: { search: Search; result: LdapResult; startedAt: number },
): Uint8Array {
  const { search, result, startedAt } = ended;
  logResult(os, { place, tag: operationTags.searchResultDone, result, startedAt, entries: search.entries });
  const pieces = search.take();
  pieces.push(encodeMessage({ id, operation: { kind: 'search-result-done', result }, controls: [] }));
  return concat(pieces);
}

function logResult(
  os: Os,
  logged: { place: string; tag: number; result: LdapResult; startedAt: number; entries?: number },
): void {
  const { place, tag, result, entries } = logged;
  const took = os.now() - logged.startedAt;
  const etime = took === 0 ? '0.000000' : (took / SECOND).toFixed(6);
  const what = entries === undefined ? 'RESULT' : 'SEARCH RESULT';
  const found = entries === undefined ? '' : ` nentries=${entries}`;
  const head = `${place} ${what} tag=${tag} err=${result.code} qtime=0.000000 etime=${etime}`;
  os.log('slapd', `${head}${found} text=${result.text}`);
}
