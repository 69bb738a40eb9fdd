// A connection under TLS between two simulated hosts behaves as one without.
import { describe, expect, test } from 'vitest';

import * as ascii from '../../../workers/bytes/ascii.ts';
import { secure, TlsConnection } from '../../../workers/daemons/clients/tls-connection.ts';
import { SECOND, type Connection, type Os, type Proc } from '../../../workers/os/os.ts';
import { parsePem, tlsClient, tlsServer, verifyChain } from '../../../workers/protocols/tls/index.ts';
import { authority, hostCredentials } from '../../protocols/tls/ends.ts';
import { TestWorld } from '../../simulate.ts';

const server = 'mta1.acme.example';
const client = 'client.acme.example';
const soon = (os: Os) => ({ deadline: os.now() + 10 * SECOND });
const line = (os: Os) => ({ ...soon(os), bytesMax: 512 });

/** Whether the handshake ended in a connection. */
function isSecured(outcome: unknown): outcome is TlsConnection {
  return outcome instanceof TlsConnection;
}

type Session = (os: Os, conn: TlsConnection, below: Connection) => Proc<unknown>;

/** Two hosts shake hands; then each does its part. @returns what the client's part returned */
function talk<T>(
  parts: { server: Session; client: (os: Os, conn: TlsConnection, below: Connection) => Proc<T> },
  seed = 1,
): { result: T; world: TestWorld } {
  const world = new TestWorld(
    [
      { name: server, address: '192.0.2.1', boot: (os) => void os.spawn('smtpd', serve(parts.server)) },
      { name: client, address: '192.0.2.2' },
    ],
    { seed },
  );
  const result = world.call(client, function* (os): Proc<T> {
    const below = yield* connectTo(os);
    const conn = yield* secure(below, tlsClient({ random: os.random, serverName: server }), soon(os));
    if (!isSecured(conn)) throw new Error(JSON.stringify(conn));
    return yield* parts.client(os, conn, below);
  });
  return { result, world };
}

function serve(part: Session) {
  return function* (os: Os): Proc<void> {
    const below = yield* acceptOn(os);
    const engine = tlsServer({ random: os.random, credentials: hostCredentials });
    const conn = yield* secure(below, engine, soon(os));
    if (isSecured(conn)) yield* part(os, conn, below);
  };
}

function* acceptOn(os: Os): Proc<Connection> {
  const listener = os.listen({ port: 465 });
  if (typeof listener === 'string') throw new Error(listener);
  const conn = yield* listener.accept();
  if (typeof conn === 'string') throw new Error(conn);
  return conn;
}

function* connectTo(os: Os): Proc<Connection> {
  const conn = yield* os.connect({ to: { address: '192.0.2.1', port: 465 }, ...soon(os) });
  if (typeof conn === 'string') throw new Error(conn);
  return conn;
}

/** Sends back each line until the end. */
function* echoLines(os: Os, conn: TlsConnection): Proc<void> {
  for (;;) {
    const heard = yield* conn.readLine(line(os));
    if (typeof heard === 'string') break;
    yield* conn.write(ascii.encode(`250 ${ascii.decode(heard.bytes)}\r\n`));
  }
  conn.close();
}

function* readText(os: Os, conn: TlsConnection): Proc<string> {
  const heard = yield* conn.readLine(line(os));
  return typeof heard === 'string' ? heard : `${ascii.decode(heard.bytes)}|${heard.ending}`;
}

describe('TlsConnection', () => {
  test('lines go both ways, several at once and in pieces; close is the end of the stream', () => {
    const { result } = talk({
      server: echoLines,
      *client(os, conn) {
        yield* conn.write(ascii.encode('EHLO x\r\nMAIL\nRC'));
        const heard = [yield* readText(os, conn), yield* readText(os, conn)];
        yield* conn.write(ascii.encode('PT\r\n' + 'x'.repeat(600)));
        heard.push(yield* readText(os, conn), (yield* readText(os, conn)).slice(0, 8));
        conn.close();
        heard.push(yield* readText(os, conn), yield* readText(os, conn));
        expect(yield* conn.write(ascii.encode('late'))).toBe('reset');
        return heard;
      },
    });
    expect(result).toEqual([
      '250 EHLO x|crlf',
      '250 MAIL|crlf',
      '250 RCPT|crlf',
      '250 xxxx',
      'xxxx|crlf',
      'eof',
    ]);
  });

  test('both know what was agreed on, and the chain is trusted', () => {
    const { result } = talk({
      server: echoLines,
      *client(_os, conn) {
        return conn.summary;
      },
    });
    expect(result).toMatchObject({ cipher: 'TLS_AES_256_GCM_SHA384', group: 'X25519' });
    const options = { authorities: [authority], at: 1772528400, name: server };
    expect(verifyChain(result.peerCertificates, options)).toMatchObject({
      untrusted: null,
      nameMatches: true,
    });
  });

  test('a megabyte goes through, in whatever pieces', () => {
    const size = 1_000_000;
    const { result } = talk({
      *server(_os, conn) {
        yield* conn.write(new Uint8Array(size).fill(66));
        conn.close();
      },
      *client(os, conn) {
        let count = 0;
        for (;;) {
          const bytes = yield* conn.read({ ...soon(os), bytesMax: 5000 });
          if (typeof bytes === 'string') return { count, end: bytes };
          expect(bytes.length).toBeLessThanOrEqual(5000);
          count += bytes.length;
        }
      },
    });
    expect(result).toEqual({ count: size, end: 'eof' });
  });

  test('frames', () => {
    const framer = (buffer: Uint8Array, length: number) =>
      length === 0 ? 0 : buffer[0] === 0xff ? -1 : buffer[0]! + 1;
    const { result } = talk({
      *server(_os, conn) {
        yield* conn.write(Uint8Array.of(2, 10));
        yield* conn.write(Uint8Array.of(20, 1, 30, 200, 1));
        yield* conn.write(Uint8Array.of(1, 2, 3));
      },
      *client(os, conn) {
        const read = () => conn.readFrame({ framer, ...soon(os), bytesMax: 100 });
        return [yield* read(), yield* read(), yield* read()];
      },
    });
    expect(result).toEqual([Uint8Array.of(2, 10, 20), Uint8Array.of(1, 30), 'malformed']);
  });

  test('buffered and peek show plaintext that came already, and reading takes it once', () => {
    const { result } = talk({
      *server(_os, conn) {
        yield* conn.write(ascii.encode('250-one\r\n'));
        yield* conn.write(ascii.encode('250 two\r\n'));
      },
      *client(os, conn) {
        yield* os.sleepUntil(os.now() + SECOND);
        const seen = [conn.buffered, ascii.decode(conn.peek())];
        yield* readText(os, conn);
        const rest = [conn.buffered, yield* readText(os, conn), conn.buffered];
        return [...seen, ...rest];
      },
    });
    expect(result).toEqual([18, '250-one\r\n250 two\r\n', 9, '250 two|crlf', 0]);
  });

  test('a deadline passes, and reading goes on afterwards', () => {
    const { result } = talk({
      *server(os, conn) {
        yield* os.sleepUntil(os.now() + 5 * SECOND);
        yield* conn.write(ascii.encode('220 late\r\n'));
      },
      *client(os, conn) {
        const first = yield* conn.readLine({ deadline: os.now() + SECOND, bytesMax: 512 });
        return [first, yield* readText(os, conn)];
      },
    });
    expect(result).toEqual(['timeout', '220 late|crlf']);
  });

  test('plaintext in the middle of a session is answered with an alert', () => {
    const { result } = talk({
      *server(os, conn) {
        expect(yield* conn.read(soon(os))).toBe('reset');
        expect(conn.problem).toBe('wrong version number');
        expect(yield* conn.write(ascii.encode('x'))).toBe('reset');
      },
      *client(os, conn, below) {
        yield* below.write(ascii.encode('EHLO in the clear\r\n'));
        return [yield* conn.read(soon(os)), conn.problem];
      },
    });
    expect(result).toEqual(['reset', 'tlsv1 alert protocol version']);
  });

  test('FIN without close_notify, and RST', () => {
    const end = (how: 'close' | 'abort') =>
      talk({
        *server(_os, _conn, below) {
          below[how]();
        },
        *client(os, conn) {
          return yield* conn.read(soon(os));
        },
      }).result;
    expect([end('close'), end('abort')]).toEqual(['eof', 'reset']);
  });

  test('two runs with one seed are the same to the byte; another seed differs', () => {
    const hash = (seed: number) => {
      const { world } = talk({ server: echoLines, client: (os, conn) => readText(os, conn) }, seed);
      return world.events.map((event) => JSON.stringify(event, (_key, value: unknown) => value)).join('\n');
    };
    expect(hash(1)).toBe(hash(1));
    expect(hash(1)).not.toBe(hash(2));
  });
});

describe('secure', () => {
  function failureWith(serve: (os: Os, conn: Connection) => Proc<unknown>): unknown {
    const world = new TestWorld([
      {
        name: server,
        address: '192.0.2.1',
        boot: (os) =>
          void os.spawn('smtpd', function* (child) {
            yield* serve(child, yield* acceptOn(child));
          }),
      },
      { name: client, address: '192.0.2.2' },
    ]);
    return world.call(client, function* (os): Proc<unknown> {
      const below = yield* connectTo(os);
      return yield* secure(below, tlsClient({ random: os.random, serverName: server }), soon(os));
    });
  }

  test('a server that speaks SMTP instead', () => {
    expect(failureWith((_os, conn) => conn.write(ascii.encode('220 mta1 ESMTP\r\n')))).toEqual({
      failure: 'tls',
      reason: 'wrong version number',
    });
  });

  test('a server that refuses says why', () => {
    const credentials = { ...hostCredentials, certificates: parsePem('', 'CERTIFICATE') };
    const outcome = failureWith((os, conn) =>
      secure(conn, tlsServer({ random: os.random, credentials, groups: [] }), soon(os)),
    );
    expect(outcome).toEqual({ failure: 'tls', reason: 'sslv3 alert handshake failure' });
  });

  test('a server that closes, resets or says nothing', () => {
    const closes = failureWith(function* (_os, conn) {
      conn.close();
    });
    const resets = failureWith(function* (_os, conn) {
      conn.abort();
    });
    const waits = failureWith((os) => os.sleepUntil(os.now() + 60 * SECOND));
    expect([closes, resets, waits]).toEqual([
      { failure: 'eof', reason: '' },
      { failure: 'reset', reason: '' },
      { failure: 'timeout', reason: '' },
    ]);
  });
});
