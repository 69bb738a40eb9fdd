/**
 * channel — what both roles of a handshake work on: records in and out, the transcript, the key log
 *
 * SEE ALSO   engine.ts (owns it), server-handshake.ts, client-handshake.ts
 */
import * as hex from '../../bytes/hex.ts';

import type { CipherSuite } from './cipher-suite.ts';
import { HandshakeReader, type HandshakeMessage } from './handshake-reader.ts';
import { Transcript, type TrafficSecrets } from './key-schedule.ts';
import { RecordReader, RecordWriter } from './record-layer.ts';
import { contentType, TlsFailure, type TlsSummary } from './terms.ts';

/** One role's half of the handshake. */
export interface Handshake {
  /** Says what has to be said first. */
  start(): void;
  /** Takes the next message; throws TlsFailure or DecodeError when it is not as it should be. */
  receive(message: HandshakeMessage): void;
  /** Whether ChangeCipherSpec may come now (RFC 8446 §5: after the first ClientHello, before Finished). */
  readonly acceptsChangeCipherSpec: boolean;
  /** null until the handshake is done */
  readonly result: HandshakeResult | null;
}

export interface HandshakeResult {
  summary: TlsSummary;
  suite: CipherSuite;
  /** application traffic secrets, for KeyUpdate */
  readSecret: Uint8Array;
  writeSecret: Uint8Array;
}

export class Channel {
  readonly records = new RecordReader();
  readonly messages = new HandshakeReader();
  readonly transcript = new Transcript();
  /** Lines in the format of SSLKEYLOGFILE, without line ends. */
  readonly keyLog: string[] = [];
  readonly #writer = new RecordWriter();
  #out: Uint8Array[] = [];

  /** What is to be sent, since the last call. */
  takeOutput(): Uint8Array[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** Sends a handshake message and adds it to the transcript. */
  sendHandshake(message: Uint8Array): void {
    this.transcript.add(message);
    this.send(contentType.handshake, message);
  }

  /** RFC 8446 §5.1: the record of a first ClientHello says 0x0301 for the sake of old servers. */
  sendFirstHello(message: Uint8Array): void {
    this.#writer.version = 0x0301;
    this.sendHandshake(message);
    this.#writer.version = 0x0303;
  }

  /** RFC 8446 §D.4: what looks like TLS 1.2 passes through middleboxes. */
  sendChangeCipherSpec(): void {
    this.send(contentType.changeCipherSpec, Uint8Array.of(1));
  }

  send(type: number, content: Uint8Array): void {
    this.#writer.write(type, content, this.#out);
  }

  /** RFC 8446 §5.1: a message that changes keys ends its record. */
  setReadKeys(suite: CipherSuite, secret: Uint8Array): void {
    if (this.messages.isPartial) throw new TlsFailure('unexpected_message', 'not on record boundary');
    this.records.setKeys(suite, secret);
  }

  setWriteKeys(suite: CipherSuite, secret: Uint8Array): void {
    this.#writer.setKeys(suite, secret);
  }

  logHandshakeSecrets(clientRandom: Uint8Array, secrets: TrafficSecrets): void {
    this.#log('CLIENT_HANDSHAKE_TRAFFIC_SECRET', clientRandom, secrets.client);
    this.#log('SERVER_HANDSHAKE_TRAFFIC_SECRET', clientRandom, secrets.server);
  }

  logApplicationSecrets(clientRandom: Uint8Array, secrets: TrafficSecrets & { exporter: Uint8Array }): void {
    this.#log('EXPORTER_SECRET', clientRandom, secrets.exporter);
    this.#log('CLIENT_TRAFFIC_SECRET_0', clientRandom, secrets.client);
    this.#log('SERVER_TRAFFIC_SECRET_0', clientRandom, secrets.server);
  }

  #log(label: string, clientRandom: Uint8Array, secret: Uint8Array): void {
    this.keyLog.push(`${label} ${hex.encode(clientRandom)} ${hex.encode(secret)}`);
  }
}
