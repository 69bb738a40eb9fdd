/**
 * state — the parameters of a delivery agent, and what it knows of a request while it tries hosts
 */
import type { Os } from '../../../os/os.ts';

import type { SmtpTimeouts } from '../../clients/smtp.ts';
import { recordBounced, type Agent, type Attempt } from '../delivery/record.ts';
import type { DeliveryRequest, RequestRecipient } from '../delivery/request.ts';
import type { DeliveryTimes } from '../delivery/status-line.ts';

import type { MatchList } from '../maps/match-list.ts';
import type { ConnectionCache } from '../scache/scache.ts';
import type { ClientTls } from '../tls/tls-services.ts';

import type { Reason } from './reasons.ts';

/** The DNS; getaddrinfo(3); this after the DNS found nothing. */
export type HostLookup = 'dns' | 'native' | 'dns, native';

/** Parameters of smtp(8); lmtp(8) has the same under lmtp_ names. */
export interface SmtpConfig {
  protocol: 'smtp' | 'lmtp';
  agent: Agent;
  myhostname: string;
  /** smtp_helo_name */
  helo_name: string;
  timeouts: SmtpTimeouts;
  /** microseconds */
  connect_timeout: number;
  /** smtp_tcp_port, lmtp_tcp_port */
  tcp_port: number;
  /** smtp: a domain's hosts are those of its MX records; not with disable_dns_lookups, and never for lmtp */
  lookupMx: boolean;
  /** 0 = no limit */
  mx_address_limit: number;
  mx_session_limit: number;
  skip_5xx_greeting: boolean;
  defer_if_no_mx_address_found: boolean;
  /** octets; 0 = no limit */
  line_length_limit: number;
  disable_mime_output_conversion: boolean;
  fallback_relay: readonly string[];
  /** smtp: its failures are excused; '' for lmtp */
  relayhost: string;
  /** smtp_host_lookup: who is asked for the address of a host */
  hostLookup: HostLookup;
  send_xforward_command: boolean;
  /** mail to these addresses on port 25 would loop */
  ownAddresses: readonly string[];
  /** null: the service never uses TLS */
  tls: ClientTls | null;
  /** mail older than this goes without TLS when a handshake failed (minimal_backoff_time) */
  plainAfter: number;
  /** null: every delivery opens a connection of its own */
  cache: SessionCache | null;
}

/** How an agent uses the connection cache. */
export interface SessionCache {
  readonly connections: ConnectionCache;
  /** in the keys: sessions of different services are different */
  readonly service: string;
  /** smtp_connection_cache_destinations: always for these */
  readonly destinations: MatchList;
  /** smtp_connection_cache_on_demand: when the queue manager asks for it */
  readonly onDemand: boolean;
  /** microseconds that a session may wait (smtp_connection_cache_time_limit) */
  readonly lifetimeUs: number;
  /** microseconds that a session may be used (smtp_connection_reuse_time_limit) */
  readonly reuseUs: number;
  /** smtp_connection_reuse_count_limit; 0 = no limit */
  readonly reusesMax: number;
  /** smtp_rset_timeout */
  readonly probeUs: number;
}

/** What is known of a request while hosts are tried. */
export interface DeliveryState {
  readonly request: DeliveryRequest;
  /** recipients without an outcome */
  left: RequestRecipient[];
  /** when the agent took the request */
  readonly handedOff: number;
  deferred: boolean;
  /** why */
  reason: string;
  trouble: Reason | null;
  /** take sessions out of the connection cache, and put those there that were made */
  reuse: boolean;
  keep: boolean;
  /** what the first good session is kept for; null = there was one, or the cache is not used */
  destination: string | null;
  /** hosts whose session came out of the cache: they had their chance */
  readonly visited: Set<string>;
}

/** Refused for good: the recipient bounces, or stays with soft_bounce. */
export function refuse(os: Os, { agent }: SmtpConfig, state: DeliveryState, attempt: Attempt): void {
  if (!recordBounced(os, agent, state.request, attempt)) return;
  state.deferred = true;
  state.reason = attempt.text;
}

/** The stations of a delivery that ends at `ended`. */
export function timesOf(
  { request, handedOff }: DeliveryState,
  { connected, ended }: { connected: number; ended: number },
): DeliveryTimes {
  return { arrived: request.arrived, active: request.active, handedOff, connected, ended };
}
