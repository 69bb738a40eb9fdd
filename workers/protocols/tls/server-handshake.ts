/**
 * server-handshake — the server's half of the TLS 1.3 handshake
 *
 *   ClientHello                    -->
 *                                  <--   HelloRetryRequest        when no key share is of a group we have
 *   ClientHello                    -->
 *                                  <--   ServerHello, {EncryptedExtensions, Certificate,
 *                                        CertificateVerify, Finished}            RFC 8446 §2, figure 1
 *   {Finished}                     -->
 *
 * SIMPLIFIED: no session tickets are sent (OpenSSL sends two), no client certificate is asked for
 * (smtpd_tls_ask_ccert = no), ALPN is ignored.
 *
 * STANDARDS  RFC 8446 §4.1–4.4, §9.2; choices between what both have are OpenSSL's defaults
 * ERRORS     TlsFailure(alert, reason), DecodeError
 */
import type { Channel, Handshake, HandshakeResult } from './channel.ts';
import { cipherSuites, type CipherSuite } from './cipher-suite.ts';
import type { Credentials } from './credentials.ts';
import { TlsEngine } from './engine.ts';
import {
  decodeClientHello,
  decodeClientVersions,
  decodeKeyShares,
  decodeServerName,
  decodeU16List,
  encodeCertificate,
  encodeCertificateVerify,
  encodeEncryptedExtensions,
  encodeFinished,
  encodeKeyShare,
  encodeServerHello,
  retryRandom,
  type ClientHello,
  type Extensions,
  type KeyShare,
} from './handshake-message.ts';
import type { HandshakeMessage } from './handshake-reader.ts';
import { generateKeyPair, groups, sharedSecret, type Group } from './key-exchange.ts';
import { finishedMac, KeySchedule, type TrafficSecrets } from './key-schedule.ts';
import { equalBytes, signPss } from './rsa.ts';
import { certificateVerifyContent, rsaPssSha256 } from './signature-scheme.ts';
import {
  extensionType,
  handshakeType,
  randomBytes,
  tls13,
  TlsFailure,
  type RandomSource,
  type TlsSummary,
} from './terms.ts';

export interface TlsServerOptions {
  random: RandomSource;
  credentials: Credentials;
  /** names of the groups allowed, best first; default all */
  groups?: readonly Group['name'][];
  /** names of the suites allowed; default all */
  cipherSuites?: readonly string[];
}

/** A server's engine: waits for a ClientHello. */
export function tlsServer(options: TlsServerOptions): TlsEngine {
  return new TlsEngine('server', (channel) => new ServerHandshake(channel, options));
}

/** What is kept of a ClientHello over a HelloRetryRequest. */
interface Retry {
  random: Uint8Array;
  sessionId: Uint8Array;
  suite: CipherSuite;
  group: Group;
}

class ServerHandshake implements Handshake {
  result: HandshakeResult | null = null;
  readonly #channel: Channel;
  readonly #options: TlsServerOptions;
  #expected: number = handshakeType.clientHello;
  #retry: Retry | null = null;
  #schedule: KeySchedule | null = null;
  #summary: TlsSummary | null = null;
  #handshakeSecrets: TrafficSecrets | null = null;
  #applicationSecrets: TrafficSecrets | null = null;

  constructor(channel: Channel, options: TlsServerOptions) {
    this.#channel = channel;
    this.#options = options;
  }

  get acceptsChangeCipherSpec(): boolean {
    const sawHello = this.#retry !== null || this.#schedule !== null;
    return sawHello && this.result === null;
  }

  start(): void {}

  receive(message: HandshakeMessage): void {
    if (message.type !== this.#expected) throw new TlsFailure('unexpected_message', 'unexpected message');
    if (message.type === handshakeType.finished) return this.#finish(message);
    this.#hello(message);
  }

  #hello(message: HandshakeMessage): void {
    const hello = decodeClientHello(message.body);
    const suite = this.#chooseSuite(hello);
    const share = this.#chooseShare(hello);
    const { transcript } = this.#channel;
    transcript.add(message.whole);
    if (!('key' in share)) return this.#askAgain(hello, suite, share);
    if (this.#retry === null) transcript.begin(suite);
    this.#answer(hello, suite, share);
  }

  #chooseSuite(hello: ClientHello): CipherSuite {
    const versions = decodeClientVersions(hello.extensions.get(extensionType.supportedVersions));
    if (!versions.includes(tls13)) throw new TlsFailure('protocol_version', 'unsupported protocol');
    if (hello.compressions.length !== 1 || hello.compressions[0] !== 0)
      throw new TlsFailure('illegal_parameter', 'invalid compression algorithm');
    const allowed = this.#options.cipherSuites;
    // tls_preempt_cipherlist = no: the client's order counts.
    for (const code of hello.cipherSuites) {
      const suite = cipherSuites.find((known) => known.code === code);
      if (suite === undefined || (allowed !== undefined && !allowed.includes(suite.name))) continue;
      if (this.#retry !== null && this.#retry.suite !== suite) break;
      return suite;
    }
    if (this.#retry !== null) throw new TlsFailure('illegal_parameter', 'bad cipher');
    throw new TlsFailure('handshake_failure', 'no shared cipher');
  }

  /** The share to go on with; or only the group to ask a share of. */
  #chooseShare(hello: ClientHello): KeyShare | { group: number } {
    const { extensions } = hello;
    if (!extensions.has(extensionType.signatureAlgorithms))
      throw new TlsFailure('missing_extension', 'missing sigalgs extension');
    if (!decodeU16List(extensions.get(extensionType.signatureAlgorithms)).includes(rsaPssSha256.code))
      throw new TlsFailure('handshake_failure', 'no suitable signature algorithm');
    const offered = decodeU16List(extensions.get(extensionType.supportedGroups));
    const shares = decodeKeyShares(extensions.get(extensionType.keyShare));
    if (offered.length === 0 || shares === null)
      throw new TlsFailure('missing_extension', 'no suitable key share');
    if (shares.some(({ group }) => !offered.includes(group)))
      throw new TlsFailure('illegal_parameter', 'bad key share');
    const ours = this.#groups();
    if (this.#retry !== null) return this.#shareAfterRetry(this.#retry, hello, shares);
    const share = shares.find(({ group }) => ours.some(({ code }) => code === group));
    if (share !== undefined) return share;
    const wanted = ours.find(({ code }) => offered.includes(code));
    if (wanted === undefined) throw new TlsFailure('handshake_failure', 'no suitable key share');
    return { group: wanted.code };
  }

  // RFC 8446 §4.1.2: the second hello is the first one, with the one share that was asked for.
  #shareAfterRetry(retry: Retry, hello: ClientHello, shares: readonly KeyShare[]): KeyShare {
    const [share] = shares;
    const isSame = equalBytes(hello.random, retry.random) && equalBytes(hello.sessionId, retry.sessionId);
    if (!isSame || shares.length !== 1 || share === undefined || share.group !== retry.group.code)
      throw new TlsFailure('illegal_parameter', 'bad key share');
    return share;
  }

  #groups(): Group[] {
    const names = this.#options.groups ?? groups.map(({ name }) => name);
    return names.flatMap((name) => groups.filter((group) => group.name === name));
  }

  #askAgain(hello: ClientHello, suite: CipherSuite, wanted: { group: number }): void {
    const channel = this.#channel;
    channel.transcript.begin(suite);
    channel.transcript.replaceByMessageHash();
    const group = groups.find(({ code }) => code === wanted.group)!;
    const sessionId = hello.sessionId.slice();
    this.#retry = { random: hello.random.slice(), sessionId, suite, group };
    const extensions: Extensions = new Map([
      [extensionType.keyShare, u16(group.code)],
      [extensionType.supportedVersions, u16(tls13)],
    ]);
    channel.sendHandshake(
      encodeServerHello({ random: retryRandom, sessionId, cipherSuite: suite.code, extensions }),
    );
    if (sessionId.length > 0) channel.sendChangeCipherSpec();
  }

  #answer(hello: ClientHello, suite: CipherSuite, share: KeyShare): void {
    const channel = this.#channel;
    const { random } = this.#options;
    const serverName = decodeServerName(hello.extensions.get(extensionType.serverName));
    const group = groups.find(({ code }) => code === share.group)!;
    const serverRandom = randomBytes(random, 32);
    const pair = generateKeyPair(group, random);
    const shared = sharedSecret(pair, share.key);
    const extensions: Extensions = new Map([
      [extensionType.keyShare, encodeKeyShare({ group: group.code, key: pair.publicKey })],
      [extensionType.supportedVersions, u16(tls13)],
    ]);
    channel.sendHandshake(
      encodeServerHello({
        random: serverRandom,
        sessionId: hello.sessionId,
        cipherSuite: suite.code,
        extensions,
      }),
    );
    if (hello.sessionId.length > 0 && this.#retry === null) channel.sendChangeCipherSpec();
    this.#schedule = new KeySchedule(suite);
    const secrets = this.#schedule.handshake(shared, channel.transcript.hash());
    channel.logHandshakeSecrets(hello.random, secrets);
    channel.setReadKeys(suite, secrets.client);
    channel.setWriteKeys(suite, secrets.server);
    this.#handshakeSecrets = secrets;
    this.#expected = handshakeType.finished;
    this.#proveIdentity(secrets);
    const application = this.#schedule.application(channel.transcript.hash());
    channel.logApplicationSecrets(hello.random, application);
    channel.setWriteKeys(suite, application.server);
    this.#applicationSecrets = application;
    this.#summary = this.#summarize(suite, group, serverName);
  }

  #proveIdentity(secrets: TrafficSecrets): void {
    const channel = this.#channel;
    const { suite } = this.#schedule!;
    const { certificates, privateKey } = this.#options.credentials;
    channel.sendHandshake(encodeEncryptedExtensions(new Map()));
    channel.sendHandshake(encodeCertificate(certificates));
    const content = certificateVerifyContent('server', channel.transcript.hash());
    const salt = randomBytes(this.#options.random, 32);
    const signature = signPss(privateKey, rsaPssSha256.hash, content, salt);
    channel.sendHandshake(encodeCertificateVerify(rsaPssSha256.code, signature));
    channel.sendHandshake(encodeFinished(finishedMac(suite, secrets.server, channel.transcript.hash())));
  }

  #finish({ body }: HandshakeMessage): void {
    const channel = this.#channel;
    const { suite } = this.#schedule!;
    const application = this.#applicationSecrets!;
    // Nothing was added to the transcript since our own Finished.
    const expected = finishedMac(suite, this.#handshakeSecrets!.client, channel.transcript.hash());
    if (!equalBytes(body, expected)) throw new TlsFailure('decrypt_error', 'digest check failed');
    channel.setReadKeys(suite, application.client);
    this.result = {
      summary: this.#summary!,
      suite,
      readSecret: application.client,
      writeSecret: application.server,
    };
  }

  #summarize(suite: CipherSuite, group: Group, serverName: string | null): TlsSummary {
    const { bits } = this.#options.credentials.privateKey;
    return {
      protocol: 'TLSv1.3',
      cipher: suite.name,
      cipherBits: 8 * suite.keyBytes,
      group: group.name,
      serverSignature: { name: 'RSA-PSS', bits, curve: '', digest: rsaPssSha256.digest },
      serverName,
      peerCertificates: [],
    };
  }
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}
