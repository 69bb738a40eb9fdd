/**
 * key-schedule — from the shared secret to the keys of each phase
 *
 *             0
 *             v
 *   0 -> HKDF-Extract = early secret                               RFC 8446 §7.1
 *             v  derived
 *   (EC)DHE -> HKDF-Extract = handshake secret  -> c hs traffic, s hs traffic
 *             v  derived
 *   0 -> HKDF-Extract = master secret           -> c ap traffic, s ap traffic, exp master
 *
 * SIMPLIFIED: no pre-shared keys (resumption, 0-RTT); a real server sends tickets with which a client may
 * come back in a shorter handshake.
 *
 * STANDARDS  RFC 8446 §4.4.1 (transcript), §7.1–7.3; RFC 5869 (HKDF)
 */
import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';

import * as ascii from '../../bytes/ascii.ts';
import { ByteWriter } from '../../bytes/byte-writer.ts';
import { concat } from '../../bytes/concat.ts';

import { nonceBytes, type CipherSuite } from './cipher-suite.ts';
import { handshakeType } from './terms.ts';

export interface TrafficSecrets {
  client: Uint8Array;
  server: Uint8Array;
}

/** The secrets of one connection, one phase after the other. */
export class KeySchedule {
  readonly suite: CipherSuite;
  #secret: Uint8Array;

  constructor(suite: CipherSuite) {
    this.suite = suite;
    const zeros = new Uint8Array(suite.hashBytes);
    this.#secret = extract(suite.hash, zeros, zeros);
  }

  /** @param transcript hash over ClientHello…ServerHello */
  handshake(shared: Uint8Array, transcript: Uint8Array): TrafficSecrets {
    this.#advance(shared);
    return {
      client: this.#derive('c hs traffic', transcript),
      server: this.#derive('s hs traffic', transcript),
    };
  }

  /** @param transcript hash over ClientHello…server Finished */
  application(transcript: Uint8Array): TrafficSecrets & { exporter: Uint8Array } {
    this.#advance(new Uint8Array(this.suite.hashBytes));
    return {
      client: this.#derive('c ap traffic', transcript),
      server: this.#derive('s ap traffic', transcript),
      exporter: this.#derive('exp master', transcript),
    };
  }

  #advance(input: Uint8Array): void {
    const derived = this.#derive('derived', this.suite.hash(noBytes));
    this.#secret = extract(this.suite.hash, input, derived);
  }

  #derive(label: string, transcript: Uint8Array): Uint8Array {
    return expandLabel(this.suite, this.#secret, label, transcript, this.suite.hashBytes);
  }
}

const noBytes = new Uint8Array(0);

/** HKDF-Expand-Label of RFC 8446 §7.1. */
export function expandLabel(
  suite: CipherSuite,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const info = new ByteWriter(64 + context.length);
  info.u16(length);
  info.u8(6 + label.length);
  info.bytes(ascii.encode('tls13 ' + label));
  info.u8(context.length);
  info.bytes(context);
  return expand(suite.hash, secret, info.finish(), length);
}

/** The key and the initial nonce that belong to a traffic secret (RFC 8446 §7.3). */
export function trafficKeys(suite: CipherSuite, secret: Uint8Array): { key: Uint8Array; iv: Uint8Array } {
  return {
    key: expandLabel(suite, secret, 'key', noBytes, suite.keyBytes),
    iv: expandLabel(suite, secret, 'iv', noBytes, nonceBytes),
  };
}

/** The secret after a KeyUpdate (RFC 8446 §7.2). */
export function nextTrafficSecret(suite: CipherSuite, secret: Uint8Array): Uint8Array {
  return expandLabel(suite, secret, 'traffic upd', noBytes, suite.hashBytes);
}

/** The verify_data of a Finished message (RFC 8446 §4.4.4). */
export function finishedMac(suite: CipherSuite, secret: Uint8Array, transcript: Uint8Array): Uint8Array {
  const key = expandLabel(suite, secret, 'finished', noBytes, suite.hashBytes);
  return hmac(suite.hash, key, transcript);
}

/** The running hash over all handshake messages. What comes before the suite is known is kept. */
export class Transcript {
  #early: Uint8Array[] = [];
  #hash: ReturnType<CipherSuite['hash']['create']> | null = null;
  #suite: CipherSuite | null = null;

  add(message: Uint8Array): void {
    if (this.#hash === null) this.#early.push(message.slice());
    else this.#hash.update(message);
  }

  begin(suite: CipherSuite): void {
    this.#suite = suite;
    this.#hash = suite.hash.create();
    for (const message of this.#early) this.#hash.update(message);
    this.#early = [];
  }

  /** RFC 8446 §4.4.1: after a HelloRetryRequest the first ClientHello counts as its hash. */
  replaceByMessageHash(): void {
    const digest = this.hash();
    this.#hash = this.#suite!.hash.create();
    this.#hash.update(concat([Uint8Array.of(handshakeType.messageHash, 0, 0, digest.length), digest]));
  }

  /** The hash over what was added so far. */
  hash(): Uint8Array {
    return this.#hash!.clone().digest();
  }
}
