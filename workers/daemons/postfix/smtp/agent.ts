/**
 * agent — the Postfix SMTP and LMTP delivery agent: finds the hosts of a destination and delivers to the
 * first that takes the mail
 *
 * A recipient refused for good bounces; one refused for now is tried at the next host, and only the last
 * host's words decide the deferral. Runs as smtp, relay, lmtp or any other service that master.cf starts with
 * smtp(8) or lmtp(8).
 *
 * SIMPLIFIED: no SASL client, no connections over TLS in the connection cache (the real one keeps those only
 * with smtp_tls_connection_reuse).
 *
 * STANDARDS  RFC 5321 §5 (address resolution and mail handling), RFC 2033 (LMTP)
 * SEE ALSO   session.ts (one host), find-hosts.ts (MX), ../delivery/record.ts, smtp(8), lmtp(8)
 */
import { assert } from '../../../bytes/assert.ts';

import { call, type Os, type Proc } from '../../../os/os.ts';

import { isIpv4 } from '../../../protocols/smtp/host-name.ts';

import { recordDeferred } from '../delivery/record.ts';
import type { DeliveryRequest, DeliveryResult } from '../delivery/request.ts';
import { lateCode } from '../late.ts';
import type { CachedSession } from '../scache/scache.ts';

import { findHosts, type Candidate } from './find-hosts.ts';
import { parseNexthop, type Nexthop } from './nexthop.ts';
import { formatRelay, ownReason, type Reason } from './reasons.ts';
import { decideReuse, mayBePlain, takeForDestination, takeForHost } from './reuse.ts';
import { deliverInSession, deliverToHost } from './session.ts';
import { refuse, timesOf, type DeliveryState, type SmtpConfig } from './state.ts';

/** Delivers a request; every recipient is recorded when it returns. */
export function* deliverSmtp(os: Os, config: SmtpConfig, request: DeliveryRequest): Proc<DeliveryResult> {
  const state: DeliveryState = {
    request,
    left: request.recipients.slice(),
    handedOff: os.now(),
    deferred: false,
    reason: '',
    trouble: null,
    reuse: false,
    keep: false,
    destination: null,
    visited: new Set(),
  };
  const { fallback_relay } = config;
  const { nexthop } = request;
  const first = /[\s,]/.test(nexthop) ? nexthop.split(/[\s,]+/).filter((site) => site !== '') : [nexthop];
  const count = first.length + fallback_relay.length;
  let last: Reason | null = null;
  let tried = 0;
  while (tried < count && state.left.length > 0) {
    const i = tried++;
    const site = first[i] ?? fallback_relay[i - first.length]!;
    last = yield* trySite(os, config, state, { site, isFirst: i === 0, isLast: tried === count });
    if (last?.dsn === '5.4.6') break; // do not hand looping mail to the fallback relay
  }
  if (state.left.length > 0) {
    let reason = last ?? ownReason('4.3.0', 'server unavailable or unable to receive mail');
    const ofFallback = tried > first.length;
    if (reason.dsn.startsWith('5') && (ofFallback || first[0] === config.relayhost)) {
      const parameter = ofFallback ? `${config.protocol}_fallback_relay` : 'relayhost';
      reason = (yield* lateCode(os)).excused(os, config.agent.ident, reason, parameter);
    }
    giveUp(os, config, state, reason);
  }
  const { deferred, reason, trouble } = state;
  return { deferred, reason, trouble: trouble === null ? null : { dsn: trouble.dsn, reason: trouble.text } };
}

/**
 * Tries the hosts of one nexthop. @returns the reason of the last failure, for the recipients that are left
 */
function* trySite(
  os: Os,
  config: SmtpConfig,
  state: DeliveryState,
  { site, isFirst, isLast }: { site: string; isFirst: boolean; isLast: boolean },
): Proc<Reason | null> {
  const nexthop = parseNexthop(site, { port: config.tcp_port, lookupMx: config.lookupMx });
  if (nexthop === null)
    return ownReason('5.4.4', `unable to look up host ${site}: Name or service not known`);
  if (nexthop.kind === 'unix')
    return ownReason('4.4.1', `connect to ${config.myhostname}[${nexthop.host}]: No such file or directory`);
  const found = yield* candidatesOf(os, config, nexthop);
  if ('dsn' in found) return found;
  if (isFirst) yield* decideReuse(os, config, state, { domain: nexthop.host, site });
  const cached = yield* deliverByCache(os, config, state, { hosts: found, site, isLast });
  if (cached !== null && state.left.length === 0) return null;
  let reason = cached?.reason ?? null;
  let sessions = cached?.sessions ?? 0;
  const hosts = cached?.hosts ?? found;
  const { mx_address_limit: limit, mx_session_limit: sessionsMax } = config;
  const tries = limit > 0 ? Math.min(limit - sessions, hosts.length) : hosts.length;
  const cache = state.reuse ? config.cache : null;
  const best = found[0]!.preference;
  /** the host is tried once more, without TLS */
  let isPlain = false;
  for (let i = 0; i < tries;) {
    if (state.left.length === 0) return null;
    const host = hosts[i++]!;
    const tls = config.tls === null || isPlain ? null : yield* config.tls.policyFor(os, site, host);
    isPlain = false;
    if (tls !== null && 'text' in tls) {
      reason = ownReason(tls.status, tls.text);
      continue;
    }
    const used =
      cache === null || host.preference === best || !mayBePlain(tls)
        ? null
        : yield* takeForHost(os, cache, host);
    const final = (): boolean => isLast && (sessions === sessionsMax || i === tries);
    if (used !== null) {
      sessions++;
      reason = yield* call(deliverInSession(os, config, state, { used, final: final() }));
      if (sessions === sessionsMax) break;
      continue;
    }
    const to = { address: host.address, port: host.port };
    const connection = yield* os.connect({ to, deadline: os.now() + config.connect_timeout });
    if (typeof connection === 'string') {
      reason = ownReason('4.4.1', `connect to ${formatRelay(host)}: ${connection}`);
      os.log(config.agent.ident, reason.text);
      continue;
    }
    sessions++;
    const result = yield* call(deliverToHost(os, config, state, { host, connection, final: final(), tls }));
    reason = result.reason;
    if (result.again) {
      isPlain = true;
      i--;
    }
    if (!result.greeted)
      sessions--; // sessions that fail before the end of EHLO do not count
    else if (sessions === sessionsMax) break;
  }
  return reason;
}

function* candidatesOf(os: Os, config: SmtpConfig, nexthop: Nexthop): Proc<readonly Candidate[] | Reason> {
  const { host: name, port } = nexthop;
  if (isIpv4(name)) return [{ name, address: name, port, preference: 0 }];
  return yield* findHosts(os, nexthop, {
    ownAddresses: port === 25 ? config.ownAddresses : [],
    ident: config.agent.ident,
    defer_if_no_mx_address_found: config.defer_if_no_mx_address_found,
    hostLookup: config.hostLookup,
  });
}

// Sessions that wait in the connection cache come first: that of the destination, then those of its best
// hosts. @returns what is left to try; null = the cache is not asked
function* deliverByCache(
  os: Os,
  config: SmtpConfig,
  state: DeliveryState,
  { hosts, site, isLast }: { hosts: readonly Candidate[]; site: string; isLast: boolean },
): Proc<{ hosts: readonly Candidate[]; sessions: number; reason: Reason | null } | null> {
  const { cache, mx_address_limit, mx_session_limit } = config;
  if (cache === null || !state.reuse) return null;
  let reason: Reason | null = null;
  let sessions = 0;
  let left = hosts.filter(({ address }) => !state.visited.has(address));
  function* deliver(used: CachedSession): Proc<void> {
    state.visited.add(used.host.address);
    sessions++;
    const isEnough = sessions === mx_session_limit || sessions === mx_address_limit;
    left = isEnough ? [] : left.filter(({ address }) => address !== used.host.address);
    const final = isLast && left.length === 0;
    reason = yield* call(deliverInSession(os, config, state, { used, final }));
  }
  const { destination } = state;
  const bound = destination === null ? null : yield* takeForDestination(os, cache, destination);
  if (bound !== null) yield* deliver(bound);
  const best = hosts[0]!.preference;
  for (const host of [...left]) {
    if (state.left.length === 0 || left.length === 0 || host.preference !== best) break;
    const tls = config.tls === null ? null : yield* config.tls.policyFor(os, site, host);
    if (tls !== null && ('text' in tls || !mayBePlain(tls))) continue;
    const used = yield* takeForHost(os, cache, host);
    if (used !== null) yield* deliver(used);
  }
  return { hosts: left, sessions, reason };
}

// No host took the rest: lookup or connection failures of the last site decide.
function giveUp(os: Os, config: SmtpConfig, state: DeliveryState, reason: Reason): void {
  assert(/^[45]\./.test(reason.dsn), `giveUp: no failure in ${reason.dsn} ${reason.text}`);
  const now = os.now();
  for (const recipient of state.left) {
    const attempt = {
      recipient,
      relay: 'none',
      times: timesOf(state, { connected: now, ended: now }),
      ...reason,
    };
    if (reason.dsn.startsWith('5')) refuse(os, config, state, attempt);
    else recordDeferred(os, config.agent, state.request, attempt);
  }
  if (reason.dsn.startsWith('4')) {
    state.deferred = true;
    state.reason = reason.text;
    state.trouble = reason;
  }
  state.left = [];
}
