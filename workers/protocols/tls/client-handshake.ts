/**
 * client-handshake — the client's half of the TLS 1.3 handshake
 *
 * The server has to prove that it owns the key of its certificate; whether that certificate is trusted is not
 * decided here (verify-chain.ts), as Postfix's smtp(8) decides by smtp_tls_security_level.
 *
 * SIMPLIFIED: no resumption, so psk_key_exchange_modes is not offered and no server sends tickets; no client
 * certificate (smtp_tls_cert_file is empty).
 *
 * STANDARDS  RFC 8446 §4.1–4.4; RFC 6066 §3
 * ERRORS     TlsFailure(alert, reason), DecodeError
 * SEE ALSO   server-handshake.ts (with the picture)
 */
import { DecodeError } from '../../bytes/byte-reader.ts';

import { decodeCertificate } from './certificate.ts';
import type { Channel, Handshake, HandshakeResult } from './channel.ts';
import { cipherSuites, type CipherSuite } from './cipher-suite.ts';
import { TlsEngine } from './engine.ts';
import {
  decodeCertificateMessage,
  decodeCertificateRequest,
  decodeCertificateVerify,
  decodeEncryptedExtensions,
  decodeKeyShare,
  decodeServerHello,
  decodeU16,
  decodeU16List,
  encodeCertificate,
  encodeClientHello,
  encodeFinished,
  encodeKeyShares,
  encodeServerName,
  encodeU16List,
  retryRandom,
  type ClientHello,
  type Extensions,
  type ServerHello,
} from './handshake-message.ts';
import type { HandshakeMessage } from './handshake-reader.ts';
import { generateKeyPair, groups, sharedSecret, type Group, type KeyPair } from './key-exchange.ts';
import { finishedMac, KeySchedule, type TrafficSecrets } from './key-schedule.ts';
import { equalBytes } from './rsa.ts';
import {
  certificateVerifyContent,
  signatureSchemes,
  verifySignature,
  type PublicKey,
  type SignatureScheme,
} from './signature-scheme.ts';
import { extensionType, handshakeType, randomBytes, tls13, TlsFailure, type RandomSource } from './terms.ts';

export interface TlsClientOptions {
  random: RandomSource;
  /** host name for server_name; '' = none is sent (smtp_tls_servername) */
  serverName: string;
  /** names of the groups offered; the first one's key share is sent at once; default all */
  groups?: readonly Group['name'][];
  /** names of the suites offered, in this order; default all */
  cipherSuites?: readonly string[];
}

/** What a client says first, and the key that belongs to it. */
export interface ClientOffer {
  hello: ClientHello;
  pair: KeyPair;
}

/** A client's engine: `start()` gives its hello. */
export function tlsClient(options: TlsClientOptions): TlsEngine {
  return tlsClientWith(makeOffer(options), options.random);
}

/** A client with a hello that was made elsewhere. */
export function tlsClientWith(offer: ClientOffer, random: RandomSource): TlsEngine {
  return new TlsEngine('client', (channel) => new ClientHandshake(channel, offer, random));
}

function makeOffer(options: TlsClientOptions): ClientOffer {
  const names = options.groups ?? groups.map(({ name }) => name);
  const offered = names.flatMap((name) => groups.filter((group) => group.name === name));
  const suites = (options.cipherSuites ?? cipherSuites.map(({ name }) => name)).flatMap((name) =>
    cipherSuites.filter((suite) => suite.name === name),
  );
  const random = randomBytes(options.random, 32);
  const sessionId = randomBytes(options.random, 32); // RFC 8446 §D.4: as if to resume
  const pair = generateKeyPair(offered[0]!, options.random);
  const extensions: Extensions = new Map();
  if (options.serverName !== '')
    extensions.set(extensionType.serverName, encodeServerName(options.serverName));
  extensions.set(extensionType.supportedGroups, encodeU16List(offered.map(({ code }) => code)));
  extensions.set(extensionType.signatureAlgorithms, encodeU16List(signatureSchemes.map(({ code }) => code)));
  extensions.set(extensionType.supportedVersions, Uint8Array.of(2, tls13 >> 8, tls13 & 0xff));
  extensions.set(extensionType.keyShare, encodeKeyShares([{ group: pair.group.code, key: pair.publicKey }]));
  const codes = suites.map(({ code }) => code);
  return {
    hello: { random, sessionId, cipherSuites: codes, compressions: Uint8Array.of(0), extensions },
    pair,
  };
}

class ClientHandshake implements Handshake {
  result: HandshakeResult | null = null;
  readonly acceptsChangeCipherSpec = true;
  readonly #channel: Channel;
  readonly #random: RandomSource;
  #offer: ClientOffer;
  #expected: readonly number[] = [handshakeType.serverHello];
  #retrySuite: CipherSuite | null = null;
  #sentChangeCipherSpec = false;
  #schedule: KeySchedule | null = null;
  #secrets: TrafficSecrets | null = null;
  #certificateAsked = false;
  #chain: Uint8Array[] = [];
  #serverKey: PublicKey | null = null;
  #scheme: SignatureScheme | null = null;

  constructor(channel: Channel, offer: ClientOffer, random: RandomSource) {
    this.#channel = channel;
    this.#offer = offer;
    this.#random = random;
  }

  start(): void {
    this.#channel.sendFirstHello(encodeClientHello(this.#offer.hello));
  }

  receive(message: HandshakeMessage): void {
    if (!this.#expected.includes(message.type))
      throw new TlsFailure('unexpected_message', 'unexpected message');
    const { body } = message;
    // CertificateVerify and Finished are about what came before them.
    const before = this.#schedule === null ? null : this.#channel.transcript.hash();
    if (message.type === handshakeType.serverHello) return this.#serverHello(message);
    this.#channel.transcript.add(message.whole);
    switch (message.type) {
      case handshakeType.encryptedExtensions:
        return this.#encryptedExtensions(body);
      case handshakeType.certificateRequest:
        decodeCertificateRequest(body);
        this.#certificateAsked = true;
        this.#expected = [handshakeType.certificate];
        return;
      case handshakeType.certificate:
        return this.#certificate(body);
      case handshakeType.certificateVerify:
        return this.#certificateVerify(body, before!);
      default:
        return this.#finished(body, before!);
    }
  }

  #serverHello(message: HandshakeMessage): void {
    const hello = decodeServerHello(message.body);
    const suite = cipherSuites.find(({ code }) => code === hello.cipherSuite);
    if (!equalBytes(hello.sessionId, this.#offer.hello.sessionId))
      throw new TlsFailure('illegal_parameter', 'invalid session id');
    if (suite === undefined || !this.#offer.hello.cipherSuites.includes(suite.code))
      throw new TlsFailure('illegal_parameter', 'wrong cipher returned');
    if (this.#retrySuite !== null && suite !== this.#retrySuite)
      throw new TlsFailure('illegal_parameter', 'wrong cipher returned');
    if (equalBytes(hello.random, retryRandom)) return this.#helloAgain(hello, suite, message.whole);
    if (this.#retrySuite === null) this.#channel.transcript.begin(suite);
    this.#channel.transcript.add(message.whole);
    this.#agree(hello, suite);
  }

  #agree(hello: ServerHello, suite: CipherSuite): void {
    const channel = this.#channel;
    expectOnly(hello.extensions, [extensionType.keyShare, extensionType.supportedVersions]);
    const extension = hello.extensions.get(extensionType.keyShare);
    if (extension === undefined) throw new TlsFailure('missing_extension', 'no suitable key share');
    const share = decodeKeyShare(extension);
    if (share.group !== this.#offer.pair.group.code)
      throw new TlsFailure('illegal_parameter', 'bad key share');
    this.#schedule = new KeySchedule(suite);
    const shared = sharedSecret(this.#offer.pair, share.key);
    this.#secrets = this.#schedule.handshake(shared, channel.transcript.hash());
    channel.logHandshakeSecrets(this.#offer.hello.random, this.#secrets);
    channel.setReadKeys(suite, this.#secrets.server);
    channel.setWriteKeys(suite, this.#secrets.client);
    this.#expected = [handshakeType.encryptedExtensions];
  }

  // HelloRetryRequest (RFC 8446 §4.1.4): the same hello again, with another key share, a cookie, or both.
  #helloAgain(retry: ServerHello, suite: CipherSuite, whole: Uint8Array): void {
    const { transcript } = this.#channel;
    if (this.#retrySuite !== null) throw new TlsFailure('unexpected_message', 'unexpected message');
    expectOnly(retry.extensions, [
      extensionType.keyShare,
      extensionType.supportedVersions,
      extensionType.cookie,
    ]);
    const selected = retry.extensions.get(extensionType.keyShare);
    const cookie = retry.extensions.get(extensionType.cookie);
    if (selected === undefined && cookie === undefined)
      throw new TlsFailure('illegal_parameter', 'no change following hrr');
    this.#retrySuite = suite;
    transcript.begin(suite);
    transcript.replaceByMessageHash();
    transcript.add(whole);
    let { pair } = this.#offer;
    const extensions = new Map(this.#offer.hello.extensions);
    if (selected !== undefined) {
      pair = generateKeyPair(this.#groupToRetry(decodeU16(selected)), this.#random);
      extensions.set(
        extensionType.keyShare,
        encodeKeyShares([{ group: pair.group.code, key: pair.publicKey }]),
      );
    }
    if (cookie !== undefined) extensions.set(extensionType.cookie, cookie.slice());
    this.#offer = { hello: { ...this.#offer.hello, extensions }, pair };
    this.#changeCipherSpec();
    this.#channel.sendHandshake(encodeClientHello(this.#offer.hello));
  }

  #groupToRetry(code: number): Group {
    const offered = decodeU16List(this.#offer.hello.extensions.get(extensionType.supportedGroups));
    const group = groups.find((known) => known.code === code);
    if (group === undefined || !offered.includes(code) || code === this.#offer.pair.group.code)
      throw new TlsFailure('illegal_parameter', 'bad key share');
    return group;
  }

  #encryptedExtensions(body: Uint8Array): void {
    expectOnly(decodeEncryptedExtensions(body), [...this.#offer.hello.extensions.keys()]);
    this.#expected = [handshakeType.certificateRequest, handshakeType.certificate];
  }

  #certificate(body: Uint8Array): void {
    this.#chain = decodeCertificateMessage(body);
    try {
      this.#serverKey = decodeCertificate(this.#chain[0]!).publicKey;
    } catch (error) {
      if (error instanceof DecodeError) throw new TlsFailure('bad_certificate', 'ASN1 lib');
      throw error;
    }
    if (this.#serverKey === null) throw new TlsFailure('unsupported_certificate', 'unknown certificate type');
    this.#expected = [handshakeType.certificateVerify];
  }

  #certificateVerify(body: Uint8Array, transcript: Uint8Array): void {
    const { scheme: code, signature } = decodeCertificateVerify(body);
    const scheme = signatureSchemes.find((known) => known.code === code);
    // RFC 8446 §4.4.3: RSASSA-PKCS1-v1_5 is for certificates alone.
    if (scheme === undefined || scheme.algorithm === 'rsa-pkcs1')
      throw new TlsFailure('illegal_parameter', 'wrong signature type');
    const content = certificateVerifyContent('server', transcript);
    if (!verifySignature(this.#serverKey!, scheme, content, signature))
      throw new TlsFailure('decrypt_error', 'bad signature');
    this.#scheme = scheme;
    this.#expected = [handshakeType.finished];
  }

  #finished(body: Uint8Array, before: Uint8Array): void {
    const channel = this.#channel;
    const schedule = this.#schedule!;
    const { suite } = schedule;
    if (!equalBytes(body, finishedMac(suite, this.#secrets!.server, before)))
      throw new TlsFailure('decrypt_error', 'digest check failed');
    const application = schedule.application(channel.transcript.hash());
    channel.logApplicationSecrets(this.#offer.hello.random, application);
    channel.setReadKeys(suite, application.server);
    this.#changeCipherSpec();
    if (this.#certificateAsked) channel.sendHandshake(encodeCertificate([]));
    const verifyData = finishedMac(suite, this.#secrets!.client, channel.transcript.hash());
    channel.sendHandshake(encodeFinished(verifyData));
    channel.setWriteKeys(suite, application.client);
    this.result = {
      suite,
      readSecret: application.server,
      writeSecret: application.client,
      summary: {
        protocol: 'TLSv1.3',
        cipher: suite.name,
        cipherBits: 8 * suite.keyBytes,
        group: this.#offer.pair.group.name,
        serverSignature: describeSignature(this.#scheme!, this.#serverKey!),
        serverName: null,
        peerCertificates: this.#chain,
      },
    };
  }

  #changeCipherSpec(): void {
    if (!this.#sentChangeCipherSpec && this.#offer.hello.sessionId.length > 0)
      this.#channel.sendChangeCipherSpec();
    this.#sentChangeCipherSpec = true;
  }
}

function describeSignature(
  scheme: SignatureScheme,
  key: PublicKey,
): { name: 'RSA-PSS' | 'ECDSA'; bits: number; curve: string; digest: string } {
  return key.kind === 'rsa'
    ? { name: 'RSA-PSS', bits: key.bits, curve: '', digest: scheme.digest }
    : { name: 'ECDSA', bits: 0, curve: 'P-256', digest: scheme.digest };
}

/** RFC 8446 §4.2: a server answers only to what was offered. */
function expectOnly(extensions: Extensions, allowed: readonly number[]): void {
  for (const type of extensions.keys())
    if (!allowed.includes(type)) throw new TlsFailure('unsupported_extension', 'unsolicited extension');
}
