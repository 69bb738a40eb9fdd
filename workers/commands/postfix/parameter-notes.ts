/**
 * parameter-notes — the parameters that the simulation acts on: which daemon reads each, and what it does
 *
 * A parameter that is not here changes nothing here, whatever it is set to. Their types and defaults are in
 * params.ts; tests/commands/postfix/parameter-notes.test.ts holds this table against what the daemons read.
 *
 * SEE ALSO  postconf(5); ../../daemons/postfix/params.ts, more-parameters.ts (those of no effect)
 */

/** What comes of a parameter. */
export interface ParameterNote {
  /** the programs that read it */
  readonly readers: string;
  /** one sentence without a full stop */
  readonly does: string;
}

/** All that are acted on, by name. */
export function parameterNotes(): ReadonlyMap<string, ParameterNote> {
  const notes = new Map<string, ParameterNote>();
  let readers = '';
  for (const line of table.split('\n')) {
    const [, name, does] = /^ {2}(\w+) +(.+)$/.exec(line) ?? [];
    if (name !== undefined && does !== undefined) notes.set(name, { readers, does });
    else if (line !== '') readers = line;
  }
  return notes;
}

/** The program of real Postfix that reads a parameter of no effect here, by its name; '' = not told. */
export function readerByName(name: string): string {
  return byPrefix.find(([prefix]) => name.startsWith(prefix))?.[1] ?? '';
}

const byPrefix: readonly (readonly [prefix: string, reader: string])[] = [
  ['smtpd_', 'smtpd'],
  ['smtp_', 'smtp'],
  ['lmtp_', 'lmtp'],
  ['postscreen_', 'postscreen'],
  ['psc_', 'postscreen'],
  ['dnsblog_', 'dnsblog'],
  ['tlsproxy_', 'tlsproxy'],
  ['qmqpd_', 'qmqpd'],
  ['milter_', 'smtpd, cleanup'],
  ['address_verify_', 'smtpd, verify'],
  ['unverified_', 'smtpd, verify'],
  ['postmulti_', 'postmulti'],
  ['multi_instance_', 'postmulti'],
  ['virtual_', 'virtual'],
  ['qmgr_', 'qmgr'],
  ['bounce_', 'bounce'],
  ['mailbox_', 'local'],
  ['fast_flush_', 'flush'],
  ['connection_cache_', 'scache'],
  ['proxy_', 'proxymap'],
  ['anvil_', 'anvil'],
];

const table = `
all programs
  compatibility_level           which defaults of earlier versions still count
  default_database_type         the type of a table that postmap and postalias are given without one
  enable_long_queue_ids         queue ids that tell the time and are never used twice
  hash_queue_depth              how many folders deep the queue is split
  hash_queue_names              which queues are split into folders
  inet_protocols                IPv4, IPv6 or all
  mail_name                     the name of the mail system in greetings and Received: fields
  mail_owner                    the user that owns the queue and runs the daemons
  mail_version                  the version that a greeting may tell
  multi_instance_name           the name of this instance, in front of log lines
  mydomain                      the domain of this machine: what other defaults are made of
  myhostname                    the full name of this machine, as it greets and signs
  process_name                  the program of a service, set by master for each
  queue_directory               where the queues lie
  propagate_unmatched_extensions  what keeps the extension of user+lists@domain when user@domain is found
  recipient_delimiter           what parts user and extension, as in user+lists@domain
  service_name                  the name of a service in master.cf, set by master for each
  syslog_name                   what each line of the log is signed with

master
  default_process_limit         how many processes a service may have when master.cf says "-"
  inet_interfaces               the addresses that mail is accepted on, and which count as its own
  ipc_timeout                   how long one daemon waits for another
  max_idle                      how long a daemon without work stays

smtpd
  access_map_defer_code         the reply code of DEFER in an access table
  access_map_reject_code        the reply code of REJECT in an access table
  allow_untrusted_routing       whether user@a@b from strangers is forwarded
  broken_sasl_auth_clients      says AUTH once more in the form that old clients expect
  default_rbl_reply             the text for a client that a block list names
  defer_code                    the reply code of the restriction "defer"
  disable_vrfy_command          refuses VRFY, which tells whether a mailbox is there
  invalid_hostname_reject_code  the reply code for a HELO name that is none
  maps_rbl_domains              the DNS lists of reject_maps_rbl
  maps_rbl_reject_code          the reply code for who is in a DNS list: $rbl_code
  local_recipient_maps  the local users: other recipients in $mydestination are refused; empty: none is
  mynetworks                    the clients that are trusted: they may relay
  permit_mx_backup_networks     the networks of the hosts that permit_mx_backup stands in for; empty: any
  rbl_reply_maps                the text for each block list, instead of default_rbl_reply
  multi_recipient_bounce_reject_code  the reply code for a bounce to several recipients
  non_fqdn_reject_code          the reply code for a name without a domain
  plaintext_reject_code         the reply code for a session without TLS
  reject_code                   the reply code of the restriction "reject"
  reject_tempfail_action        what is done when a check cannot be made now
  relay_domains_reject_code     the reply code of "Relay access denied"
  relay_recipient_maps          the recipients in $relay_domains; empty: all are accepted
  show_user_unknown_table_name  says in which table a recipient was looked for
  smtpd_authorized_xclient_hosts   clients that may use XCLIENT to act as others, for tests
  smtpd_authorized_xforward_hosts  clients that may use XFORWARD: filters that hand mail back
  smtpd_banner                  the greeting after 220
  smtpd_client_connection_count_limit       connections that one client may have at once
  smtpd_client_connection_limit_exceptions  an older name of smtpd_client_event_limit_exceptions
  smtpd_client_connection_rate_limit        connections of one client per anvil_rate_time_unit; 0 = no limit
  smtpd_client_event_limit_exceptions       clients that no limit per client counts for
  smtpd_client_message_rate_limit           mails of one client per anvil_rate_time_unit; 0 = no limit
  smtpd_client_new_tls_session_rate_limit  TLS handshakes of one client per anvil_rate_time_unit; 0 = no limit
  smtpd_client_recipient_rate_limit         recipients of one client per anvil_rate_time_unit; 0 = no limit
  smtpd_client_restrictions     who may connect
  smtpd_data_restrictions       checked at DATA
  smtpd_delay_reject            refuses only after RCPT TO, so that the log names sender and recipient
  smtpd_discard_ehlo_keyword_address_maps  extensions not offered, by client
  smtpd_discard_ehlo_keywords   extensions not offered to anyone
  smtpd_end_of_data_restrictions  checked when the whole message is there
  smtpd_enforce_tls             the older way to say that TLS is a must
  smtpd_error_sleep_time        the pause before a reply after too many errors
  smtpd_etrn_restrictions       who may use ETRN
  smtpd_expansion_filter        characters that a reply may repeat
  smtpd_forbid_bare_newline     what is done about lines that end in a bare line feed
  smtpd_forbid_bare_newline_reject_code  its reply code
  smtpd_forbid_unauth_pipelining  hangs up on clients that send ahead without having asked
  smtpd_forbidden_commands      commands after which it hangs up
  smtpd_hard_error_limit        errors after which it hangs up
  smtpd_helo_required           no mail without HELO or EHLO first
  smtpd_helo_restrictions       checked at HELO and EHLO
  smtpd_junk_command_limit      NOOP, VRFY, ETRN and RSET that are free before they count as errors
  smtpd_log_access_permit_actions  which permitting actions are logged
  smtpd_noop_commands           commands that are answered and ignored
  smtpd_null_access_lookup_key  how the empty sender is looked up
  smtpd_peername_lookup         whether the name of a client is looked up
  smtpd_recipient_limit         recipients that one mail may have
  smtpd_recipient_overshoot_limit  recipients beyond it that are no error yet
  smtpd_recipient_restrictions  checked at each RCPT TO, after the relay restrictions
  smtpd_reject_footer           a line added to each refusal
  smtpd_reject_unlisted_recipient  refuses recipients that are in no table, even when nothing else asks
  smtpd_reject_unlisted_sender  refuses local senders that are in no table
  smtpd_relay_before_recipient_restrictions  which of the two lists counts first
  smtpd_relay_restrictions      who may send mail through this host to elsewhere
  smtpd_restriction_classes     names for lists of restrictions of your own
  smtpd_sasl_auth_enable        offers AUTH
  smtpd_sasl_authenticated_header  names the login in the Received: field
  smtpd_sasl_local_domain       the realm of a login without one
  smtpd_sasl_path               how the password service is reached
  smtpd_sasl_response_limit     the longest answer of a client during AUTH
  smtpd_sasl_security_options   mechanisms that are not offered: noplaintext, noanonymous
  smtpd_sasl_service            the name of the service for passwords
  smtpd_sasl_tls_security_options  the same inside TLS
  smtpd_sender_login_maps       which login may use which sender address
  smtpd_sender_restrictions     checked at MAIL FROM
  smtpd_soft_error_limit        errors after which replies get slow
  smtpd_starttls_timeout        how long a handshake may take
  smtpd_timeout                 how long it waits for the client's next line
  smtpd_tls_ask_ccert           says that clients show certificates; here none does
  smtpd_tls_auth_only           offers AUTH only inside TLS
  smtpd_tls_cert_file           the certificate that is shown to clients
  smtpd_tls_chain_files         key and certificates in one
  smtpd_tls_key_file            the key of the certificate
  smtpd_tls_loglevel            how much of TLS is logged
  smtpd_tls_received_header     tells in the Received: field how the line was protected
  smtpd_tls_security_level      none, may = STARTTLS is offered, encrypt = it is a must
  smtpd_tls_wrappermode         TLS from the first byte, as on port 465
  smtpd_use_tls                 the older way to offer STARTTLS
  stress                        yes = several time limits get short; master sets it for services under load
  unknown_address_reject_code   the reply code for an address whose domain is not there
  unknown_address_tempfail_action  what is done when that cannot be known now
  unknown_client_reject_code    the reply code for a client without a name
  unknown_helo_hostname_tempfail_action  what is done when a HELO name cannot be looked up now
  unknown_hostname_reject_code  the reply code for a HELO name that is not there
  unknown_local_recipient_reject_code   the reply code for an unknown local recipient
  unknown_relay_recipient_reject_code   the reply code for an unknown recipient in $relay_domains
  unknown_virtual_alias_reject_code     the reply code for an unknown virtual alias
  unknown_virtual_mailbox_reject_code   the reply code for an unknown virtual mailbox

smtpd, verify
  address_verify_poll_count     how often smtpd asks for an address that is being verified
  address_verify_poll_delay     the time between two such questions
  address_verify_sender         the sender of the probes that verify an address
  unverified_recipient_defer_code       the reply code while a recipient cannot be verified; 250 = accept
  unverified_recipient_reject_code      the reply code for a recipient that nobody takes mail for
  unverified_recipient_reject_reason    what is said instead of the reason
  unverified_recipient_tempfail_action  what is done while a recipient cannot be verified
  unverified_sender_defer_code          the reply code while a sender cannot be verified; 250 = accept
  unverified_sender_reject_code         the reply code for a sender that nobody takes mail for
  unverified_sender_reject_reason       what is said instead of the reason
  unverified_sender_tempfail_action     what is done while a sender cannot be verified

verify
  address_verify_cache_cleanup_interval  how often what has expired is dropped from the cache
  address_verify_map            where the results of probes are kept
  address_verify_negative_cache  whether failures are kept
  address_verify_negative_expire_time   how long a failure counts
  address_verify_negative_refresh_time  after which time a failure is probed again
  address_verify_positive_expire_time   how long a success counts
  address_verify_positive_refresh_time  after which time a success is probed again
  address_verify_sender_ttl     how often the sender of probes changes; 0 = never
  data_directory                where daemons keep what they know

anvil
  anvil_rate_time_unit          the time over which clients are counted

smtpd, cleanup
  double_bounce_sender          the sender of notices whose own failure is not reported
  line_length_limit             lines that are longer are cut into pieces
  receive_override_options      what is left out on the way in, for mail that a filter hands back
  smtputf8_enable               accepts addresses beyond ASCII
  strict_rfc821_envelopes       refuses addresses without <> and with comments

smtpd, cleanup, pickup
  content_filter                the filter that all mail is sent through first: transport:next hop
  message_size_limit            the largest mail in bytes; a larger one gets 552
  soft_bounce                   turns every refusal for good into one for now: for tests

cleanup
  always_add_missing_headers    adds From:, Message-ID: and Date: also to mail of strangers
  always_bcc                    an address that gets a copy of all mail
  body_checks                   patterns that lines of the body are held against
  body_checks_size_limit        how much of a part is looked at
  canonical_classes             which addresses canonical_maps changes
  canonical_maps                rewrites addresses of senders and recipients alike
  header_checks                 patterns that header fields are held against
  hopcount_limit                so many Received: fields are a loop
  local_header_rewrite_clients  clients whose header fields get $myorigin appended
  message_drop_headers          header fields that are taken out
  recipient_bcc_maps            copies by recipient
  masquerade_classes            which addresses masquerade_domains changes
  masquerade_domains            domains whose host names are taken out of addresses
  masquerade_exceptions         users whose addresses masquerade_domains leaves alone
  disable_mime_input_processing  whether header checks look at the main header only
  mime_boundary_length_limit    how much of a boundary counts
  mime_nesting_limit            how deep parts may lie in parts
  recipient_canonical_classes   which addresses recipient_canonical_maps changes
  recipient_canonical_maps      rewrites addresses of recipients
  sender_bcc_maps               copies by sender
  sender_canonical_classes      which addresses sender_canonical_maps changes
  sender_canonical_maps         rewrites addresses of senders
  undisclosed_recipients_header  the To: field of mail without one
  virtual_alias_expansion_limit  how many recipients one may become
  virtual_alias_maps            sends mail for one address on to others
  virtual_alias_recursion_limit  how often one alias may lead to the next
  virtual_maps                  an older name of virtual_alias_maps

trivial-rewrite
  allow_min_user                lets addresses start with "-"
  allow_percent_hack            reads user%domain as user@domain
  append_at_myorigin            makes user into user@$myorigin
  append_dot_mydomain           makes user@host into user@host.$mydomain
  default_transport             how mail for elsewhere goes
  empty_address_recipient       who gets mail for the empty address
  error_service_name            the transport of what cannot be delivered
  local_transport               how mail for $mydestination goes
  mydestination                 the domains whose mailboxes are on this machine
  myorigin                      the domain of addresses without one
  parent_domain_matches_subdomains  lists in which a domain stands for all below it
  proxy_interfaces              addresses of a gateway that lead here
  relay_domains                 domains for which this host takes mail and passes it on
  relay_transport               how mail for $relay_domains goes
  relayhost  the host that all mail for elsewhere is handed to; empty: the MX of each domain
  resolve_dequoted_address      looks for @ inside quotes
  resolve_null_domain           takes user@ as local
  resolve_numeric_domain        takes user@1.2.3.4 as user@[1.2.3.4]
  sender_dependent_default_transport_maps  the way for elsewhere, by sender
  sender_dependent_relayhost_maps  the relay host, by sender
  swap_bangpath                 reads site!user as user@site
  transport_maps                the way by recipient or domain: transport:next hop
  virtual_alias_domains         domains of which every address is an alias
  virtual_mailbox_domains       domains whose mailboxes are in virtual_mailbox_maps or with $virtual_transport
  virtual_transport             how mail for $virtual_mailbox_domains goes

qmgr
  bounce_queue_lifetime         how long a notice is tried before it is given up
  default_delivery_slot_cost    how many deliveries of a big mail pay for one of another that goes before it
  default_delivery_slot_discount  how much less than all its slots a mail needs to go before another, per cent
  default_delivery_slot_loan    slots that a mail may owe when it goes before another
  default_destination_concurrency_failed_cohort_limit  failed rounds after which a destination counts as dead
  default_destination_concurrency_limit              deliveries to one destination at a time
  default_destination_concurrency_negative_feedback  how fast failures lower the number at a time
  default_destination_concurrency_positive_feedback  how fast successes raise the number at a time
  default_destination_rate_delay    the pause between deliveries to one destination
  default_destination_recipient_limit  recipients in one delivery
  default_minimum_delivery_slots  slots that a mail must be able to earn before others may go before it
  default_transport_rate_delay      the pause between deliveries of one transport
  defer_transports              transports that deliver only when the queue is flushed
  delay_warning_time            after how long the sender is told of a delay; 0h = never
  in_flow_delay                 the pause before a new mail while mail comes in faster than it goes out
  initial_destination_concurrency  deliveries to a destination at a time, to begin with
  lmtp_destination_concurrency_limit    deliveries by lmtp to one destination at a time
  lmtp_destination_recipient_limit      recipients in one delivery by lmtp
  local_destination_concurrency_limit   deliveries to one local mailbox at a time
  local_destination_recipient_limit     recipients in one local delivery
  local_initial_destination_concurrency  the same as initial_destination_concurrency, for local mail
  maximal_backoff_time          the longest wait between two tries of a mail
  maximal_queue_lifetime        how long a mail is tried before it is returned to its sender
  minimal_backoff_time          the shortest wait between two tries; so long is a dead destination left alone
  qmgr_clog_warn_time           the pause between warnings that one destination fills the active queue
  qmgr_message_active_limit     how many mails may be in the active queue
  queue_run_delay               how often the deferred queue is looked through
  relay_destination_recipient_limit     recipients in one delivery by relay
  smtp_destination_concurrency_limit    deliveries by smtp to one destination at a time
  smtp_destination_recipient_limit      recipients in one delivery by smtp
  smtp_transport_rate_delay     the pause between deliveries by smtp
  virtual_destination_concurrency_limit  deliveries to one virtual mailbox at a time
  virtual_destination_recipient_limit    recipients in one delivery by virtual

smtp
  disable_dns_lookups           looks up no MX, only addresses
  disable_mime_output_conversion  sends 8-bit mail as it is, also to hosts without 8BITMIME
  fallback_relay                an older name of smtp_fallback_relay
  smtp_connect_timeout          how long to try to connect
  smtp_connection_cache_destinations  whose connections are always kept for the next mail
  smtp_connection_cache_on_demand  whether connections are kept while mail for a destination streams
  smtp_connection_cache_time_limit  how long a connection waits for the next mail
  smtp_connection_reuse_count_limit  how often a connection may be used again; 0 is no limit
  smtp_connection_reuse_time_limit  how long a connection may be used
  smtp_rset_timeout             how long to wait for the answer to RSET
  smtp_data_done_timeout        how long to wait for the reply to the final dot
  smtp_data_init_timeout        how long to wait for the reply to DATA
  smtp_data_xfer_timeout        how long sending the text may stand still
  smtp_defer_if_no_mx_address_found  waits when no MX has an address, instead of returning the mail
  smtp_enforce_tls              the older way to say that TLS is a must
  smtp_fallback_relay           hosts to try when all of a destination fail
  smtp_helo_name                the name in HELO and EHLO
  smtp_host_lookup              who is asked for the address of a host: dns, native or both
  smtp_helo_timeout             how long to wait for the reply to HELO and EHLO
  smtp_line_length_limit        longer lines are broken when they are sent
  smtp_mail_timeout             how long to wait for the reply to MAIL FROM
  smtp_mx_address_limit         addresses of a destination that are tried
  smtp_mx_session_limit         sessions for one delivery before it waits
  smtp_rcpt_timeout             how long to wait for the reply to RCPT TO
  smtp_send_xforward_command    tells the next host, a filter, who the client was
  smtp_skip_5xx_greeting        tries the next MX when one greets with 5xx
  smtp_starttls_timeout         how long a handshake may take
  smtp_tcp_port                 the port of the other side
  smtp_tls_CAfile               the authorities that certificates are checked with
  smtp_tls_enforce_peername     whether the name in the certificate counts
  smtp_tls_fingerprint_cert_match  fingerprints that are right, at level fingerprint
  smtp_tls_loglevel             how much of TLS is logged
  smtp_tls_note_starttls_offer  logs who offers STARTTLS while it is not used
  smtp_tls_policy_maps          the level of TLS by destination
  smtp_tls_secure_cert_match    names that are right, at level secure
  smtp_tls_security_level       none, may = when it is offered, encrypt = or not at all
  smtp_tls_servername           the name that is asked for in the handshake
  smtp_tls_verify_cert_match    names that are right, at level verify
  smtp_tls_wrappermode          TLS from the first byte
  smtp_use_tls                  the older way to use STARTTLS when it is offered
  smtp_xforward_timeout         how long to wait for the reply to XFORWARD

lmtp
  lmtp_connect_timeout          how long to try to connect
  lmtp_connection_cache_destinations  whose connections are always kept for the next mail
  lmtp_connection_cache_on_demand  whether connections are kept while mail for a destination streams
  lmtp_connection_cache_time_limit  how long a connection waits for the next mail
  lmtp_connection_reuse_count_limit  how often a connection may be used again; 0 is no limit
  lmtp_connection_reuse_time_limit  how long a connection may be used
  lmtp_rset_timeout             how long to wait for the answer to RSET
  lmtp_data_done_timeout        how long to wait for the replies to the final dot
  lmtp_data_init_timeout        how long to wait for the reply to DATA
  lmtp_data_xfer_timeout        how long sending the text may stand still
  lmtp_enforce_tls              the older way to say that TLS is a must
  lmtp_fallback_relay           hosts to try when all of a destination fail
  lmtp_lhlo_name                the name in LHLO
  lmtp_lhlo_timeout             how long to wait for the reply to LHLO
  lmtp_line_length_limit        longer lines are broken when they are sent
  lmtp_mail_timeout             how long to wait for the reply to MAIL FROM
  lmtp_mx_address_limit         addresses of a destination that are tried
  lmtp_mx_session_limit         sessions for one delivery before it waits
  lmtp_rcpt_timeout             how long to wait for the reply to RCPT TO
  lmtp_send_xforward_command    tells the next host who the client was
  lmtp_skip_5xx_greeting        tries the next address when one greets with 5xx
  lmtp_starttls_timeout         how long a handshake may take
  lmtp_tcp_port                 the port of the other side
  lmtp_tls_CAfile               the authorities that certificates are checked with
  lmtp_tls_enforce_peername     whether the name in the certificate counts
  lmtp_tls_fingerprint_cert_match  fingerprints that are right, at level fingerprint
  lmtp_tls_loglevel             how much of TLS is logged
  lmtp_tls_note_starttls_offer  logs who offers STARTTLS while it is not used
  lmtp_tls_policy_maps          the level of TLS by destination
  lmtp_tls_secure_cert_match    names that are right, at level secure
  lmtp_tls_security_level       none, may = when it is offered, encrypt = or not at all
  lmtp_tls_servername           the name that is asked for in the handshake
  lmtp_tls_verify_cert_match    names that are right, at level verify
  lmtp_tls_wrappermode          TLS from the first byte
  lmtp_use_tls                  the older way to use STARTTLS when it is offered
  lmtp_xforward_timeout         how long to wait for the reply to XFORWARD

local
  alias_database                the alias files that newaliases makes tables of
  alias_maps                    sends mail for a local name to addresses, files or commands
  fallback_transport            where mail goes for names that are not known here
  luser_relay                   the address that gets mail for unknown names
  mail_spool_directory          where the mailboxes lie
  mailbox_transport             who delivers to local mailboxes instead

virtual
  virtual_mailbox_base          the folder that mailbox names are in
  virtual_mailbox_maps          the mailbox of each recipient

postfix
  maillog_file                  the file that "postfix logrotate" moves aside

bounce
  2bounce_notice_recipient      who is told when a notice cannot be delivered
  bounce_notice_recipient       who gets the postmaster's copies of bounces
  bounce_size_limit             how much of the original a notice carries
  delay_notice_recipient        who gets the postmaster's copies of delay warnings
  notify_classes                which troubles the postmaster is told

flush
  fast_flush_domains            domains that ETRN and postqueue -s may ask for
`;
