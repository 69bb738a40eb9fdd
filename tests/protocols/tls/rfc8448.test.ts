// The example handshakes of RFC 8448, byte for byte.
import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { concat } from '../../../workers/bytes/concat.ts';
import * as hex from '../../../workers/bytes/hex.ts';
import { cipherSuites } from '../../../workers/protocols/tls/cipher-suite.ts';
import { tlsClientWith } from '../../../workers/protocols/tls/client-handshake.ts';
import { decodeClientHello, decodeServerHello } from '../../../workers/protocols/tls/handshake-message.ts';
import { groups, sharedSecret, type Group } from '../../../workers/protocols/tls/key-exchange.ts';
import { KeySchedule, trafficKeys, Transcript } from '../../../workers/protocols/tls/key-schedule.ts';
import { RecordReader, RecordWriter } from '../../../workers/protocols/tls/record-layer.ts';
import { contentType, type RandomSource } from '../../../workers/protocols/tls/terms.ts';
import { makeServer } from './ends.ts';

type Trace = Record<string, string>;
const traces = JSON.parse(
  readFileSync(new URL('./recorded/rfc8448.json', import.meta.url), 'utf8'),
) as unknown as Record<'simple' | 'helloRetryRequest' | 'clientAuthentication' | 'compatibilityMode', Trace>;
const suite = cipherSuites.find(({ name }) => name === 'TLS_AES_128_GCM_SHA256')!;
const bytes = (text: string) => hex.decode(text)!;

/** The handshake message in a plain record. */
function messageIn(record: string): Uint8Array {
  return bytes(record).subarray(5);
}

/** Gives out the bytes it was given. */
function pool(...parts: string[]): RandomSource {
  const all = concat(parts.map(bytes));
  let at = 0;
  return { u32: () => new DataView(all.buffer, all.byteOffset).getUint32(4 * at++) };
}

/** A client that says the trace's hello. */
function clientOf(trace: Trace, group: Group['name'] = 'X25519') {
  const hello = decodeClientHello(messageIn(trace['clientHello']!).subarray(4));
  const privateKey = bytes(trace['clientKey']!);
  const found = groups.find(({ name }) => name === group)!;
  const pair = { group: found, privateKey, publicKey: found.publicKey(privateKey) };
  return tlsClientWith({ hello, pair }, pool());
}

describe('RFC 8448 §3: simple 1-RTT handshake', () => {
  const trace = traces.simple;

  test('secrets and keys of each phase', () => {
    const transcript = new Transcript();
    transcript.begin(suite);
    transcript.add(messageIn(trace['clientHello']!));
    transcript.add(messageIn(trace['serverHello']!));
    const x25519 = groups[0]!;
    const privateKey = bytes(trace['serverKey']!);
    const pair = { group: x25519, privateKey, publicKey: x25519.publicKey(privateKey) };
    const shared = sharedSecret(pair, x25519.publicKey(bytes(trace['clientKey']!)));
    expect(hex.encode(shared)).toBe('8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d');
    const schedule = new KeySchedule(suite);
    const secrets = schedule.handshake(shared, transcript.hash());
    expect(hex.encode(secrets.client)).toBe(
      'b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21',
    );
    expect(hex.encode(secrets.server)).toBe(
      'b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38',
    );
    const { key, iv } = trafficKeys(suite, secrets.server);
    expect(hex.encode(key)).toBe('3fce516009c21727d0f2e4e86ee403bc');
    expect(hex.encode(iv)).toBe('5d313eb2671276ee13000b30');
    const reader = new RecordReader();
    reader.setKeys(suite, secrets.server);
    reader.feed(bytes(trace['serverFlight']!));
    transcript.add(reader.next()!.content);
    const application = schedule.application(transcript.hash());
    expect(hex.encode(application.client)).toBe(
      '9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5',
    );
    expect(hex.encode(application.server)).toBe(
      'a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643',
    );
    expect(hex.encode(application.exporter)).toBe(
      'fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50',
    );
  });

  test('our client sends what the client sent, from hello to close_notify', () => {
    const client = clientOf(trace);
    expect(hex.encode(client.start())).toBe(trace['clientHello']);
    const hello = client.receive(bytes(trace['serverHello']!));
    expect(hello).toMatchObject({ events: [], toPeer: new Uint8Array(0) });
    const flight = client.receive(bytes(trace['serverFlight']!));
    expect(hex.encode(flight.toPeer)).toBe(trace['clientFinished']);
    expect(flight.events).toEqual([
      {
        kind: 'established',
        summary: expect.objectContaining({
          cipher: 'TLS_AES_128_GCM_SHA256',
          group: 'X25519',
          serverSignature: { name: 'RSA-PSS', bits: 1024, curve: '', digest: 'SHA256' },
        }),
      },
    ]);
    expect(client.receive(bytes(trace['newSessionTicket']!)).events).toEqual([]);
    expect(hex.encode(client.write(bytes(trace['plaintext']!)))).toBe(trace['clientData']);
    expect(hex.encode(client.receive(bytes(trace['serverData']!)).plaintext)).toBe(trace['plaintext']);
    expect(hex.encode(client.close())).toBe(trace['clientCloseNotify']);
    expect(client.receive(bytes(trace['serverCloseNotify']!)).events).toEqual([{ kind: 'peer-closed' }]);
  });

  test('our server answers with the same ServerHello', () => {
    const server = makeServer({ random: pool(trace['serverRandom']!, trace['serverKey']!, '00'.repeat(32)) });
    const { toPeer } = server.receive(bytes(trace['clientHello']!));
    expect(hex.encode(toPeer.subarray(0, trace['serverHello']!.length / 2))).toBe(trace['serverHello']);
  });
});

describe('RFC 8448 §5: HelloRetryRequest', () => {
  const trace = traces.helloRetryRequest;

  test('the transcript starts with the hash of the first hello', () => {
    const transcript = new Transcript();
    transcript.add(messageIn(trace['clientHello']!));
    transcript.begin(suite);
    transcript.replaceByMessageHash();
    for (const name of ['helloRetryRequest', 'secondClientHello', 'serverHello'])
      transcript.add(messageIn(trace[name]!));
    const p256 = groups.find(({ name }) => name === 'P-256')!;
    const privateKey = bytes(trace['clientKey']!);
    const share = decodeServerHello(messageIn(trace['serverHello']!).subarray(4)).extensions.get(51)!;
    const pair = { group: p256, privateKey, publicKey: p256.publicKey(privateKey) };
    const secrets = new KeySchedule(suite).handshake(
      sharedSecret(pair, share.subarray(4)),
      transcript.hash(),
    );
    const reader = new RecordReader();
    reader.setKeys(suite, secrets.server);
    reader.feed(bytes(trace['serverFlight']!));
    expect(reader.next()).toMatchObject({ type: contentType.handshake, isProtected: true });
  });

  test('our client repeats its hello with a share of the group and the cookie', () => {
    const hello = messageIn(trace['clientHello']!);
    const second = decodeClientHello(messageIn(trace['secondClientHello']!).subarray(4));
    const client = tlsClientWith(
      {
        hello: decodeClientHello(hello.subarray(4)),
        pair: { group: groups[0]!, privateKey: new Uint8Array(32), publicKey: new Uint8Array(32) },
      },
      pool(trace['clientKey']!),
    );
    client.start();
    const { toPeer } = client.receive(bytes(trace['helloRetryRequest']!));
    const sent = decodeClientHello(toPeer.subarray(9));
    expect(hex.encode(toPeer.subarray(0, 3))).toBe('160303');
    expect(sent.random).toEqual(second.random);
    for (const type of [44, 51, 10, 13])
      expect(sent.extensions.get(type)).toEqual(second.extensions.get(type));
  });
});

test('RFC 8448 §6: a server with an ECDSA certificate that asks the client for one gets an empty one', () => {
  const trace = traces.clientAuthentication;
  const client = clientOf(trace);
  client.start();
  client.receive(bytes(trace['serverHello']!));
  const { toPeer, events } = client.receive(bytes(trace['serverFlight']!));
  expect(events).toMatchObject([
    {
      kind: 'established',
      summary: { serverSignature: { name: 'ECDSA', bits: 0, curve: 'P-256', digest: 'SHA256' } },
    },
  ]);
  // Certificate (4 + 4 bytes), then Finished (4 + 32), each in a record of its own.
  expect([toPeer[4], toPeer[5 + toPeer[4]! + 4]]).toEqual([8 + 17, 36 + 17]);
});

test('RFC 8448 §7: compatibility mode, our client sends ChangeCipherSpec before its Finished', () => {
  const trace = traces.compatibilityMode;
  const client = clientOf(trace);
  expect(hex.encode(client.start())).toBe(trace['clientHello']);
  client.receive(bytes(trace['serverHello']!));
  expect(hex.encode(client.receive(bytes(trace['serverFlight']!)).toPeer)).toBe(trace['clientFinished']);
  expect(hex.encode(client.close())).toBe(trace['clientCloseNotify']);
});

test('RFC 8448 §7: compatibility mode, our server echoes the session id and sends ChangeCipherSpec', () => {
  const trace = traces.compatibilityMode;
  const server = makeServer({ random: pool(trace['serverRandom']!, trace['serverKey']!, '00'.repeat(32)) });
  const { toPeer } = server.receive(bytes(trace['clientHello']!));
  expect(hex.encode(toPeer)).toMatch(new RegExp(`^${trace['serverHello']}140303000101170303`));
});

test('RFC 8439 §2.8.2 and RFC 5116: a record of each suite opens again, and not with a bit changed', () => {
  for (const known of cipherSuites) {
    const secret = new Uint8Array(known.hashBytes).fill(5);
    const writer = new RecordWriter();
    writer.setKeys(known, secret);
    const out: Uint8Array[] = [];
    writer.write(contentType.applicationData, Uint8Array.of(1, 2, 3), out);
    const open = (record: Uint8Array) => {
      const reader = new RecordReader();
      reader.setKeys(known, secret);
      reader.feed(record);
      return reader.next();
    };
    expect(open(concat(out))!.content).toEqual(Uint8Array.of(1, 2, 3));
    const changed = concat(out).slice();
    changed[7]! ^= 1;
    expect(() => open(changed)).toThrow('bad record mac');
  }
});
