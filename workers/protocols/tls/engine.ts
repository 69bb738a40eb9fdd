/**
 * engine — one end of a TLS 1.3 connection as a state machine: bytes in; bytes, plaintext and events out
 *
 * No I/O and no clock: the caller moves the bytes. Nothing that a peer sends makes it throw or keep more than
 * a record and a handshake message; what is wrong is answered with an alert, and the engine is closed.
 *
 *   const engine = tlsServer({ random: os.random, credentials });
 *   const step = engine.receive(bytes);      // send step.toPeer, use step.plaintext, look at step.events
 *   const bytes = engine.write(plaintext);   // once established
 *
 * SIMPLIFIED: TLS 1.3 alone; a client or server that has nothing newer than TLS 1.2 gets the alert
 * protocol_version, where Postfix with OpenSSL would go on with TLS 1.2.
 *
 * STANDARDS  RFC 8446 §4.6.3 (KeyUpdate), §5 (records), §6 (alerts)
 * SEE ALSO   server-handshake.ts, client-handshake.ts
 */
import { assert } from '../../bytes/assert.ts';
import { DecodeError } from '../../bytes/byte-reader.ts';
import { concat } from '../../bytes/concat.ts';

import { Channel, type Handshake } from './channel.ts';
import type { HandshakeMessage } from './handshake-reader.ts';
import { decodeKeyUpdate, encodeKeyUpdate } from './handshake-message.ts';
import { nextTrafficSecret } from './key-schedule.ts';
import { alertReason } from './openssl-error.ts';
import type { TlsRecord } from './record-layer.ts';
import {
  alertCode,
  alertName,
  contentType,
  handshakeType,
  TlsFailure,
  type AlertName,
  type TlsEvent,
  type TlsSummary,
} from './terms.ts';

/** What came of some bytes. */
export interface TlsStep {
  /** to be sent to the peer, also when the engine failed; may be empty */
  toPeer: Uint8Array;
  /** what the peer's application said; may be empty */
  plaintext: Uint8Array;
  events: TlsEvent[];
}

const idleKeyUpdatesMax = 32; // without application data between them; OpenSSL had the same limit

export class TlsEngine {
  readonly #channel = new Channel();
  readonly #handshake: Handshake;
  readonly #role: 'client' | 'server';
  #readSecret: Uint8Array | null = null;
  #writeSecret: Uint8Array | null = null;
  #readClosed = false;
  #writeClosed = false;
  #idleKeyUpdates = 0;
  #plaintext: Uint8Array[] = [];
  #events: TlsEvent[] = [];

  constructor(role: 'client' | 'server', makeHandshake: (channel: Channel) => Handshake) {
    this.#role = role;
    this.#handshake = makeHandshake(this.#channel);
  }

  /** 'open': established and not closed by us. The peer may have closed its direction. */
  get state(): 'handshake' | 'open' | 'closed' {
    if (this.#writeClosed) return 'closed';
    return this.#handshake.result === null ? 'handshake' : 'open';
  }

  /** What was agreed on; null until established. */
  get summary(): TlsSummary | null {
    return this.#handshake.result?.summary ?? null;
  }

  /** The secrets so far, in the format of SSLKEYLOGFILE. */
  get keyLog(): readonly string[] {
    return this.#channel.keyLog;
  }

  /** What is to be sent before anything came: the client's hello, nothing at a server. */
  start(): Uint8Array {
    this.#handshake.start();
    return concat(this.#channel.takeOutput());
  }

  /** Takes bytes of the peer. */
  receive(bytes: Uint8Array): TlsStep {
    try {
      if (!this.#readClosed) this.#channel.records.feed(bytes);
      while (!this.#readClosed) {
        const record = this.#channel.records.next();
        if (record === null) break;
        this.#record(record);
      }
    } catch (error) {
      if (error instanceof TlsFailure) this.#fail(error.alert, error.message);
      else if (error instanceof DecodeError) this.#fail('decode_error', 'length mismatch');
      else throw error;
    }
    return this.#step();
  }

  /** Protects application data. @returns what to send; nothing when closed */
  write(plaintext: Uint8Array): Uint8Array {
    assert(this.state !== 'handshake', 'application data before the handshake is done');
    if (!this.#writeClosed && plaintext.length > 0)
      this.#channel.send(contentType.applicationData, plaintext);
    return concat(this.#channel.takeOutput());
  }

  /** Changes our key, and asks the peer to change its own. @returns what to send */
  updateKeys(): Uint8Array {
    assert(this.state === 'open', `no keys to update in state ${this.state}`);
    this.#sendKeyUpdate(true);
    return concat(this.#channel.takeOutput());
  }

  /**
   * Says close_notify; reading may go on. In the middle of the handshake it is given up (RFC 8446 §6.1).
   * Idempotent.
   * @returns what to send
   */
  close(): Uint8Array {
    if (this.state === 'handshake') {
      this.#sendAlert('user_canceled');
      this.#readClosed = true;
    }
    if (!this.#writeClosed) this.#sendAlert('close_notify');
    this.#writeClosed = true;
    return concat(this.#channel.takeOutput());
  }

  #step(): TlsStep {
    const step = {
      toPeer: concat(this.#channel.takeOutput()),
      plaintext: concat(this.#plaintext),
      events: this.#events,
    };
    this.#plaintext = [];
    this.#events = [];
    return step;
  }

  #record({ type, content, isProtected }: TlsRecord): void {
    if (this.#channel.messages.isPartial && type !== contentType.handshake)
      throw new TlsFailure('unexpected_message', 'mixed handshake and non handshake data');
    switch (type) {
      case contentType.handshake:
        if (content.length === 0) throw new TlsFailure('unexpected_message', 'record too small');
        return this.#handshakeRecord(content);
      case contentType.applicationData:
        if (!isProtected || this.#handshake.result === null)
          throw new TlsFailure('unexpected_message', 'app data in handshake');
        if (content.length > 0) {
          this.#plaintext.push(content);
          this.#idleKeyUpdates = 0;
        }
        return;
      case contentType.alert:
        return this.#alert(content);
      case contentType.changeCipherSpec:
        if (
          isProtected ||
          content.length !== 1 ||
          content[0] !== 1 ||
          !this.#handshake.acceptsChangeCipherSpec
        )
          throw new TlsFailure('unexpected_message', 'unexpected ccs message');
        return;
      default:
        throw new TlsFailure('unexpected_message', 'unexpected record');
    }
  }

  #handshakeRecord(content: Uint8Array): void {
    const { messages } = this.#channel;
    messages.feed(content);
    for (let message = messages.next(); message !== null; message = messages.next()) {
      if (this.#handshake.result !== null) this.#afterHandshake(message);
      else this.#duringHandshake(message);
    }
  }

  #duringHandshake(message: HandshakeMessage): void {
    this.#handshake.receive(message);
    const result = this.#handshake.result;
    if (result === null) return;
    this.#readSecret = result.readSecret;
    this.#writeSecret = result.writeSecret;
    this.#events.push({ kind: 'established', summary: result.summary });
  }

  #afterHandshake({ type, body }: HandshakeMessage): void {
    // SIMPLIFIED: a client makes nothing of session tickets; smtp(8) caches them for a shorter start.
    if (type === handshakeType.newSessionTicket && this.#role === 'client') return;
    if (type !== handshakeType.keyUpdate) throw new TlsFailure('unexpected_message', 'unexpected message');
    const requested = decodeKeyUpdate(body);
    if (++this.#idleKeyUpdates > idleKeyUpdatesMax)
      throw new TlsFailure('unexpected_message', 'too many key updates');
    const { suite } = this.#handshake.result!;
    this.#readSecret = nextTrafficSecret(suite, this.#readSecret!);
    this.#channel.setReadKeys(suite, this.#readSecret);
    if (requested && !this.#writeClosed) this.#sendKeyUpdate(false);
  }

  #sendKeyUpdate(requested: boolean): void {
    const { suite } = this.#handshake.result!;
    this.#channel.send(contentType.handshake, encodeKeyUpdate(requested));
    this.#writeSecret = nextTrafficSecret(suite, this.#writeSecret!);
    this.#channel.setWriteKeys(suite, this.#writeSecret);
  }

  // RFC 8446 §6: the level is of no meaning; all but two are the end.
  #alert(content: Uint8Array): void {
    if (content.length !== 2) throw new DecodeError(0, `alert of ${content.length} bytes`);
    const code = content[1]!;
    if (code === alertCode('user_canceled')) return;
    this.#readClosed = true;
    if (code === alertCode('close_notify') && this.#handshake.result !== null) {
      this.#events.push({ kind: 'peer-closed' });
      return;
    }
    this.#writeClosed = true;
    this.#events.push({ kind: 'alert-received', alert: alertName(code), reason: alertReason(code) });
  }

  #fail(alert: AlertName | null, reason: string): void {
    if (alert !== null && !this.#writeClosed) this.#sendAlert(alert);
    this.#readClosed = true;
    this.#writeClosed = true;
    this.#events.push({ kind: 'failed', alert, reason });
  }

  #sendAlert(alert: AlertName): void {
    const level = alert === 'close_notify' || alert === 'user_canceled' ? 1 : 2; // RFC 8446 §6
    this.#channel.send(contentType.alert, Uint8Array.of(level, alertCode(alert)));
  }
}
