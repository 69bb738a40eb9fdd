/**
 * reuse — SMTP sessions out of the connection cache and back: when a request may use them, under what names
 * they wait, whether one is still good
 *
 * SEE ALSO  agent.ts, ../scache/scache.ts, postconf(5) "smtp_connection_cache_on_demand"; smtp_reuse(3)
 */
import type { Connection, Os, Proc, VirtualTime } from '../../../os/os.ts';

import { isAlive, quitSession, type SmtpSession } from '../../clients/smtp.ts';
import type { CachedSession } from '../scache/scache.ts';
import type { HostTls } from '../tls/tls-services.ts';

import type { RemoteHost } from './reasons.ts';
import type { DeliveryState, SessionCache, SmtpConfig } from './state.ts';

/** Decides for a request, with its first destination. @param domain without brackets and port */
export function* decideReuse(
  os: Os,
  config: SmtpConfig,
  state: DeliveryState,
  { domain, site }: { domain: string; site: string },
): Proc<void> {
  const { cache } = config;
  if (cache === null) return;
  const { reuseConnection, keepConnection } = state.request;
  const always = (yield* cache.destinations.matches(os, domain)).kind === 'yes';
  state.reuse = always || (cache.onDemand && reuseConnection);
  state.keep = always || (cache.onDemand && keepConnection);
  if (state.reuse || state.keep) state.destination = site;
}

/** A live session of the destination; null = none waits. */
export function takeForDestination(
  os: Os,
  cache: SessionCache,
  destination: string,
): Proc<CachedSession | null> {
  return probed(os, cache, () => cache.connections.takeByDestination(destinationKey(cache, destination)));
}

/** A live session with the host; null = none waits. */
export function takeForHost(os: Os, cache: SessionCache, host: RemoteHost): Proc<CachedSession | null> {
  return probed(os, cache, () => cache.connections.takeByEndpoint(endpointKey(cache, host)));
}

/** Whether a host may be talked to without TLS: what waits in the cache is never encrypted. */
export function mayBePlain(tls: HostTls | null): boolean {
  return tls === null || tls.start === null || tls.mayGoPlain;
}

/** Of a session just opened: how long it may be used; in the past when it serves one delivery only. */
export function usableUntil(
  config: SmtpConfig,
  state: DeliveryState,
  opened: { connection: Connection; session: SmtpSession; at: number },
): VirtualTime {
  const isPlain = opened.session.conn === opened.connection;
  return config.cache !== null && state.keep && isPlain ? opened.at + config.cache.reuseUs : onlyOnce;
}

/** The session serves one delivery. */
export const onlyOnce: VirtualTime = -1;

/** Whether the delivery under way is the last of a session. */
export function isWornOut(
  cache: SessionCache | null,
  used: { reuseCount: number; usableUntil: VirtualTime },
  now: VirtualTime,
): boolean {
  if (cache === null || now > used.usableUntil) return true;
  return cache.reusesMax > 0 && used.reuseCount >= cache.reusesMax;
}

/** After a delivery: the session waits for the next, or ends. */
export function* putBack(
  os: Os,
  cache: SessionCache | null,
  state: DeliveryState,
  cached: CachedSession,
): Proc<void> {
  if (cache === null || isWornOut(cache, cached, os.now())) return yield* quitSession(os, cached.session);
  cache.connections.put(cached, {
    endpoint: endpointKey(cache, cached.host),
    destination: state.destination === null ? null : destinationKey(cache, state.destination),
    lifetimeUs: cache.lifetimeUs,
  });
}

// The server may have gone away, or may not want another transaction.
function* probed(os: Os, cache: SessionCache, take: () => CachedSession | null): Proc<CachedSession | null> {
  const cached = take();
  if (cached === null) return null;
  if (yield* isAlive(os, cached.session, cache.probeUs))
    return { ...cached, reuseCount: cached.reuseCount + 1 };
  cached.session.conn.close();
  return null;
}

function destinationKey({ service }: SessionCache, destination: string): string {
  return `${service} ${destination}`;
}

function endpointKey({ service }: SessionCache, { address, port }: RemoteHost): string {
  return `${service} ${address}:${port}`;
}
