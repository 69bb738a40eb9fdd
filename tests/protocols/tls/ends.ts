// Two engines, or one engine and a real program, brought together; credentials of a test host.
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { concat } from '../../../workers/bytes/concat.ts';
import {
  parseCredentials,
  parsePem,
  tlsClient,
  tlsServer,
  type Credentials,
  type TlsClientOptions,
  type TlsEngine,
  type TlsEvent,
  type TlsServerOptions,
} from '../../../workers/protocols/tls/index.ts';
import { HostRandom } from '../../../workers/kernel/random.ts';

/** The text of a file in certificates/. */
export function pem(file: string): string {
  return readFileSync(path.resolve('tests/protocols/tls/certificates', file), 'utf8');
}

export const authority = parsePem(pem('ca.pem'), 'CERTIFICATE')[0]!;

/** What a test host proves itself with. */
export function credentialsOf(host: string): Credentials {
  const credentials = parseCredentials({ certificates: pem(`${host}.pem`), key: pem(`${host}.key`) });
  if (typeof credentials === 'string') throw new Error(credentials);
  return credentials;
}

export const hostCredentials = credentialsOf('mta1.acme.example');

export function makeServer(options: Partial<TlsServerOptions> = {}): TlsEngine {
  return tlsServer({ random: new HostRandom(7, 'server'), credentials: hostCredentials, ...options });
}

export function makeClient(options: Partial<TlsClientOptions> = {}): TlsEngine {
  return tlsClient({ random: new HostRandom(7, 'client'), serverName: 'mta1.acme.example', ...options });
}

export interface End {
  engine: TlsEngine;
  events: TlsEvent[];
  plaintext: Uint8Array;
}

/** A client and a server with bytes that travel between them. */
export class Pair {
  readonly client: End;
  readonly server: End;
  /** all bytes that went by, for comparison */
  readonly wire: { from: 'client' | 'server'; bytes: Uint8Array }[] = [];
  readonly #cut: number;

  /** @param options.cut bytes per delivery; default all at once */
  constructor(client: TlsEngine, server: TlsEngine, options: { cut?: number } = {}) {
    this.client = { engine: client, events: [], plaintext: new Uint8Array(0) };
    this.server = { engine: server, events: [], plaintext: new Uint8Array(0) };
    this.#cut = options.cut ?? Infinity;
  }

  shakeHands(): this {
    this.deliver(this.client, this.client.engine.start());
    return this;
  }

  /** Bytes that `from` sent, and all that they give rise to. */
  deliver(from: End, bytes: Uint8Array): void {
    const to = from === this.client ? this.server : this.client;
    const replies: Uint8Array[] = [];
    this.wire.push({ from: from === this.client ? 'client' : 'server', bytes });
    for (let at = 0; at < bytes.length; at += this.#cut) {
      const step = to.engine.receive(bytes.subarray(at, Math.min(bytes.length, at + this.#cut)));
      to.events.push(...step.events);
      to.plaintext = concat([to.plaintext, step.plaintext]);
      replies.push(step.toPeer);
    }
    const reply = concat(replies);
    if (reply.length > 0) this.deliver(to, reply);
  }
}
