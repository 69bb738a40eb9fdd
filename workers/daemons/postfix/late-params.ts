/**
 * late-params — the parameters of main.cf that only late code reads
 *
 * SEE ALSO  params.ts (all that is read before), late-code.ts
 */
import type { Parameters } from './parameters.ts';
import type { Row } from './params.ts';

/** The parameters of a service with these among them. */
export function withLateRows(parameters: Parameters): Parameters {
  return parameters.derived(addRows);
}

function addRows(parameters: Parameters): Parameters {
  return parameters.with(new Map(), lateRows);
}

/** As those in params.ts are written. */
export const lateRows: readonly Row[] = [
  ['address_verify_cache_cleanup_interval', 'time', '12h', 'h'],
  ['address_verify_map', 'text', 'btree:$data_directory/verify_cache'],
  ['address_verify_negative_cache', 'bool', 'yes'],
  ['address_verify_negative_expire_time', 'time', '3d', 'd'],
  ['address_verify_negative_refresh_time', 'time', '3h', 'h'],
  ['address_verify_poll_count', 'number', '${stress?{1}:{3}}'],
  ['address_verify_poll_delay', 'time', '3s'],
  ['address_verify_positive_expire_time', 'time', '31d', 'd'],
  ['address_verify_positive_refresh_time', 'time', '7d', 'd'],
  ['address_verify_sender_ttl', 'time', '0s'],
  ['data_directory', 'text', '/var/lib/postfix'],
  [
    'default_rbl_reply',
    'text',
    '$rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using $rbl_domain${rbl_reason?; $rbl_reason}',
  ],
  ['maps_rbl_domains', 'text', ''],
  ['maps_rbl_reject_code', 'number', '554'],
  ['permit_mx_backup_networks', 'text', ''],
  ['rbl_reply_maps', 'text', ''],
  [
    'smtpd_expansion_filter',
    'text',
    '\\t\\40!"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`abcdefghijklmnopqrstuvwxyz{|}~',
  ],
  ['smtpd_tls_ask_ccert', 'bool', 'no'],
  ['unverified_recipient_defer_code', 'number', '450'],
  ['unverified_recipient_reject_code', 'number', '450'],
  ['unverified_recipient_reject_reason', 'text', ''],
  ['unverified_recipient_tempfail_action', 'text', '$reject_tempfail_action'],
  ['unverified_sender_defer_code', 'number', '450'],
  ['unverified_sender_reject_code', 'number', '450'],
  ['unverified_sender_reject_reason', 'text', ''],
  ['unverified_sender_tempfail_action', 'text', '$reject_tempfail_action'],
];
