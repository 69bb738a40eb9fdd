// Our engines against OpenSSL, as Node has it, over loopback sockets.
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';

import { afterEach, describe, expect, test } from 'vitest';

import { cipherSuites } from '../../../workers/protocols/tls/cipher-suite.ts';
import type {
  TlsClientOptions,
  TlsEngine,
  TlsEvent,
  TlsServerOptions,
} from '../../../workers/protocols/tls/index.ts';
import { makeClient, makeServer, pem } from './ends.ts';

const host = 'mta1.acme.example';
const open: (net.Server | net.Socket)[] = [];

afterEach(() => {
  for (const one of open.splice(0)) {
    if (one instanceof net.Server) one.close();
    else one.destroy();
  }
});

interface OurEnd {
  engine: TlsEngine;
  events: TlsEvent[];
}

/** Our engine on a socket: what comes as plaintext goes back in capitals; after QUIT, close_notify. */
function attach(engine: TlsEngine, socket: net.Socket, greeting = ''): OurEnd {
  const end: OurEnd = { engine, events: [] };
  open.push(socket);
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    const step = engine.receive(bytes);
    socket.write(step.toPeer);
    for (const event of step.events) {
      end.events.push(event);
      if (event.kind === 'established' && greeting !== '') socket.write(engine.write(Buffer.from(greeting)));
      if (event.kind === 'peer-closed') socket.write(engine.close());
    }
    if (step.plaintext.length > 0)
      socket.write(engine.write(Buffer.from(Buffer.from(step.plaintext).toString('latin1').toUpperCase())));
    if (engine.state === 'closed') socket.end();
  });
  return end;
}

async function listening(server: net.Server): Promise<number> {
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}

async function ourServer(options: Partial<TlsServerOptions> = {}): Promise<{ port: number; ends: OurEnd[] }> {
  const ends: OurEnd[] = [];
  const server = net.createServer((socket) => ends.push(attach(makeServer(options), socket)));
  return { port: await listening(server), ends };
}

async function read(socket: NodeJS.ReadableStream, length: number): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += (chunk as Buffer).toString('latin1');
    if (text.length >= length) break;
  }
  return text;
}

describe('Node’s client with our server', () => {
  const connect = (port: number, options: tls.ConnectionOptions = {}) => {
    const socket = tls.connect({ host: '127.0.0.1', port, servername: host, ca: pem('ca.pem'), ...options });
    open.push(socket);
    return socket;
  };

  for (const { name } of cipherSuites)
    test(`${name}: the certificate is trusted, data go both ways, the key log is the same`, async () => {
      const { port, ends } = await ourServer();
      const socket = connect(port, { ciphers: name });
      let log = '';
      socket.on('keylog', (line: Buffer) => (log += line.toString()));
      await once(socket, 'secureConnect');
      expect(socket.authorized).toBe(true);
      expect([socket.getProtocol(), socket.getCipher().name]).toEqual(['TLSv1.3', name]);
      const long = 'ehlo client.example\r\n'.repeat(5000);
      socket.write(long);
      expect(await read(socket, long.length)).toBe(long.toUpperCase());
      expect(ends[0]!.engine.summary).toMatchObject({ cipher: name, group: 'X25519', serverName: host });
      expect([...ends[0]!.engine.keyLog].sort()).toEqual(log.trim().split('\n').sort());
    });

  test('HelloRetryRequest: the client’s first share is of a group that we do not have', async () => {
    const { port, ends } = await ourServer();
    const socket = connect(port, { ecdhCurve: 'P-384:P-256' });
    await once(socket, 'secureConnect');
    socket.write('quit');
    expect(await read(socket, 4)).toBe('QUIT');
    expect(ends[0]!.engine.summary).toMatchObject({ group: 'P-256' });
  });

  test('close_notify is answered', async () => {
    const { port, ends } = await ourServer();
    const socket = connect(port);
    await once(socket, 'secureConnect');
    socket.end();
    socket.resume();
    await once(socket, 'end');
    expect(ends[0]!.events.at(-1)).toEqual({ kind: 'peer-closed' });
  });

  test('a client of TLS 1.2 gets protocol_version', async () => {
    const { port, ends } = await ourServer();
    const [error] = (await once(connect(port, { maxVersion: 'TLSv1.2' }), 'error')) as [Error];
    expect(error.message).toMatch(/tlsv1 alert protocol version/i);
    expect(ends[0]!.events).toEqual([
      { kind: 'failed', alert: 'protocol_version', reason: 'unsupported protocol' },
    ]);
  });
});

describe('our client with Node’s server', () => {
  async function talk(
    options: tls.TlsOptions,
    ours: Partial<TlsClientOptions> = {},
  ): Promise<{ end: OurEnd; heard: string; serverName: unknown }> {
    let serverName: unknown;
    const server = tls.createServer(
      { key: pem(`${host}.key`), cert: pem(`${host}.pem`), ...options },
      (socket) => {
        serverName = socket.servername;
        socket.on('error', () => {});
        socket.on('data', (bytes: Buffer) => {
          heard += bytes.toString('latin1');
          if (heard.endsWith('END')) socket.end();
        });
        socket.write('mta1 esmtp end');
      },
    );
    let heard = '';
    server.on('tlsClientError', () => {});
    const socket = net.connect(await listening(server), '127.0.0.1');
    const engine = makeClient(ours);
    const end = attach(engine, socket);
    socket.write(engine.start());
    await once(socket, 'close');
    return { end, heard, serverName };
  }

  for (const { name } of cipherSuites)
    test(`${name}: data go both ways, and both close`, async () => {
      const { end, heard, serverName } = await talk({ ciphers: name });
      expect(heard).toBe('MTA1 ESMTP END');
      expect(serverName).toBe(host);
      expect(end.engine.summary).toMatchObject({ cipher: name, group: 'X25519' });
      expect(end.events.map(({ kind }) => kind)).toEqual(['established', 'peer-closed']);
    });

  test('HelloRetryRequest: the server wants P-256', async () => {
    const { end, heard } = await talk({ ecdhCurve: 'P-256' });
    expect(heard).toBe('MTA1 ESMTP END');
    expect(end.engine.summary).toMatchObject({ group: 'P-256' });
  });

  test('P-256 first', async () => {
    const { end } = await talk({}, { groups: ['P-256', 'X25519'] });
    expect(end.engine.summary).toMatchObject({ group: 'P-256' });
  });

  test('a server that asks for a certificate gets none and goes on', async () => {
    const { heard } = await talk({ requestCert: true, rejectUnauthorized: false });
    expect(heard).toBe('MTA1 ESMTP END');
  });

  test('a server that insists on a certificate', async () => {
    const { end } = await talk({ requestCert: true, rejectUnauthorized: true, ca: pem('ca.pem') });
    expect(end.events[0]).toMatchObject({ kind: 'established' });
    expect(end.engine.state).toBe('closed');
  });

  test('a server of TLS 1.2 refuses our hello', async () => {
    const { end } = await talk({ maxVersion: 'TLSv1.2' });
    expect(end.events).toMatchObject([{ kind: 'alert-received', alert: 'protocol_version' }]);
  });

  test('a server without a group in common', async () => {
    const { end } = await talk({ ecdhCurve: 'P-384' });
    expect(end.events).toMatchObject([{ kind: 'alert-received', alert: 'handshake_failure' }]);
  });
});
