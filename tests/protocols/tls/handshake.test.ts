// Our client and our server with each other: what can be agreed on, and what each says when it cannot be.
import { describe, expect, test } from 'vitest';

import * as ascii from '../../../workers/bytes/ascii.ts';
import { concat } from '../../../workers/bytes/concat.ts';
import * as hex from '../../../workers/bytes/hex.ts';
import { HostRandom } from '../../../workers/kernel/random.ts';
import { cipherSuites } from '../../../workers/protocols/tls/cipher-suite.ts';
import {
  decodeClientHello,
  encodeClientHello,
  encodeFinished,
} from '../../../workers/protocols/tls/handshake-message.ts';
import {
  formatLibraryError,
  formatReceivedLines,
  formatSummary,
  trustWord,
} from '../../../workers/protocols/tls/index.ts';
import { alertReason } from '../../../workers/protocols/tls/openssl-error.ts';
import { groups } from '../../../workers/protocols/tls/key-exchange.ts';
import { RecordWriter } from '../../../workers/protocols/tls/record-layer.ts';
import { alertCode, contentType, type AlertName } from '../../../workers/protocols/tls/terms.ts';
import { credentialsOf, hostCredentials, makeClient, makeServer, Pair } from './ends.ts';

const text = (bytes: Uint8Array) => ascii.decode(bytes);

function established(pair: Pair): Pair {
  expect(pair.client.events).toMatchObject([{ kind: 'established' }]);
  expect(pair.server.events).toMatchObject([{ kind: 'established' }]);
  return pair;
}

/** Our client's hello with a change, as a record. */
function helloWith(change: (hello: ReturnType<typeof decodeClientHello>) => void): Uint8Array {
  const hello = decodeClientHello(makeClient().start().subarray(9));
  change(hello);
  const message = encodeClientHello(hello);
  return concat([Uint8Array.of(22, 3, 1, message.length >> 8, message.length & 255), message]);
}

function alertRecord(alert: AlertName): Uint8Array {
  return Uint8Array.of(21, 3, 3, 0, 2, 2, alertCode(alert));
}

describe('agreement', () => {
  for (const { name: suite } of cipherSuites)
    for (const { name: group } of groups)
      test(`${suite} with ${group}: both ends know the same, and talk`, () => {
        const client = makeClient({ cipherSuites: [suite], groups: [group] });
        const pair = established(new Pair(client, makeServer()).shakeHands());
        expect(client.summary).toMatchObject({ cipher: suite, group, serverName: null });
        expect(client.summary!.peerCertificates).toEqual(hostCredentials.certificates);
        expect(pair.server.engine.summary).toMatchObject({
          cipher: suite,
          group,
          serverName: 'mta1.acme.example',
        });
        expect(pair.server.engine.keyLog).toEqual(client.keyLog);
        pair.deliver(pair.client, client.write(ascii.encode('EHLO client.example\r\n')));
        pair.deliver(pair.server, pair.server.engine.write(ascii.encode('250 mta1.acme.example\r\n')));
        expect(text(pair.server.plaintext)).toBe('EHLO client.example\r\n');
        expect(text(pair.client.plaintext)).toBe('250 mta1.acme.example\r\n');
      });

  test('the client’s order of suites counts, among those that the server allows', () => {
    const allowed = ['TLS_AES_128_GCM_SHA256', 'TLS_CHACHA20_POLY1305_SHA256'];
    const pair = established(new Pair(makeClient(), makeServer({ cipherSuites: allowed })).shakeHands());
    expect(pair.client.engine.summary!.cipher).toBe('TLS_CHACHA20_POLY1305_SHA256');
  });

  test('a server that wants another group gets a share of it after a HelloRetryRequest', () => {
    const pair = established(new Pair(makeClient(), makeServer({ groups: ['P-256'] })).shakeHands());
    expect(pair.wire).toHaveLength(5); // hello, retry, hello, flight, Finished
    expect(pair.client.engine.summary!.group).toBe('P-256');
    const retry = pair.wire[1]!.bytes;
    expect([...retry.subarray(-6)]).toEqual([20, 3, 3, 0, 1, 1]);
    expect(pair.wire[2]!.bytes.subarray(0, 6)).toEqual(Uint8Array.of(20, 3, 3, 0, 1, 1));
  });

  test('no server name is sent when there is none', () => {
    const pair = established(new Pair(makeClient({ serverName: '' }), makeServer()).shakeHands());
    expect(pair.server.engine.summary!.serverName).toBeNull();
  });

  test('the same random numbers give the same bytes, others do not', () => {
    const wire = (seed: number) =>
      new Pair(makeClient({ random: new HostRandom(seed, 'client') }), makeServer()).shakeHands().wire;
    expect(wire(1)).toEqual(wire(1));
    expect(wire(1)).not.toEqual(wire(2));
  });

  test('bytes may come one by one', () => {
    const pair = established(new Pair(makeClient(), makeServer(), { cut: 1 }).shakeHands());
    pair.deliver(pair.client, pair.client.engine.write(ascii.encode('QUIT\r\n')));
    expect(text(pair.server.plaintext)).toBe('QUIT\r\n');
  });

  test('handshake messages may be cut over several records', () => {
    const server = makeServer();
    const hello = makeClient().start();
    const message = hello.subarray(5);
    const records: Uint8Array[] = [];
    for (let at = 0; at < message.length; at += 10) {
      const piece = message.subarray(at, at + 10);
      records.push(Uint8Array.of(22, 3, 1, 0, piece.length), piece);
    }
    expect(server.receive(concat(records)).toPeer).toEqual(makeServer().receive(hello).toPeer);
  });

  test('what is longer than a record is cut into records of 16384 bytes', () => {
    const pair = new Pair(makeClient(), makeServer()).shakeHands();
    const long = new Uint8Array(40000).fill(65);
    const bytes = pair.client.engine.write(long);
    expect(bytes.length).toBe(40000 + 3 * 22);
    pair.deliver(pair.client, bytes);
    expect(pair.server.plaintext).toEqual(long);
  });

  test('the texts are those of Postfix', () => {
    const pair = new Pair(makeClient(), makeServer()).shakeHands();
    const summary = pair.server.engine.summary!;
    expect(formatSummary(summary)).toBe(
      'TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 ' +
        'server-signature RSA-PSS (2048 bits) server-digest SHA256',
    );
    expect(formatReceivedLines({ ...summary, group: 'P-256' })).toEqual([
      '(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)',
      ' key-exchange ECDHE (P-256) server-signature RSA-PSS (2048 bits) server-digest SHA256)',
      '(No client certificate requested)',
    ]);
    expect(trustWord(null, false)).toBe('Anonymous');
    expect(trustWord({ untrusted: 'certificate has expired', nameMatches: true }, true)).toBe('Untrusted');
    expect(trustWord({ untrusted: null, nameMatches: true }, false)).toBe('Trusted');
    expect(trustWord({ untrusted: null, nameMatches: true }, true)).toBe('Verified');
  });
});

test('what goes wrong has the codes of OpenSSL', () => {
  expect(formatLibraryError('unsupported protocol')).toBe(
    'error:0A000102:SSL routines::unsupported protocol',
  );
  expect(formatLibraryError('ASN1 lib')).toBe('error:0A08000D:SSL routines::ASN1 lib');
  const texts = [40, 48, 109, 110, 90, 200].map((code) => formatLibraryError(alertReason(code)));
  expect(texts).toEqual([
    'error:0A000410:SSL routines::sslv3 alert handshake failure',
    'error:0A000418:SSL routines::tlsv1 alert unknown ca',
    'error:0A000455:SSL routines::tlsv13 alert missing extension',
    'error:0A000456:SSL routines::tlsv1 unsupported extension',
    'error:0A000442:SSL routines::tlsv1 alert user cancelled',
    'error:0A0004B0:SSL routines::reason(1200)',
  ]);
});

describe('after the handshake', () => {
  test('RFC 8446 §4.6.3: a KeyUpdate changes the keys, and is answered when asked', () => {
    const pair = established(new Pair(makeClient(), makeServer()).shakeHands());
    const before = pair.wire.length;
    pair.deliver(pair.client, pair.client.engine.updateKeys());
    expect(pair.wire.length).toBe(before + 2);
    pair.deliver(pair.server, pair.server.engine.updateKeys());
    pair.deliver(pair.client, pair.client.engine.write(ascii.encode('a')));
    pair.deliver(pair.server, pair.server.engine.write(ascii.encode('b')));
    expect([text(pair.server.plaintext), text(pair.client.plaintext)]).toEqual(['a', 'b']);
  });

  test('more than 32 key updates without data are refused', () => {
    const pair = established(new Pair(makeClient(), makeServer()).shakeHands());
    for (let i = 0; i < 33; i++) pair.deliver(pair.client, pair.client.engine.updateKeys());
    expect(pair.server.events.at(-1)).toMatchObject({ kind: 'failed', reason: 'too many key updates' });
  });

  test('close_notify ends one direction; the other may go on', () => {
    const pair = established(new Pair(makeClient(), makeServer()).shakeHands());
    pair.deliver(pair.client, pair.client.engine.close());
    expect(pair.server.events.at(-1)).toEqual({ kind: 'peer-closed' });
    expect([pair.client.engine.state, pair.server.engine.state]).toEqual(['closed', 'open']);
    pair.deliver(pair.server, pair.server.engine.write(ascii.encode('221 2.0.0 Bye\r\n')));
    expect(text(pair.client.plaintext)).toBe('221 2.0.0 Bye\r\n');
    pair.deliver(pair.server, pair.server.engine.close());
    expect(pair.client.events.at(-1)).toEqual({ kind: 'peer-closed' });
    expect(pair.client.engine.close()).toHaveLength(0);
    expect(pair.client.engine.write(ascii.encode('more'))).toHaveLength(0);
  });

  test('a ChangeCipherSpec after the handshake is unexpected', () => {
    const pair = established(new Pair(makeClient(), makeServer()).shakeHands());
    const step = pair.server.engine.receive(Uint8Array.of(20, 3, 3, 0, 1, 1));
    expect(step.events).toMatchObject([{ kind: 'failed', alert: 'unexpected_message' }]);
    pair.deliver(pair.server, step.toPeer);
    expect(pair.client.events.at(-1)).toMatchObject({ kind: 'alert-received', alert: 'unexpected_message' });
  });

  test('a record with a bit changed is bad_record_mac, and nothing is taken any more', () => {
    const pair = established(new Pair(makeClient(), makeServer()).shakeHands());
    const record = pair.client.engine.write(ascii.encode('MAIL')).slice();
    record[9]! ^= 0x40;
    expect(pair.server.engine.receive(record).events).toMatchObject([
      { kind: 'failed', alert: 'bad_record_mac' },
    ]);
    const later = pair.server.engine.receive(pair.client.engine.write(ascii.encode('DATA')));
    expect(later).toEqual({ events: [], plaintext: new Uint8Array(0), toPeer: new Uint8Array(0) });
    expect(pair.server.engine.state).toBe('closed');
  });
});

describe('what the server refuses', () => {
  const refusals: [string, Uint8Array, AlertName, string][] = [
    [
      'a client of TLS 1.2 at most',
      helloWith(({ extensions }) => extensions.delete(43)),
      'protocol_version',
      'unsupported protocol',
    ],
    [
      'no suite in common',
      helloWith((hello) => (hello.cipherSuites = [0x1304, 0xc02f])),
      'handshake_failure',
      'no shared cipher',
    ],
    [
      'no group in common',
      helloWith(({ extensions }) => {
        extensions.set(10, Uint8Array.of(0, 2, 0, 0x18));
        extensions.set(51, Uint8Array.of(0, 0));
      }),
      'handshake_failure',
      'no suitable key share',
    ],
    [
      'no signature algorithm in common',
      helloWith(({ extensions }) => extensions.set(13, Uint8Array.of(0, 2, 4, 3))),
      'handshake_failure',
      'no suitable signature algorithm',
    ],
    [
      'no signature algorithms at all',
      helloWith(({ extensions }) => extensions.delete(13)),
      'missing_extension',
      'missing sigalgs extension',
    ],
    [
      'a key share of the wrong length',
      helloWith(({ extensions }) => extensions.set(51, Uint8Array.of(0, 5, 0, 0x1d, 0, 1, 9))),
      'illegal_parameter',
      'bad key share',
    ],
    [
      'a point that is not on the curve',
      helloWith(({ extensions }) =>
        extensions.set(51, Uint8Array.of(0, 69, 0, 0x17, 0, 65, 4, ...new Uint8Array(64).fill(7))),
      ),
      'illegal_parameter',
      'bad key share',
    ],
    [
      'an all-zero X25519 key',
      helloWith(({ extensions }) =>
        extensions.set(51, Uint8Array.of(0, 36, 0, 0x1d, 0, 32, ...new Uint8Array(32))),
      ),
      'illegal_parameter',
      'bad key share',
    ],
    [
      'a compression method',
      helloWith((hello) => (hello.compressions = Uint8Array.of(0, 1))),
      'illegal_parameter',
      'invalid compression algorithm',
    ],
    ['an empty handshake record', Uint8Array.of(22, 3, 1, 0, 0), 'unexpected_message', 'record too small'],
    [
      'a message that is no hello',
      Uint8Array.of(22, 3, 1, 0, 4, 20, 0, 0, 0),
      'unexpected_message',
      'unexpected message',
    ],
    [
      'a record that is too long',
      Uint8Array.of(22, 3, 1, 0x40, 1),
      'record_overflow',
      'data length too long',
    ],
    [
      'a message that is too long',
      Uint8Array.of(22, 3, 1, 0, 4, 1, 1, 0, 0),
      'illegal_parameter',
      'excessive message size',
    ],
    ['a hello cut short', Uint8Array.of(22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3), 'decode_error', 'length mismatch'],
    [
      'data before the handshake',
      Uint8Array.of(23, 3, 3, 0, 1, 65),
      'unexpected_message',
      'app data in handshake',
    ],
    [
      'ChangeCipherSpec before the hello',
      Uint8Array.of(20, 3, 3, 0, 1, 1),
      'unexpected_message',
      'unexpected ccs message',
    ],
  ];
  for (const [what, bytes, alert, reason] of refusals)
    test(`${what}: ${alert}`, () => {
      const server = makeServer();
      const step = server.receive(bytes);
      expect(step.events).toEqual([{ kind: 'failed', alert, reason }]);
      expect(step.toPeer.subarray(-7)).toEqual(alertRecord(alert));
      expect(server.state).toBe('closed');
    });

  test('what is no TLS gets no answer', () => {
    for (const line of ['EHLO client.example\r\n', 'G', '\x16\x02']) {
      const step = makeServer().receive(ascii.encode(line));
      expect(step.events).toEqual([{ kind: 'failed', alert: null, reason: 'wrong version number' }]);
      expect(step.toPeer).toHaveLength(0);
    }
  });

  test('a second hello that differs from the first', () => {
    const server = makeServer({ groups: ['P-256'] });
    const hello = helloWith(() => {});
    server.receive(hello);
    expect(server.receive(hello).events).toMatchObject([{ kind: 'failed', alert: 'illegal_parameter' }]);
  });

  test('a Finished over another transcript is decrypt_error', () => {
    const server = makeServer();
    server.receive(makeClient().start());
    const [suite] = cipherSuites;
    const writer = new RecordWriter();
    writer.setKeys(suite!, hex.decode(server.keyLog[0]!.split(' ')[2]!)!);
    const record: Uint8Array[] = [];
    writer.write(contentType.handshake, encodeFinished(new Uint8Array(48)), record);
    const { events } = server.receive(concat(record));
    expect(events).toEqual([{ kind: 'failed', alert: 'decrypt_error', reason: 'digest check failed' }]);
  });

  test('a client’s alert before it has keys is understood', () => {
    const server = makeServer();
    server.receive(makeClient().start());
    const step = server.receive(alertRecord('unsupported_certificate'));
    expect(step.events).toEqual([
      {
        kind: 'alert-received',
        alert: 'unsupported_certificate',
        reason: 'sslv3 alert unsupported certificate',
      },
    ]);
    expect(server.state).toBe('closed');
  });
});

describe('what the client refuses', () => {
  test('a server of TLS 1.2', () => {
    const client = makeClient();
    client.start();
    const hello = [2, 0, 0, 38, 3, 3, ...new Uint8Array(32), 0, 0xc0, 0x2f, 0];
    const step = client.receive(Uint8Array.of(22, 3, 3, 0, hello.length, ...hello));
    expect(step.events).toMatchObject([{ kind: 'failed', alert: 'protocol_version' }]);
    expect(step.toPeer).toEqual(alertRecord('protocol_version'));
  });

  test('a server that speaks SMTP where TLS is expected', () => {
    const client = makeClient();
    client.start();
    expect(client.receive(ascii.encode('220 mta1.acme.example ESMTP\r\n')).events).toMatchObject([
      { kind: 'failed', alert: null, reason: 'wrong version number' },
    ]);
  });

  test('a server that does not own the key of its certificate', () => {
    const { privateKey } = credentialsOf('mail.example.com');
    const stranger = { ...hostCredentials, privateKey };
    const pair = new Pair(makeClient(), makeServer({ credentials: stranger })).shakeHands();
    expect(pair.client.events).toEqual([{ kind: 'failed', alert: 'decrypt_error', reason: 'bad signature' }]);
    expect(pair.server.events).toEqual([
      { kind: 'alert-received', alert: 'decrypt_error', reason: 'tlsv1 alert decrypt error' },
    ]);
  });

  test('a certificate that is none', () => {
    const broken = { ...hostCredentials, certificates: [Uint8Array.of(0x30, 1, 0)] };
    const pair = new Pair(makeClient(), makeServer({ credentials: broken })).shakeHands();
    expect(pair.client.events).toMatchObject([{ kind: 'failed', alert: 'bad_certificate' }]);
  });

  test('a server that asks for a group again and again', () => {
    const client = makeClient();
    const server = makeServer({ groups: ['P-256'] });
    const retry = server.receive(client.start()).toPeer.slice(0, -6);
    client.receive(retry);
    expect(client.receive(retry).events).toMatchObject([{ kind: 'failed', alert: 'unexpected_message' }]);
  });

  test('closing in the middle of the handshake says so', () => {
    const client = makeClient();
    client.start();
    const canceled = [21, 3, 3, 0, 2, 1, alertCode('user_canceled')];
    expect(client.close()).toEqual(Uint8Array.of(...canceled, 21, 3, 3, 0, 2, 1, 0));
    expect(client.receive(makeServer().receive(makeClient().start()).toPeer).toPeer).toHaveLength(0);
    expect(client.state).toBe('closed');
  });
});
