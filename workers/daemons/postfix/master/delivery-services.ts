/**
 * delivery-services — the delivery agents of master.cf, as pools that qmgr(8) hands its requests to
 */
import type { SmtpTimeouts } from '../../clients/smtp-terms.ts';
import type { Os } from '../../../os/os.ts';

import { AgentPool, type Deliver } from '../delivery/agent-pool.ts';
import type { Agent } from '../delivery/record.ts';
import type { DeliveryRequest, RequestRecipient } from '../delivery/request.ts';
import type { Instance, Service } from '../instance.ts';
import { lateCode, tlsCode } from '../late.ts';
import { MatchList } from '../maps/match-list.ts';
import type { MasterEntry } from '../master-cf.ts';
import type { Parameters } from '../parameters.ts';
import { parseFeedback, usualFeedback, type Feedback } from '../qmgr/feedback.ts';
import type { TransportLimits } from '../qmgr/scheduler.ts';
import { deliverSmtp } from '../smtp/agent.ts';
import { ConnectionCache } from '../scache/scache.ts';
import type { SessionCache, SmtpConfig } from '../smtp/state.ts';
import type { ClientTls } from '../tls/tls-services.ts';

export interface DeliveryOptions {
  instance: Instance;
  entries: readonly MasterEntry[];
  markDone: (request: DeliveryRequest, recipient: RequestRecipient) => void;
}

/** The pools by service name. Services whose program is no delivery agent have none. */
export function startDeliveryServices(os: Os, options: DeliveryOptions): ReadonlyMap<string, AgentPool> {
  const pools = new Map<string, AgentPool>();
  const connections = connectionCache(os, options);
  for (const entry of options.entries) {
    if (entry.type !== 'unix') continue;
    const service = serviceOf(options.instance, entry);
    const deliver = deliverBy(entry.command, {
      service,
      options,
      pools,
      addresses: os.addresses,
      connections,
    });
    if (deliver === null) continue;
    pools.set(
      entry.service,
      new AgentPool(os, {
        name: service.ident,
        deliver,
        instance: options.instance,
        processesMax: entry.processesMax ?? service.parameters.number('default_process_limit'),
        idleUsMax: service.parameters.time('max_idle'),
      }),
    );
  }
  if (!pools.has('retry')) pools.set('retry', builtInRetry(os, options));
  return pools;
}

// SIMPLIFIED: without a scache service nothing is kept; the real agents would log that they cannot reach it.
function connectionCache(os: Os, { instance, entries }: DeliveryOptions): ConnectionCache | null {
  const entry = entries.find(({ type, command }) => type === 'unix' && command === 'scache');
  return entry === undefined ? null : new ConnectionCache(os, serviceOf(instance, entry).ident);
}

/** Without a retry service in master.cf qmgr(8) writes to the defer log itself, as if there were one. */
function builtInRetry(os: Os, { instance, markDone }: DeliveryOptions): AgentPool {
  const { parameters } = instance;
  const ident = `${parameters.text('syslog_name')}/qmgr`;
  const agent: Agent = {
    ident,
    queueDirectory: parameters.text('queue_directory'),
    softBounce: false,
    markDone,
  };
  return new AgentPool(os, { name: ident, deliver: errorAgent(agent), processesMax: 1, instance });
}

/** A service of master.cf with its own parameters and log name. */
export function serviceOf(instance: Instance, entry: MasterEntry): Service {
  const names = [
    ['service_name', entry.service],
    ['process_name', entry.command],
  ] as const;
  const parameters = instance.parameters.with(new Map([...names, ...entry.overrides]));
  return { instance, parameters, ident: `${parameters.text('syslog_name')}/${entry.command}` };
}

/** What qmgr allows a transport: transport_destination_… @param warn logs a warning */
export function limitsOf(
  parameters: Parameters,
  transport: string,
  warn: (text: string) => void,
): TransportLimits {
  const number = (ending: string): number => parameters.number(`${transport}_${ending}`);
  const feedback = (sign: 'positive' | 'negative'): Feedback => {
    const text = parameters.text(`${transport}_destination_concurrency_${sign}_feedback`);
    const parsed = parseFeedback(text);
    if (parsed !== null) return parsed;
    const usual = `default_destination_concurrency_${sign}_feedback`;
    const name = text === parameters.text(usual) ? usual : usual.replace('default', transport);
    warn(`${name}: ignoring malformed or unreasonable feedback: ${text}`);
    return usualFeedback;
  };
  return {
    initial_destination_concurrency: number('initial_destination_concurrency'),
    destination_concurrency_limit: number('destination_concurrency_limit'),
    destination_concurrency_failed_cohort_limit: number('destination_concurrency_failed_cohort_limit'),
    destination_recipient_limit: number('destination_recipient_limit'),
    destination_rate_delay: parameters.time(`${transport}_destination_rate_delay`),
    transport_rate_delay: parameters.time(`${transport}_transport_rate_delay`),
    delivery_slot_cost: number('delivery_slot_cost'),
    delivery_slot_discount: number('delivery_slot_discount'),
    delivery_slot_loan: number('delivery_slot_loan'),
    minimum_delivery_slots: number('minimum_delivery_slots'),
    positive_feedback: feedback('positive'),
    negative_feedback: feedback('negative'),
  };
}

function deliverBy(
  command: string,
  with_: {
    service: Service;
    options: DeliveryOptions;
    pools: ReadonlyMap<string, AgentPool>;
    addresses: readonly string[];
    connections: ConnectionCache | null;
  },
): Deliver | null {
  const { service, options, pools } = with_;
  const { instance } = service;
  const agent: Agent = {
    ident: service.ident,
    queueDirectory: service.parameters.text('queue_directory'),
    softBounce: service.parameters.bool('soft_bounce'),
    markDone: options.markDone,
  };
  switch (command) {
    case 'smtp':
    case 'lmtp': {
      const { addresses, connections } = with_;
      const config = smtpConfig(service, { protocol: command, agent, addresses, connections });
      return (os, request) => deliverSmtp(os, config, request);
    }
    case 'error':
      return errorAgent(agent);
    case 'discard':
      return function* (os, request) {
        return yield* (yield* lateCode(os)).deliverDiscard(os, agent, request);
      };
    case 'local': {
      const agentsOf = (transport: string): AgentPool | null => pools.get(transport) ?? null;
      return function* (os, request) {
        return yield* (yield* lateCode(os)).deliverLocal(os, { instance, agent, agentsOf }, request);
      };
    }
    case 'virtual':
      return function* (os, request) {
        return yield* (yield* lateCode(os)).deliverVirtual(os, { instance, agent }, request);
      };
    default:
      return null;
  }
}

// error(8) and retry
function errorAgent(agent: Agent): Deliver {
  return function* (os, request) {
    return yield* (yield* lateCode(os)).deliverError(os, agent, request);
  };
}

function smtpConfig(
  service: Service,
  options: {
    protocol: 'smtp' | 'lmtp';
    agent: Agent;
    addresses: readonly string[];
    connections: ConnectionCache | null;
  },
): SmtpConfig {
  const { parameters } = service;
  const { protocol, agent } = options;
  const isLmtp = protocol === 'lmtp';
  const name = (ending: string): string => `${protocol}_${ending}`;
  const timeout = (ending: string): number => parameters.time(name(ending));
  const timeouts: SmtpTimeouts = {
    helo: parameters.time(isLmtp ? 'lmtp_lhlo_timeout' : 'smtp_helo_timeout'),
    xforward: timeout('xforward_timeout'),
    mail: timeout('mail_timeout'),
    rcpt: timeout('rcpt_timeout'),
    data_init: timeout('data_init_timeout'),
    data_xfer: timeout('data_xfer_timeout'),
    data_done: timeout('data_done_timeout'),
  };
  return {
    protocol,
    agent,
    myhostname: parameters.text('myhostname'),
    helo_name: parameters.text(isLmtp ? 'lmtp_lhlo_name' : 'smtp_helo_name'),
    timeouts,
    connect_timeout: timeout('connect_timeout') || tcpConnectUsMax,
    tcp_port: parameters.number(name('tcp_port')),
    lookupMx: !isLmtp && !parameters.bool('disable_dns_lookups'),
    mx_address_limit: parameters.number(name('mx_address_limit')),
    mx_session_limit: parameters.number(name('mx_session_limit')),
    skip_5xx_greeting: parameters.bool(name('skip_5xx_greeting')),
    defer_if_no_mx_address_found: parameters.bool('smtp_defer_if_no_mx_address_found'),
    line_length_limit: parameters.number(name('line_length_limit')),
    disable_mime_output_conversion: parameters.bool('disable_mime_output_conversion'),
    fallback_relay: parameters.list(name('fallback_relay')),
    relayhost: isLmtp ? '' : parameters.text('relayhost'),
    hostLookup: parameters.bool('disable_dns_lookups')
      ? 'native'
      : hostLookup(parameters.list(name('host_lookup'))),
    send_xforward_command: parameters.bool(name('send_xforward_command')),
    ownAddresses: options.addresses,
    tls: usesTls(parameters, protocol) ? clientTls(service, protocol) : null,
    plainAfter: parameters.time('minimal_backoff_time'),
    cache: options.connections === null ? null : sessionCache(options.connections, service, protocol),
  };
}

function hostLookup(ways: readonly string[]): SmtpConfig['hostLookup'] {
  return !ways.includes('native') ? 'dns' : ways.includes('dns') ? 'dns, native' : 'native';
}

function sessionCache(
  connections: ConnectionCache,
  { instance, parameters }: Service,
  protocol: 'smtp' | 'lmtp',
): SessionCache {
  const name = (ending: string): string => `${protocol}_connection_${ending}`;
  return {
    connections,
    service: parameters.text('service_name'),
    destinations: new MatchList(parameters.list(name('cache_destinations')), {
      open: (title) => instance.tables(title),
    }),
    onDemand: parameters.bool(name('cache_on_demand')),
    lifetimeUs: parameters.time(name('cache_time_limit')),
    reuseUs: parameters.time(name('reuse_time_limit')),
    reusesMax: parameters.number(name('reuse_count_limit')),
    probeUs: parameters.time(`${protocol}_rset_timeout`),
  };
}

// TLS, read from the configuration when it is first asked for.
function clientTls({ instance, parameters }: Service, protocol: 'smtp' | 'lmtp'): ClientTls {
  let opened: ClientTls | null = null;
  return {
    *policyFor(os, destination, host): ReturnType<ClientTls['policyFor']> {
      opened ??= (yield* tlsCode(os)).openClient(instance, parameters, protocol);
      return yield* opened.policyFor(os, destination, host);
    },
  };
}

// What may make smtp(8) speak TLS, with some destinations or all.
function usesTls(parameters: Parameters, protocol: 'smtp' | 'lmtp'): boolean {
  const level = parameters.text(`${protocol}_tls_security_level`);
  return (
    (level !== '' && level !== 'none') ||
    parameters.text(`${protocol}_tls_policy_maps`) !== '' ||
    parameters.bool(`${protocol}_tls_wrappermode`) ||
    parameters.bool(`${protocol}_tls_note_starttls_offer`) ||
    parameters.bool(`${protocol}_use_tls`) ||
    parameters.bool(`${protocol}_enforce_tls`)
  );
}

// A connect timeout of 0 leaves it to the operating system.
const tcpConnectUsMax = 130_000_000;
