/**
 * scache — the Postfix shared connection cache: open SMTP sessions that wait for the next mail
 *
 * A session waits under the address it leads to. A destination is bound to the first address that was good
 * for it, so that its dead hosts are passed over. Who takes a session owns it and must prove it alive (RSET);
 * what nobody takes within its time is closed without QUIT. Of the sessions of an address the one that has
 * waited longest goes first.
 *
 * SIMPLIFIED: the process stays, and logs no "statistics:" lines; the real one ends after $max_idle and logs
 * hits and misses every $connection_cache_status_update_time.
 *
 * SEE ALSO  ../smtp/reuse.ts (who asks), scache(8), CONNECTION_CACHE_README
 */
import { NEVER, type Channel, type Os, type Proc, type VirtualTime } from '../../../os/os.ts';

import type { SmtpSession } from '../../clients/smtp.ts';
import type { RemoteHost } from '../smtp/reasons.ts';

/** A session that waits, and what the next user of it has to know. */
export interface CachedSession {
  readonly session: SmtpSession;
  readonly host: RemoteHost;
  /** deliveries over it after the first */
  readonly reuseCount: number;
  /** it may be used until then ($smtp_connection_reuse_time_limit) */
  readonly usableUntil: VirtualTime;
}

interface Waiting {
  readonly cached: CachedSession;
  readonly expires: VirtualTime;
}

interface Binding {
  readonly endpoint: string;
  readonly expires: VirtualTime;
}

export class ConnectionCache {
  readonly #os: Os;
  readonly #ident: string;
  /** sessions by address, longest waiting first; no empty lists */
  readonly #waiting = new Map<string, Waiting[]>();
  /** addresses by destination */
  readonly #bindings = new Map<string, Binding>();
  /** null until the first session waits */
  #alarm: Channel<true> | null = null;
  /** when the process next looks for what expired */
  #wakesAt: VirtualTime = NEVER;

  /** @param ident as logged: "postfix/scache" */
  constructor(os: Os, ident: string) {
    this.#os = os;
    this.#ident = ident;
  }

  /** The session of the address that a destination is bound to; null = there is none. */
  takeByDestination(destination: string): CachedSession | null {
    const binding = this.#bindings.get(destination);
    const isBound = binding !== undefined && binding.expires > this.#os.now();
    return isBound ? this.takeByEndpoint(binding.endpoint) : null;
  }

  /** The session of an address that has waited longest; null = there is none. */
  takeByEndpoint(endpoint: string): CachedSession | null {
    const waiting = this.#waiting.get(endpoint);
    if (waiting === undefined) return null;
    const { cached } = waiting.shift()!;
    if (waiting.length === 0) this.#waiting.delete(endpoint);
    return cached;
  }

  /** @param where destination null = bind none; lifetimeUs = how long the session may wait */
  put(
    cached: CachedSession,
    where: { endpoint: string; destination: string | null; lifetimeUs: number },
  ): void {
    const expires = this.#os.now() + where.lifetimeUs;
    const { endpoint, destination } = where;
    if (destination !== null) this.#bindings.set(destination, { endpoint, expires });
    const others = this.#waiting.get(endpoint);
    if (others === undefined) this.#waiting.set(endpoint, [{ cached, expires }]);
    else others.push({ cached, expires });
    if (this.#alarm === null) {
      this.#alarm = this.#os.channel();
      this.#os.spawn(this.#ident, (child) => this.#run(child, this.#alarm!));
    } else if (expires < this.#wakesAt) this.#alarm.put(true);
  }

  *#run(os: Os, alarm: Channel<true>): Proc<void> {
    for (;;) {
      this.#expire(os.now());
      this.#wakesAt = this.#soonest();
      yield* alarm.take({ deadline: this.#wakesAt });
    }
  }

  #expire(now: VirtualTime): void {
    for (const [endpoint, waiting] of this.#waiting) {
      const left = waiting.filter(({ expires }) => expires > now);
      if (left.length === waiting.length) continue;
      for (const { cached, expires } of waiting) if (expires <= now) cached.session.conn.close();
      if (left.length === 0) this.#waiting.delete(endpoint);
      else this.#waiting.set(endpoint, left);
    }
    for (const [destination, { expires }] of this.#bindings)
      if (expires <= now) this.#bindings.delete(destination);
  }

  #soonest(): VirtualTime {
    let soonest: VirtualTime = NEVER;
    for (const waiting of this.#waiting.values())
      for (const { expires } of waiting) soonest = Math.min(soonest, expires);
    for (const { expires } of this.#bindings.values()) soonest = Math.min(soonest, expires);
    return soonest;
  }
}
