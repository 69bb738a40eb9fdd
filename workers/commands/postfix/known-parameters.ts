/**
 * known-parameters — what postconf(1) knows of parameters: the built-in ones with their defaults, those that
 * services of master.cf bring along, those that the configuration itself defines
 *
 * SEE ALSO  postconf(1), postconf.ts
 */
import type { MainCf } from '../../daemons/postfix/main-cf.ts';
import { splitList } from '../../daemons/postfix/main-cf.ts';
import { fullParameterTable } from '../../daemons/postfix/unread-params.ts';

import type { MasterLine } from './master-file.ts';
import { moreParameters } from './more-parameters.ts';

export type ParameterClass = 'builtin' | 'service' | 'user';

export interface KnownParameter {
  readonly usual: string;
  readonly kind: ParameterClass;
}

// In params.ts for the daemons' sake: of services, or names of long ago.
const notBuiltIn = new RegExp(
  '^(fallback_relay|virtual_maps|authorized_verp_clients|smtpd_per_record_deadline|' +
    'smtpd_client_ipv6_prefix_length|smtpd_client_connection_limit_exceptions|' +
    '(local|lmtp|relay|smtp|virtual)_(initial_destination_concurrency|' +
    'destination_(concurrency|recipient)_limit|transport_rate_delay))$',
);

const serviceEndings = Object.freeze([
  'delivery_slot_cost',
  'delivery_slot_discount',
  'delivery_slot_loan',
  'destination_concurrency_failed_cohort_limit',
  'destination_concurrency_limit',
  'destination_concurrency_negative_feedback',
  'destination_concurrency_positive_feedback',
  'destination_rate_delay',
  'destination_recipient_limit',
  'extra_recipient_limit',
  'initial_destination_concurrency',
  'minimum_delivery_slots',
  'recipient_limit',
  'recipient_refill_delay',
  'recipient_refill_limit',
  'transport_rate_delay',
]);
const deliveryPrograms = Object.freeze(['local', 'error', 'virtual', 'smtp', 'lmtp', 'pipe']);

const ldapEndings = Object.freeze(
  (
    'bind bind_dn bind_pw cache cache_expiry cache_size chase_referrals debuglevel dereference domain ' +
    'expansion_limit leaf_result_attribute query_filter recursion_limit result_attribute result_filter ' +
    'result_format scope search_base search_timeout server_host server_port size_limit ' +
    'special_result_attribute start_tls terminal_result_attribute timeout tls_ca_cert_dir tls_ca_cert_file ' +
    'tls_cert tls_cipher_suite tls_key tls_random_file tls_require_cert version'
  ).split(' '),
);

/** Everything that is no mistake, by name. */
export function knownParameters(
  main: MainCf,
  services: readonly MasterLine[],
  host: ReadonlyMap<string, string>,
): Map<string, KnownParameter> {
  const known = new Map<string, KnownParameter>();
  for (const [name, { usual }] of fullParameterTable())
    if (!notBuiltIn.test(name)) known.set(name, { usual: host.get(name) ?? usual, kind: 'builtin' });
  for (const [usual, names] of moreParameters)
    for (const name of names.split(/\s+/))
      known.set(name, { usual: host.get(name) ?? usual, kind: 'builtin' });
  for (const { fields } of services) addService(known, fields);
  addUserDefined(known, main, services);
  return known;
}

function addService(known: Map<string, KnownParameter>, fields: readonly string[]): void {
  const [service = '', , , , , , , command = ''] = fields;
  const add = (ending: string, usual: string): void => {
    known.set(`${service}_${ending}`, { usual, kind: 'service' });
  };
  if (command === 'pipe' || command === 'spawn') add('time_limit', '$command_time_limit');
  if (!deliveryPrograms.includes(command)) return;
  for (const ending of serviceEndings) {
    const common = ending === 'initial_destination_concurrency' ? ending : `default_${ending}`;
    add(ending, `$${common}`);
  }
}

// Restriction classes, parameters of tables, and what another value names as $name.
function addUserDefined(
  known: Map<string, KnownParameter>,
  main: MainCf,
  services: readonly MasterLine[],
): void {
  const values = new Map(main.values);
  const overrides = services.flatMap((service) => [...service.overrides]);
  const define = (name: string): void => {
    if (!known.has(name) && (values.has(name) || overrides.some(([key]) => key === name)))
      known.set(name, { usual: '', kind: 'user' });
  };
  const classes = [values.get('smtpd_restriction_classes') ?? ''];
  for (const [name, value] of overrides) if (name === 'smtpd_restriction_classes') classes.push(value);
  for (const name of classes.flatMap((text) => splitList(text))) define(name);
  for (const [name, value] of [...values, ...overrides]) {
    if (!known.has(name)) continue;
    for (const [, braced, plain] of value.matchAll(/\$(?:[{(]\s*(\w+)|(\w+))/g)) define(braced ?? plain!);
    for (const [, table] of value.matchAll(/\bldap:(\w+)/g))
      for (const ending of ldapEndings) define(`${table!}_${ending}`);
  }
}
