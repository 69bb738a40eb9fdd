/**
 * config — the parameters that smtpd(8) asks for at every turn, read once per service and taken apart
 *
 * Field names are those of postconf(5) without "smtpd_". What is asked for rarely is read from the parameters
 * where it is needed.
 */
import type { Parameters } from '../parameters.ts';

import { discardedKeywords, Offer } from './hello.ts';
import { NameAddressList } from './name-address-list.ts';
import { parseRestrictions, type RestrictionItem } from './restriction-table.ts';
import { Mechanisms } from './sasl-dialogue.ts';
import type { SmtpdPart } from './session.ts';

export interface SmtpdConfig {
  readonly myhostname: string;
  readonly mail_name: string;
  readonly banner: string;
  /** microseconds */
  readonly timeout: number;
  readonly error_sleep_time: number;
  readonly soft_error_limit: number;
  readonly hard_error_limit: number;
  readonly junk_command_limit: number;
  readonly recipient_limit: number;
  readonly recipient_overshoot_limit: number;
  readonly line_length_limit: number;
  /** bytes; 0 = no limit */
  readonly message_size_limit: number;
  readonly helo_required: boolean;
  readonly delay_reject: boolean;
  readonly strict_rfc821_envelopes: boolean;
  readonly smtputf8_enable: boolean;
  readonly soft_bounce: boolean;
  /** how the sender of verify(8)'s probes begins, in lower case; '' = it is <> */
  readonly probeSender: string;
  readonly reject_footer: string;
  readonly forbid_unauth_pipelining: boolean;
  /** 'normalize' is "yes": only CRLF . CRLF ends a message */
  readonly forbid_bare_newline: 'no' | 'normalize' | 'reject';
  readonly sasl_auth_enable: boolean;
  /** STARTTLS is offered, or there is TLS from the start */
  readonly use_tls: boolean;
  readonly enforce_tls: boolean;
  readonly tls_wrappermode: boolean;
  readonly tls_received_header: boolean;
  /** receive_override_options */
  readonly override: readonly string[];
  readonly restrictions: Readonly<Record<SmtpdPart, readonly RestrictionItem[]>>;

  readonly authorized_xclient_hosts: NameAddressList;
  readonly authorized_xforward_hosts: NameAddressList;
  readonly client_event_limit_exceptions: NameAddressList;
  readonly mynetworks: NameAddressList;
  /** words in lower case */
  readonly local_header_rewrite_clients: readonly string[];
  /** 0 = no limit */
  readonly client_connection_count_limit: number;
  readonly client_connection_rate_limit: number;
  readonly client_message_rate_limit: number;
  readonly client_recipient_rate_limit: number;
  readonly client_new_tls_session_rate_limit: number;
  readonly discard_ehlo_keyword_address_maps: string;
  readonly discarded: ReadonlySet<string>;
  readonly offer: Offer;
  readonly noop_commands: readonly string[];
  readonly disable_vrfy_command: boolean;
  /** AUTH is offered and taken: in plain text, and over TLS */
  readonly authInPlain: boolean;
  readonly authOverTls: boolean;
  readonly broken_sasl_auth_clients: boolean;
  /** smtpd_sasl_path, as the file of the library */
  readonly saslFile: string;
  readonly mechanisms: Mechanisms;
  readonly reject_unlisted_sender: boolean;
  readonly reject_unlisted_recipient: boolean;
  readonly relay_before_recipient_restrictions: boolean;
  readonly log_access_permit_actions: readonly string[];
  readonly content_filter: string;
  readonly sasl_authenticated_header: boolean;
  /** what the log was told of once and not again */
  readonly toldOf: Set<string>;
}

/** Reads them for a service. */
export function readConfig(parameters: Parameters): SmtpdConfig {
  return { ...readLimits(parameters), ...readLists(parameters), ...readTls(parameters) };
}

function readTls(parameters: Parameters) {
  const level = parameters.text('smtpd_tls_security_level').toLowerCase();
  // Levels that verify a server mean no more than "encrypt" here; smtpd(8) warns of them.
  const enforce_tls =
    level === '' ? parameters.bool('smtpd_enforce_tls') : level !== 'none' && level !== 'may';
  const tls_wrappermode = parameters.bool('smtpd_tls_wrappermode');
  const usesTls = level === '' ? parameters.bool('smtpd_use_tls') : level !== 'none';
  const hasAuth = parameters.bool('smtpd_sasl_auth_enable');
  const isAuthSecret = enforce_tls || parameters.bool('smtpd_tls_auth_only');
  // SIMPLIFIED: where "noplaintext" leaves no mechanism AUTH is not offered; the real smtpd(8) ends there.
  const allowsPlaintext = (name: string): boolean => !parameters.list(name).includes('noplaintext');
  return {
    sasl_auth_enable: hasAuth,
    use_tls: usesTls || enforce_tls || tls_wrappermode,
    enforce_tls,
    tls_wrappermode,
    tls_received_header: parameters.bool('smtpd_tls_received_header'),
    authInPlain: hasAuth && !isAuthSecret && allowsPlaintext('smtpd_sasl_security_options'),
    authOverTls: hasAuth && allowsPlaintext('smtpd_sasl_tls_security_options'),
  };
}

function readLimits(parameters: Parameters) {
  const bareNewline = parameters.text('smtpd_forbid_bare_newline').toLowerCase();
  return {
    myhostname: parameters.text('myhostname'),
    mail_name: parameters.text('mail_name'),
    banner: parameters.text('smtpd_banner'),
    timeout: parameters.time('smtpd_timeout'),
    error_sleep_time: parameters.time('smtpd_error_sleep_time'),
    soft_error_limit: parameters.number('smtpd_soft_error_limit'),
    hard_error_limit: parameters.number('smtpd_hard_error_limit'),
    junk_command_limit: parameters.number('smtpd_junk_command_limit'),
    recipient_limit: parameters.number('smtpd_recipient_limit'),
    recipient_overshoot_limit: parameters.number('smtpd_recipient_overshoot_limit'),
    line_length_limit: parameters.number('line_length_limit'),
    message_size_limit: parameters.number('message_size_limit'),
    helo_required: parameters.bool('smtpd_helo_required'),
    delay_reject: parameters.bool('smtpd_delay_reject'),
    strict_rfc821_envelopes: parameters.bool('strict_rfc821_envelopes'),
    smtputf8_enable: parameters.bool('smtputf8_enable'),
    soft_bounce: parameters.bool('soft_bounce'),
    probeSender: parameters
      .text('address_verify_sender')
      .replace(/@.*|<>/, '')
      .toLowerCase(),
    reject_footer: parameters.text('smtpd_reject_footer'),
    forbid_unauth_pipelining: parameters.bool('smtpd_forbid_unauth_pipelining'),
    forbid_bare_newline: (bareNewline === 'reject' || bareNewline === 'no'
      ? bareNewline
      : 'normalize') as SmtpdConfig['forbid_bare_newline'],
    saslFile: `/etc/postfix/sasl/${parameters.text('smtpd_sasl_path')}.conf`,
    broken_sasl_auth_clients: parameters.bool('broken_sasl_auth_clients'),
    sasl_authenticated_header: parameters.bool('smtpd_sasl_authenticated_header'),
    client_connection_count_limit: parameters.number('smtpd_client_connection_count_limit'),
    client_connection_rate_limit: parameters.number('smtpd_client_connection_rate_limit'),
    client_message_rate_limit: parameters.number('smtpd_client_message_rate_limit'),
    client_recipient_rate_limit: parameters.number('smtpd_client_recipient_rate_limit'),
    client_new_tls_session_rate_limit: parameters.number('smtpd_client_new_tls_session_rate_limit'),
    disable_vrfy_command: parameters.bool('disable_vrfy_command'),
    content_filter: parameters.text('content_filter'),
  };
}

function readLists(parameters: Parameters) {
  const addresses = (name: string): NameAddressList => new NameAddressList(parameters.list(name));
  const restrictions = (part: SmtpdPart): RestrictionItem[] =>
    parseRestrictions(parameters.list(`smtpd_${part}_restrictions`));
  return {
    override: parameters.list('receive_override_options').map((option) => option.toLowerCase()),
    restrictions: {
      client: restrictions('client'),
      helo: restrictions('helo'),
      sender: restrictions('sender'),
      relay: restrictions('relay'),
      recipient: restrictions('recipient'),
      etrn: restrictions('etrn'),
      data: restrictions('data'),
      end_of_data: restrictions('end_of_data'),
    },
    reject_unlisted_sender: parameters.bool('smtpd_reject_unlisted_sender'),
    reject_unlisted_recipient: parameters.bool('smtpd_reject_unlisted_recipient'),
    relay_before_recipient_restrictions: parameters.bool('smtpd_relay_before_recipient_restrictions'),
    log_access_permit_actions: parameters.list('smtpd_log_access_permit_actions'),
    authorized_xclient_hosts: addresses('smtpd_authorized_xclient_hosts'),
    authorized_xforward_hosts: addresses('smtpd_authorized_xforward_hosts'),
    client_event_limit_exceptions: addresses('smtpd_client_event_limit_exceptions'),
    mynetworks: addresses('mynetworks'),
    local_header_rewrite_clients: parameters
      .list('local_header_rewrite_clients')
      .map((item) => item.toLowerCase()),
    discard_ehlo_keyword_address_maps: parameters.text('smtpd_discard_ehlo_keyword_address_maps'),
    discarded: discardedKeywords(parameters.list('smtpd_discard_ehlo_keywords')),
    offer: new Offer(),
    mechanisms: new Mechanisms(),
    noop_commands: parameters.list('smtpd_noop_commands'),
    toldOf: new Set<string>(),
  };
}
