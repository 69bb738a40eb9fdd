/**
 * config — the parameters that smtpd(8) asks for at every turn, read once per session
 *
 * Field names are those of postconf(5) without "smtpd_". What is asked for rarely is read from the parameters
 * where it is needed.
 */
import type { Service } from '../instance.ts';

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
  readonly reject_footer: string;
  readonly forbid_unauth_pipelining: boolean;
  /** 'normalize' is "yes": only CRLF . CRLF ends a message */
  readonly forbid_bare_newline: 'no' | 'normalize' | 'reject';
  readonly sasl_auth_enable: boolean;
  readonly enforce_tls: boolean;
  /** receive_override_options */
  readonly override: readonly string[];
  readonly restrictions: Readonly<Record<SmtpdPart, readonly string[]>>;
}

/** Reads them for a service. */
export function readConfig({ parameters }: Service): SmtpdConfig {
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
    reject_footer: parameters.text('smtpd_reject_footer'),
    forbid_unauth_pipelining: parameters.bool('smtpd_forbid_unauth_pipelining'),
    forbid_bare_newline: bareNewline === 'reject' ? 'reject' : bareNewline === 'no' ? 'no' : 'normalize',
    sasl_auth_enable: parameters.bool('smtpd_sasl_auth_enable'),
    enforce_tls:
      parameters.text('smtpd_tls_security_level') === 'encrypt' || parameters.bool('smtpd_enforce_tls'),
    override: parameters.list('receive_override_options').map((option) => option.toLowerCase()),
    restrictions: {
      client: parameters.list('smtpd_client_restrictions'),
      helo: parameters.list('smtpd_helo_restrictions'),
      sender: parameters.list('smtpd_sender_restrictions'),
      relay: parameters.list('smtpd_relay_restrictions'),
      recipient: parameters.list('smtpd_recipient_restrictions'),
      etrn: parameters.list('smtpd_etrn_restrictions'),
      data: parameters.list('smtpd_data_restrictions'),
      end_of_data: parameters.list('smtpd_end_of_data_restrictions'),
    },
  };
}
