/**
 * more-parameters — the parameters of Postfix 3.7.11 that the simulation does not act on: default, names
 *
 * postconf(1) knows them; setting one changes nothing here.
 *
 * SEE ALSO  ../../daemons/postfix/params.ts (those that count)
 */

/** Names by default value. */
export const moreParameters: readonly (readonly [usual: string, names: string])[] = [
  ['12h', `fast_flush_refresh_time postscreen_cache_cleanup_interval`],
  ['$default_transport', 'address_verify_default_transport'],
  ['$local_transport', 'address_verify_local_transport'],
  ['5000', 'address_verify_pending_request_limit'],
  ['$relay_transport', 'address_verify_relay_transport'],
  ['$relayhost', 'address_verify_relayhost'],
  ['$sender_dependent_default_transport_maps', 'address_verify_sender_dependent_default_transport_maps'],
  ['$sender_dependent_relayhost_maps', 'address_verify_sender_dependent_relayhost_maps'],
  ['0s', 'dnsblog_reply_delay'],
  ['verify', 'address_verify_service_name'],
  ['$transport_maps', 'address_verify_transport_maps'],
  ['$virtual_transport', 'address_verify_virtual_transport'],
  [
    '',
    `alternate_config_directories best_mx_transport bounce_template_file command_execution_directory
     cyrus_sasl_config_path debugger_command default_delivery_status_filter
     internal_mail_filter_classes lmtp_bind_address lmtp_bind_address6 lmtp_body_checks
     lmtp_discard_lhlo_keyword_address_maps lmtp_discard_lhlo_keywords lmtp_dns_reply_filter
     lmtp_dns_resolver_options lmtp_dns_support_level lmtp_generic_maps lmtp_header_checks
     lmtp_mime_header_checks lmtp_nested_header_checks lmtp_pix_workaround_maps lmtp_reply_filter
     lmtp_sasl_auth_cache_name lmtp_sasl_mechanism_filter lmtp_sasl_password_maps lmtp_sasl_path
     lmtp_tls_CAfile lmtp_tls_CApath lmtp_tls_cert_file lmtp_tls_chain_files lmtp_tls_dcert_file
     lmtp_tls_eccert_file lmtp_tls_exclude_ciphers lmtp_tls_fingerprint_cert_match
     lmtp_tls_mandatory_exclude_ciphers lmtp_tls_per_site lmtp_tls_policy_maps lmtp_tls_servername
     lmtp_tls_session_cache_database lmtp_tls_trust_anchor_file local_command_shell maillog_file
     master_service_disable milter_header_checks milter_macro_defaults milter_unknown_command_macros
     multi_instance_directories multi_instance_group multi_instance_wrapper postscreen_command_filter
     postscreen_dnsbl_reply_map postscreen_dnsbl_sites postscreen_upstream_proxy_protocol
     qmqpd_authorized_clients relay_clientcerts smtp_bind_address6
     smtp_discard_ehlo_keyword_address_maps smtp_discard_ehlo_keywords smtp_dns_reply_filter
     smtp_dns_resolver_options smtp_mime_header_checks smtp_nested_header_checks
     smtp_pix_workaround_maps smtp_sasl_auth_cache_name smtp_sasl_path smtp_tls_cert_file
     smtp_tls_chain_files smtp_tls_dcert_file smtp_tls_eccert_file smtp_tls_exclude_ciphers
     smtp_tls_fingerprint_cert_match smtp_tls_mandatory_exclude_ciphers smtp_tls_per_site
     smtp_tls_servername smtp_tls_session_cache_database smtp_tls_trust_anchor_file
     smtpd_policy_service_policy_context smtpd_tls_dcert_file smtpd_tls_dh512_param_file
     smtpd_tls_eccert_file smtpd_tls_mandatory_exclude_ciphers tls_config_name
     tls_disable_workarounds tls_server_sni_maps tls_ssl_options`,
  ],
  ['600s', 'anvil_status_update_time connection_cache_status_update_time'],
  ['100s', 'application_event_drain_time'],
  [
    'yes',
    `backwards_bounce_logfile_compatibility cleanup_replace_stray_cr_lf detect_8bit_encoding_header
     frozen_delivered_to helpful_warnings lmtp_balance_inet_protocols
     lmtp_quote_rfc821_envelope lmtp_randomize_addresses lmtp_sasl_auth_soft_bounce
     lmtp_tls_enforce_peername smtp_balance_inet_protocols smtp_quote_rfc821_envelope
     smtp_sasl_auth_soft_bounce smtp_tls_enforce_peername smtpd_tls_always_issue_session_ids
     tls_fast_shutdown_enable tls_wildcard_matches_multiple_labels`,
  ],
  ['16777216', 'berkeley_db_create_buffer_size'],
  ['131072', 'berkeley_db_read_buffer_size'],
  [
    '1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
    `command_expansion_filter execution_directory_expansion_filter forward_expansion_filter`,
  ],
  ['1000s', 'command_time_limit ipc_ttl smtpd_policy_service_max_ttl'],
  ['5s', 'connection_cache_protocol_timeout postscreen_upstream_proxy_timeout'],
  ['scache', 'connection_cache_service_name'],
  ['2s', 'connection_cache_ttl_limit'],
  [
    'no',
    `daemon_table_open_error_is_fatal destination_concurrency_feedback_debug disable_verp_bounces
     dns_ncache_ttl_fix_enable enable_idna2003_compatibility enable_threaded_bounces
     ignore_mx_lookup_error lmtp_assume_final lmtp_bind_address_enforce
     lmtp_cname_overrides_servername lmtp_defer_if_no_mx_address_found lmtp_enforce_tls
     lmtp_sasl_auth_enable lmtp_send_dummy_mail_auth lmtp_sender_dependent_authentication
     lmtp_skip_quit_response lmtp_tls_block_early_mail_reply lmtp_tls_connection_reuse
     lmtp_tls_force_insecure_host_tlsa_lookup lmtp_tls_note_starttls_offer lmtp_tls_wrappermode
     lmtp_use_tls multi_instance_enable postscreen_bare_newline_enable
     postscreen_non_smtp_command_enable postscreen_pipelining_enable qmqpd_client_port_logging
     reset_owner_alias send_cyrus_sasl_authzid smtp_bind_address_enforce smtp_enforce_tls
     smtp_send_dummy_mail_auth smtp_sender_dependent_authentication smtp_tls_block_early_mail_reply
     smtp_tls_connection_reuse smtp_tls_force_insecure_host_tlsa_lookup smtp_tls_note_starttls_offer
     smtp_tls_wrappermode smtp_use_tls strict_smtputf8 tls_legacy_public_key_fingerprints
     tls_preempt_cipherlist`,
  ],
  ['18000s', 'daemon_timeout'],
  ['+=', 'default_verp_delimiters'],
  ['20', 'deliver_lock_attempts postscreen_command_count_limit'],
  ['1s', 'deliver_lock_delay fork_delay qmqpd_error_delay smtpd_policy_service_retry_delay'],
  ['dnsblog', 'dnsblog_service_name'],
  ['ns:.', 'dnssec_probe'],
  [
    '0',
    `dont_remove fault_injection_code lmtp_tls_loglevel smtpd_client_new_tls_session_rate_limit
     smtpd_policy_service_request_limit`,
  ],
  ['1000', 'duplicate_filter_limit'],
  [
    '<>',
    `empty_address_default_transport_maps_lookup_key empty_address_local_login_sender_maps_lookup_key
     empty_address_relayhost_maps_lookup_key`,
  ],
  ['TZ MAIL_CONFIG LANG', 'export_environment'],
  ['7d', 'fast_flush_purge_time postscreen_cache_retention_time'],
  ['flush', 'flush_service_name'],
  ['/usr/share/doc/postfix/html', 'html_directory'],
  ['external', 'info_log_address_format'],
  ['lmtp=24, smtp=25, smtps=submissions=465, submission=587', 'known_tcp_ports'],
  ['any', 'lmtp_address_preference'],
  ['rcpt', 'lmtp_address_verify_target smtp_address_verify_target'],
  [
    '300s',
    `lmtp_starttls_timeout qmqpd_timeout smtp_starttls_timeout
     smtpd_policy_service_max_idle`,
  ],
  [
    '$default_delivery_status_filter',
    `lmtp_delivery_status_filter local_delivery_status_filter pipe_delivery_status_filter
     smtp_delivery_status_filter virtual_delivery_status_filter`,
  ],
  ['500', 'lmtp_min_data_rate smtp_min_data_rate'],
  ['${lmtp_per_record_deadline?{$lmtp_per_record_deadline}:{no}}', 'lmtp_per_request_deadline'],
  [
    '10s',
    `lmtp_pix_workaround_delay_time postlogd_watchdog_timeout postscreen_dnsbl_timeout
     postscreen_watchdog_timeout smtp_pix_workaround_delay_time tlsproxy_watchdog_timeout`,
  ],
  ['500s', 'lmtp_pix_workaround_threshold_time smtp_pix_workaround_threshold_time'],
  ['disable_esmtp,delay_dotcrlf', 'lmtp_pix_workarounds smtp_pix_workarounds'],
  ['90d', 'lmtp_sasl_auth_cache_time smtp_sasl_auth_cache_time'],
  ['noplaintext, noanonymous', 'lmtp_sasl_security_options'],
  ['$lmtp_sasl_security_options', 'lmtp_sasl_tls_security_options'],
  ['$lmtp_sasl_tls_security_options', 'lmtp_sasl_tls_verified_security_options'],
  ['cyrus', 'lmtp_sasl_type smtp_sasl_type'],
  ['medium', 'lmtp_tls_ciphers lmtp_tls_mandatory_ciphers'],
  ['$lmtp_tls_dcert_file', 'lmtp_tls_dkey_file'],
  ['$lmtp_tls_eccert_file', 'lmtp_tls_eckey_file'],
  [
    '${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}',
    `lmtp_tls_fingerprint_digest smtp_tls_fingerprint_digest smtpd_tls_fingerprint_digest`,
  ],
  ['$lmtp_tls_cert_file', 'lmtp_tls_key_file'],
  ['>=TLSv1', 'lmtp_tls_mandatory_protocols lmtp_tls_protocols'],
  ['9', 'lmtp_tls_scert_verifydepth smtp_tls_scert_verifydepth'],
  ['nexthop', 'lmtp_tls_secure_cert_match'],
  [
    '3600s',
    `lmtp_tls_session_cache_timeout smtp_tls_session_cache_timeout smtpd_tls_session_cache_timeout
     tls_random_prng_update_period tls_random_reseed_period`,
  ],
  ['hostname', 'lmtp_tls_verify_cert_match smtp_tls_verify_cert_match'],
  ['static:*', 'local_login_sender_maps'],
  ['fcntl, dotlock', 'mailbox_delivery_lock virtual_mailbox_lock'],
  ['gzip', 'maillog_file_compressor'],
  ['/var, /dev/stdout', 'maillog_file_prefixes'],
  ['%Y%m%d-%H%M%S', 'maillog_file_rotate_suffix'],
  ['/etc/postfix', 'meta_directory sample_directory'],
  ['j {daemon_name} {daemon_addr} v _', 'milter_connect_macros'],
  ['i', 'milter_data_macros milter_end_of_data_macros milter_end_of_header_macros'],
  ['{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}', 'milter_helo_macros'],
  ['$myhostname', 'milter_macro_daemon_name'],
  ['$mail_name $mail_version', 'milter_macro_v'],
  ['i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}', `milter_mail_macros`],
  ['i {rcpt_addr} {rcpt_host} {rcpt_mailer}', 'milter_rcpt_macros'],
  ['100', 'queue_file_attribute_count_limit'],
  ['openssl', 'openssl_path'],
  ['pickup', 'pickup_service_name'],
  ['postlog', 'postlog_service_name'],
  ['reload flush', 'postmulti_control_commands'],
  ['start', 'postmulti_start_commands'],
  ['stop abort drain quick-stop', 'postmulti_stop_commands'],
  ['permit_mynetworks', 'postscreen_access_list'],
  [
    '${postscreen_whitelist_interfaces?{$postscreen_whitelist_interfaces}:{static:all}}',
    `postscreen_allowlist_interfaces`,
  ],
  ['ignore', 'postscreen_bare_newline_action postscreen_dnsbl_action postscreen_greet_action'],
  ['30d', 'postscreen_bare_newline_ttl postscreen_non_smtp_command_ttl postscreen_pipelining_ttl'],
  ['btree:$data_directory/postscreen_cache', 'postscreen_cache_map'],
  ['$smtpd_client_connection_count_limit', 'postscreen_client_connection_count_limit'],
  ['${stress?{10}:{300}}s', 'postscreen_command_time_limit'],
  ['${postscreen_blacklist_action?{$postscreen_blacklist_action}:{ignore}}', `postscreen_denylist_action`],
  ['$disable_vrfy_command', 'postscreen_disable_vrfy_command'],
  ['$smtpd_discard_ehlo_keyword_address_maps', 'postscreen_discard_ehlo_keyword_address_maps'],
  ['$smtpd_discard_ehlo_keywords', 'postscreen_discard_ehlo_keywords'],
  [
    '${postscreen_dnsbl_whitelist_threshold?{$postscreen_dnsbl_whitelist_threshold}:{0}}',
    `postscreen_dnsbl_allowlist_threshold`,
  ],
  ['${postscreen_dnsbl_ttl?{$postscreen_dnsbl_ttl}:{1}}h', 'postscreen_dnsbl_max_ttl'],
  ['60s', 'postscreen_dnsbl_min_ttl qmgr_ipc_timeout service_throttle_time'],
  ['1', 'postscreen_dnsbl_threshold'],
  ['$smtpd_enforce_tls', 'postscreen_enforce_tls tlsproxy_enforce_tls'],
  ['$smtpd_expansion_filter', 'postscreen_expansion_filter'],
  ['$smtpd_forbidden_commands', 'postscreen_forbidden_commands'],
  ['$smtpd_banner', 'postscreen_greet_banner'],
  ['1d', 'postscreen_greet_ttl'],
  ['${stress?{2}:{6}}s', 'postscreen_greet_wait'],
  ['$smtpd_helo_required', 'postscreen_helo_required'],
  ['drop', 'postscreen_non_smtp_command_action'],
  ['enforce', 'postscreen_pipelining_action'],
  ['$default_process_limit', 'postscreen_post_queue_limit postscreen_pre_queue_limit'],
  ['$smtpd_reject_footer', 'postscreen_reject_footer'],
  ['$smtpd_reject_footer_maps', 'postscreen_reject_footer_maps'],
  ['$smtpd_tls_security_level', 'postscreen_tls_security_level tlsproxy_tls_security_level'],
  ['$smtpd_use_tls', 'postscreen_use_tls tlsproxy_use_tls'],
  ['pid', 'process_id_directory'],
  [
    '$local_recipient_maps $mydestination $virtual_alias_maps $virtual_alias_domains ' +
      '$virtual_mailbox_maps $virtual_mailbox_domains $relay_recipient_maps $relay_domains ' +
      '$canonical_maps $sender_canonical_maps $recipient_canonical_maps $relocated_maps ' +
      '$transport_maps $mynetworks $smtpd_sender_login_maps $sender_bcc_maps $recipient_bcc_maps ' +
      '$smtp_generic_maps $lmtp_generic_maps $alias_maps $smtpd_client_restrictions ' +
      '$smtpd_helo_restrictions $smtpd_sender_restrictions $smtpd_relay_restrictions ' +
      '$smtpd_recipient_restrictions $address_verify_sender_dependent_default_transport_maps ' +
      '$address_verify_sender_dependent_relayhost_maps $address_verify_transport_maps ' +
      '$fallback_transport_maps $lmtp_discard_lhlo_keyword_address_maps $lmtp_pix_workaround_maps ' +
      '$lmtp_sasl_password_maps $lmtp_tls_policy_maps $mailbox_command_maps $mailbox_transport_maps ' +
      '$postscreen_discard_ehlo_keyword_address_maps $rbl_reply_maps ' +
      '$sender_dependent_default_transport_maps $sender_dependent_relayhost_maps ' +
      '$smtp_discard_ehlo_keyword_address_maps $smtp_pix_workaround_maps $smtp_sasl_password_maps ' +
      '$smtp_tls_policy_maps $smtpd_discard_ehlo_keyword_address_maps $smtpd_milter_maps ' +
      '$virtual_gid_maps $virtual_uid_maps $local_login_sender_maps $postscreen_reject_footer_maps ' +
      '$smtpd_reject_footer_maps $tls_server_sni_maps $tlsproxy_client_policy_maps ' +
      '$default_delivery_status_filter $lmtp_delivery_status_filter $lmtp_dns_reply_filter ' +
      '$lmtp_reply_filter $local_delivery_status_filter $pipe_delivery_status_filter ' +
      '$postscreen_command_filter $smtp_delivery_status_filter $smtp_dns_reply_filter ' +
      '$smtp_reply_filter $smtpd_command_filter $smtpd_dns_reply_filter ' +
      '$virtual_delivery_status_filter $body_checks $header_checks $lmtp_body_checks ' +
      '$lmtp_header_checks $lmtp_mime_header_checks $lmtp_nested_header_checks ' +
      '$milter_header_checks $mime_header_checks $nested_header_checks $smtp_body_checks ' +
      '$smtp_header_checks $smtp_mime_header_checks $smtp_nested_header_checks',
    `proxy_read_maps`,
  ],
  [
    '$smtp_sasl_auth_cache_name $lmtp_sasl_auth_cache_name $address_verify_map $postscreen_cache_map',
    `proxy_write_maps`,
  ],
  ['proxymap', 'proxymap_service_name'],
  ['proxywrite', 'proxywrite_service_name'],
  ['qmgr', 'queue_service_name'],
  ['/usr/share/doc/postfix', 'readme_directory'],
  ['${{$compatibility_level} <level {3.6} ? {no} : {yes}}', 'respectful_logging'],
  ['rewrite', 'rewrite_service_name'],
  ['always', 'sendmail_fix_line_endings'],
  ['/usr/lib/postfix', 'shlib_directory'],
  ['showq', 'showq_service_name'],
  ['${smtp_per_record_deadline?{$smtp_per_record_deadline}:{no}}', 'smtp_per_request_deadline'],
  ['$smtp_sasl_tls_security_options', 'smtp_sasl_tls_verified_security_options'],
  ['${{$smtp_tls_security_level} == {dane} ? {dane} : {may}}', 'smtp_tls_dane_insecure_mx_policy'],
  ['$smtp_tls_dcert_file', 'smtp_tls_dkey_file tlsproxy_client_dcert_file'],
  ['$smtp_tls_eccert_file', 'smtp_tls_eckey_file tlsproxy_client_eccert_file'],
  ['$smtp_tls_cert_file', 'smtp_tls_key_file tlsproxy_client_cert_file'],
  ['nexthop, dot-nexthop', 'smtp_tls_secure_cert_match'],
  ['2', 'smtpd_policy_service_try_limit'],
  ['smtpd', 'smtpd_service_name'],
  ['$smtpd_tls_dcert_file', 'smtpd_tls_dkey_file tlsproxy_tls_dcert_file'],
  ['$smtpd_tls_eccert_file', 'smtpd_tls_eckey_file tlsproxy_tls_eccert_file'],
  ['auto', 'smtpd_tls_eecdh_grade'],
  ['sendmail, verify', 'smtputf8_autodetect_classes'],
  ['default', 'tls_config_file'],
  ['32', 'tls_daemon_random_bytes tls_random_bytes'],
  ['sha512 sha256', 'tls_dane_digests'],
  ['X25519 X448 prime256v1 secp521r1 secp384r1', 'tls_eecdh_auto_curves'],
  ['prime256v1', 'tls_eecdh_strong_curve'],
  ['secp384r1', 'tls_eecdh_ultra_curve'],
  ['aNULL:-aNULL:HIGH:MEDIUM:LOW:EXPORT:+RC4:@STRENGTH', 'tls_export_cipherlist'],
  ['aNULL:-aNULL:HIGH:@STRENGTH', 'tls_high_cipherlist'],
  ['aNULL:-aNULL:HIGH:MEDIUM:LOW:+RC4:@STRENGTH', 'tls_low_cipherlist'],
  ['aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH', 'tls_medium_cipherlist'],
  ['eNULL:!aNULL', 'tls_null_cipherlist'],
  ['${data_directory}/prng_exch', 'tls_random_exchange_name'],
  ['dev:/dev/urandom', 'tls_random_source'],
  ['aes-256-cbc', 'tls_session_ticket_cipher'],
  ['tlsmgr', 'tlsmgr_service_name'],
  ['$smtp_tls_CAfile', 'tlsproxy_client_CAfile'],
  ['$smtp_tls_CApath', 'tlsproxy_client_CApath'],
  ['$smtp_tls_chain_files', 'tlsproxy_client_chain_files'],
  ['$smtp_tls_dkey_file', 'tlsproxy_client_dkey_file'],
  ['$smtp_tls_eckey_file', 'tlsproxy_client_eckey_file'],
  ['$smtp_enforce_tls', 'tlsproxy_client_enforce_tls'],
  ['$smtp_tls_fingerprint_digest', 'tlsproxy_client_fingerprint_digest'],
  ['$smtp_tls_key_file', 'tlsproxy_client_key_file'],
  ['$smtp_tls_loglevel', 'tlsproxy_client_loglevel'],
  ['smtp_tls_loglevel', 'tlsproxy_client_loglevel_parameter'],
  ['$smtp_tls_per_site', 'tlsproxy_client_per_site'],
  ['${tlsproxy_client_policy:$smtp_tls_policy_maps}', 'tlsproxy_client_policy_maps'],
  ['$smtp_tls_scert_verifydepth', 'tlsproxy_client_scert_verifydepth'],
  ['${tlsproxy_client_level:$smtp_tls_security_level}', 'tlsproxy_client_security_level'],
  ['$smtp_use_tls', 'tlsproxy_client_use_tls'],
  ['tlsproxy', 'tlsproxy_service_name'],
  ['$smtpd_tls_CAfile', 'tlsproxy_tls_CAfile'],
  ['$smtpd_tls_CApath', 'tlsproxy_tls_CApath'],
  ['$smtpd_tls_always_issue_session_ids', 'tlsproxy_tls_always_issue_session_ids'],
  ['$smtpd_tls_ask_ccert', 'tlsproxy_tls_ask_ccert'],
  ['$smtpd_tls_ccert_verifydepth', 'tlsproxy_tls_ccert_verifydepth'],
  ['$smtpd_tls_cert_file', 'tlsproxy_tls_cert_file'],
  ['$smtpd_tls_chain_files', 'tlsproxy_tls_chain_files'],
  ['$smtpd_tls_ciphers', 'tlsproxy_tls_ciphers'],
  ['$smtpd_tls_dh1024_param_file', 'tlsproxy_tls_dh1024_param_file'],
  ['$smtpd_tls_dh512_param_file', 'tlsproxy_tls_dh512_param_file'],
  ['$smtpd_tls_dkey_file', 'tlsproxy_tls_dkey_file'],
  ['$smtpd_tls_eckey_file', 'tlsproxy_tls_eckey_file'],
  ['$smtpd_tls_eecdh_grade', 'tlsproxy_tls_eecdh_grade'],
  ['$smtpd_tls_exclude_ciphers', 'tlsproxy_tls_exclude_ciphers'],
  ['$smtpd_tls_fingerprint_digest', 'tlsproxy_tls_fingerprint_digest'],
  ['$smtpd_tls_key_file', 'tlsproxy_tls_key_file'],
  ['$smtpd_tls_loglevel', 'tlsproxy_tls_loglevel'],
  ['$smtpd_tls_mandatory_ciphers', 'tlsproxy_tls_mandatory_ciphers'],
  ['$smtpd_tls_mandatory_exclude_ciphers', 'tlsproxy_tls_mandatory_exclude_ciphers'],
  ['$smtpd_tls_mandatory_protocols', 'tlsproxy_tls_mandatory_protocols'],
  ['$smtpd_tls_protocols', 'tlsproxy_tls_protocols'],
  ['$smtpd_tls_req_ccert', 'tlsproxy_tls_req_ccert'],
  ['-=+', 'verp_delimiter_filter'],
];
