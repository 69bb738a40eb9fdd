// STARTTLS and port 465 of smtpd(8). Replies and log lines as Postfix 3.7.11 gave them, where it could be asked;
// else from TLS_README and postconf(5).
import { describe, expect, test } from 'vitest';

import { HostRandom } from '../../../../workers/kernel/random.ts';

import { MailHosts, receiver, withCertificate } from './mail-hosts.ts';

const may = [...withCertificate, 'smtpd_tls_security_level = may'];
const summary =
  'TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519' +
  ' server-signature RSA-PSS (2048 bits) server-digest SHA256';
const client = 'mta1.acme.example[192.0.2.2]';
const smtpdLog = (hosts: MailHosts): string[] => hosts.log(receiver, 'postfix/smtpd');

describe('STARTTLS', () => {
  test('is offered at level may, not over TLS; a session is logged and counted', () => {
    const hosts = new MailHosts({ receiver: may });
    const replies = hosts.talk(25, 'EHLO x', 'STARTTLS', 'EHLO x', 'STARTTLS', 'STARTTLS x', 'QUIT');
    expect(replies.filter((line) => line.endsWith('STARTTLS'))).toEqual([
      '250-STARTTLS',
      '501 5.5.4 Syntax: STARTTLS',
    ]);
    expect(replies.slice(-5)).toEqual([
      '250 CHUNKING',
      '554 5.5.1 Error: TLS already active',
      '501 5.5.4 Syntax: STARTTLS',
      '221 2.0.0 Bye',
      'closed',
    ]);
    expect(smtpdLog(hosts)).toEqual([
      `connect from ${client}`,
      `Anonymous TLS connection established from ${client}: ${summary}`,
      `disconnect from ${client} ehlo=2 starttls=1/3 quit=1 commands=4/6`,
    ]);
  });

  test('at level none there is no such command', () => {
    const hosts = new MailHosts({ receiver: withCertificate });
    const replies = hosts.talk(25, 'EHLO x', 'STARTTLS', 'STARTTLS now');
    expect(replies).not.toContain('250-STARTTLS');
    expect(replies.slice(-2)).toEqual([
      '502 5.5.1 Error: command not implemented',
      '501 5.5.4 Syntax: STARTTLS',
    ]);
  });

  test('smtpd_use_tls = yes of old is level may, smtpd_enforce_tls = yes level encrypt', () => {
    const used = new MailHosts({ receiver: [...withCertificate, 'smtpd_use_tls = yes'] });
    expect(used.talk(25, 'EHLO x', 'MAIL FROM:<a@b.example>').slice(-1)).toEqual(['250 2.1.0 Ok']);
    const enforced = new MailHosts({ receiver: [...withCertificate, 'smtpd_enforce_tls = yes'] });
    const replies = enforced.talk(25, 'EHLO x', 'MAIL FROM:<a@b.example>');
    expect(replies).toContain('250-STARTTLS');
    expect(replies.slice(-1)).toEqual(['530 5.7.0 Must issue a STARTTLS command first']);
  });

  test('what was sent in plain text behind it is dropped (CVE-2011-0411)', () => {
    const hosts = new MailHosts({ receiver: may });
    const replies = hosts.talk(25, 'EHLO x', 'STARTTLS\r\nNOOP\r\nMAIL FROM:<evil@b.example>');
    expect(replies.slice(-1)).toEqual(['220 2.0.0 Ready to start TLS']);
    expect(smtpdLog(hosts).slice(-3)).toEqual([
      `SSL_accept error from ${client}: lost connection`,
      `lost connection after STARTTLS from ${client}`,
      `disconnect from ${client} ehlo=1 starttls=0/1 commands=1/2`,
    ]);
  });

  test('forgets hello and transaction', () => {
    const hosts = new MailHosts({ receiver: [...may, 'smtpd_helo_required = yes'] });
    const replies = hosts.talk(25, 'EHLO x', 'MAIL FROM:<a@b.example>', 'STARTTLS', 'RCPT TO:<j@example.com>', 'MAIL FROM:<a@b.example>'); // prettier-ignore
    expect(replies.slice(-2)).toEqual([
      '503 5.5.1 Error: need MAIL command',
      '503 5.5.1 Error: send HELO/EHLO first',
    ]);
  });

  test('plain text where a ClientHello should be is a library problem', () => {
    const hosts = new MailHosts({ receiver: may });
    hosts.talk(25, 'EHLO x', ' STARTTLS', 'NOOP');
    expect(smtpdLog(hosts).slice(1)).toEqual([
      `SSL_accept error from ${client}: -1`,
      'warning: TLS library problem: error:0A00010B:SSL routines::wrong version number:',
      `lost connection after STARTTLS from ${client}`,
      `disconnect from ${client} ehlo=1 starttls=0/1 commands=1/2`,
    ]);
  });

  test('without a usable certificate it is offered and answered 454, and a warning says why', () => {
    const broken: [string[], string[]][] = [
      [[], ["warning: No server certs available. TLS can't be enabled"]],
      [
        ['smtpd_tls_cert_file = /nowhere'],
        ['warning: cannot get RSA certificate from file "/nowhere": disabling TLS support'],
      ],
      [
        [
          'smtpd_tls_cert_file = /etc/postfix/tls/cert.pem',
          'smtpd_tls_key_file = /etc/postfix/tls/other.key',
        ],
        [
          'warning: RSA private key in /etc/postfix/tls/other.key does not match public key in ' +
            '/etc/postfix/tls/cert.pem: disabling TLS support',
        ],
      ],
      [
        ['smtpd_tls_chain_files = /etc/postfix/tls/key.pem, /nowhere'],
        ['warning: error opening chain file: /nowhere: No such file or directory'],
      ],
    ];
    for (const [lines, warnings] of broken) {
      const hosts = new MailHosts({ receiver: ['smtpd_tls_security_level = may', ...lines] });
      const replies = hosts.talk(25, 'EHLO x', 'STARTTLS', 'NOOP');
      expect(replies).toContain('250-STARTTLS');
      expect(replies.slice(-2)).toEqual(['454 4.7.0 TLS not available due to local problem', '250 2.0.0 Ok']);
      expect(smtpdLog(hosts).filter((line) => line.startsWith('warning'))).toEqual(warnings);
    }
  });

  test('smtpd_tls_chain_files has key and certificate', () => {
    const files = 'smtpd_tls_chain_files = /etc/postfix/tls/key.pem, /etc/postfix/tls/cert.pem';
    const hosts = new MailHosts({ receiver: ['smtpd_tls_security_level = may', files] });
    expect(hosts.talk(25, 'EHLO x', 'STARTTLS', 'NOOP').slice(-1)).toEqual(['250 2.0.0 Ok']);
  });

  test('smtpd_discard_ehlo_keywords = starttls hides and disables it', () => {
    const hosts = new MailHosts({ receiver: [...may, 'smtpd_discard_ehlo_keywords = starttls'] });
    const replies = hosts.talk(25, 'EHLO x', 'STARTTLS');
    expect(replies).not.toContain('250-STARTTLS');
    expect(replies.slice(-1)).toEqual(['502 5.5.1 Error: command not implemented']);
  });

  test('a client that never says hello to TLS is sent away after smtpd_starttls_timeout', () => {
    const hosts = new MailHosts({ receiver: [...may, 'smtpd_starttls_timeout = 10s'] });
    hosts.talk(25, 'EHLO x', ...['starttls', '\x16\x03\x01\x01', '', '', '', '', '', '', '', '', '', '']);
    expect(smtpdLog(hosts).slice(1, 3)).toEqual([
      `SSL_accept error from ${client}: Connection timed out`,
      `lost connection after STARTTLS from ${client}`,
    ]);
  });
});

test('smtpd_client_new_tls_session_rate_limit: the one too many is sent away, the next get 454', () => {
  const limit = ['smtpd_client_new_tls_session_rate_limit = 1', 'smtpd_client_event_limit_exceptions ='];
  const hosts = new MailHosts({ receiver: [...may, ...limit] });
  const tries = [1, 2, 3].map(() => hosts.talk(25, 'EHLO x', 'STARTTLS', 'NOOP').slice(-2));
  const tooMany = `too many new TLS sessions from ${client}`;
  expect(tries).toEqual([
    ['220 2.0.0 Ready to start TLS', '250 2.0.0 Ok'],
    [`421 4.7.0 mail.example.com Error: ${tooMany}`, 'closed'],
    [`454 4.7.0 Error: ${tooMany}`, '250 2.0.0 Ok'],
  ]);
  const service = `from ${client} for service 192.0.2.1:25`;
  expect(smtpdLog(hosts).filter((line) => line.startsWith('warning'))).toEqual([
    `warning: New TLS session rate limit exceeded: 2 ${service}`,
    `warning: Refusing STARTTLS request ${service}`,
  ]);
});

test('random bytes after STARTTLS end the session, and nothing else', () => {
  const hosts = new MailHosts({ receiver: may });
  const random = new HostRandom(11, 'noise');
  for (let i = 0; i < 60; i++) {
    const noise = Array.from({ length: random.below(300) }, () => String.fromCharCode(random.below(256)));
    const start = i % 3 === 0 ? '' : '\x16\x03\x01' + (i % 3 === 1 ? '\x00\x60\x01\x00\x00' : '');
    hosts.talk(25, 'EHLO x', 'starttls', start + noise.join(''));
  }
  expect(hosts.talk(25, 'EHLO x', 'STARTTLS', 'NOOP').slice(-1)).toEqual(['250 2.0.0 Ok']);
  const endings = smtpdLog(hosts).filter((line) => line.startsWith('lost connection after STARTTLS'));
  expect(endings).toHaveLength(60);
});

describe('over TLS', () => {
  const login = ['EHLO x', 'AUTH PLAIN AGFsaWNlAHNlY3JldDE='];
  const sasl = [...may, 'smtpd_sasl_auth_enable = yes', 'smtpd_tls_received_header = yes'];

  test('AUTH is only taken there with smtpd_tls_auth_only, with level encrypt, with noplaintext', () => {
    const secret = ['smtpd_tls_auth_only = yes', 'smtpd_tls_security_level = encrypt'];
    const options = ['smtpd_sasl_security_options = noanonymous, noplaintext'];
    const relaxed = 'smtpd_sasl_tls_security_options = noanonymous';
    for (const line of [...secret, `${options[0]!}\n${relaxed}`]) {
      const hosts = new MailHosts({ receiver: [...sasl, line] });
      const plain = hosts.talk(25, ...login);
      expect(plain.filter((reply) => reply.startsWith('250-AUTH'))).toEqual([]);
      expect(plain.slice(-1)[0]).toMatch(/^5[03][03] 5\.[57]\.[01] /);
      const replies = hosts.talk(25, 'EHLO x', 'STARTTLS', ...login);
      expect(replies.filter((reply) => reply.startsWith('250-AUTH'))).toEqual(['250-AUTH LOGIN PLAIN']);
      expect(replies.slice(-1)).toEqual(['235 2.7.0 Authentication successful']);
    }
  });

  test('a login in plain text is forgotten by STARTTLS', () => {
    const hosts = new MailHosts({ receiver: sasl });
    expect(hosts.talk(25, ...login, 'STARTTLS', ...login).slice(-1)).toEqual([
      '235 2.7.0 Authentication successful',
    ]);
  });

  test('the Received field says ESMTPS or ESMTPSA, and with smtpd_tls_received_header how', () => {
    const hosts = new MailHosts({ receiver: [...sasl, 'virtual_transport = smtp:[192.0.2.2]'] });
    const message = ['MAIL FROM:<a@b.example>', 'RCPT TO:<j@example.com>', 'DATA', 'Subject: x\r\n\r\n.'];
    hosts.talk(25, 'EHLO x', 'STARTTLS', ...login, ...message);
    const queued = hosts.world.call(receiver, function* (os) {
      yield* os.sleepUntil(os.now() + 1);
      const [path] = ['active', 'deferred', 'incoming'].flatMap((name) =>
        os.files.list(`/var/spool/postfix/${name}`),
      );
      return path === undefined ? '' : new TextDecoder('latin1').decode(os.files.read(path)!);
    });
    expect(queued).toContain('(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)');
    expect(queued).toContain(
      'key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)',
    );
    expect(queued).toContain('(No client certificate requested)');
    expect(queued).toMatch(/with ESMTPSA id/);
  });

  test('reject_plaintext_session lets it pass; what permits client certificates never matches', () => {
    const restrictions = 'smtpd_recipient_restrictions = permit_tls_clientcerts, reject_plaintext_session';
    const hosts = new MailHosts({ receiver: [...may, restrictions] });
    const mail = ['EHLO x', 'MAIL FROM:<a@b.example>', 'RCPT TO:<j@example.com>'];
    expect(hosts.talk(25, ...mail).slice(-1)).toEqual(['450 4.7.1 Session encryption is required']);
    expect(hosts.talk(25, 'EHLO x', 'STARTTLS', ...mail).slice(-1)).toEqual(['250 2.1.5 Ok']);
  });
});

describe('smtpd_tls_wrappermode', () => {
  const master = ['submissions inet n - y - - smtpd -o smtpd_tls_wrappermode=yes'];

  test('TLS comes before the greeting, and STARTTLS is not offered', () => {
    const hosts = new MailHosts({ receiver: withCertificate, master });
    const replies = hosts.talk(465, 'EHLO x', 'STARTTLS', 'QUIT');
    expect(replies[0]).toBe('220 mail.example.com ESMTP Postfix');
    expect(replies).not.toContain('250-STARTTLS');
    expect(replies.slice(-3)).toEqual(['554 5.5.1 Error: TLS already active', '221 2.0.0 Bye', 'closed']);
    expect(smtpdLog(hosts)[1]).toBe(`Anonymous TLS connection established from ${client}: ${summary}`);
  });

  test('without a certificate the connection is dropped', () => {
    const hosts = new MailHosts({ master });
    expect(hosts.talk(465)).toEqual(['eof']);
    expect(smtpdLog(hosts)).toEqual([
      "warning: No server certs available. TLS can't be enabled",
      `connect from ${client}`,
      `warning: Wrapper-mode request dropped from ${client} for service 192.0.2.1:465.` +
        ' TLS context initialization failed. For details see earlier warnings in your logs.',
      `disconnect from ${client} commands=0/0`,
    ]);
  });
});
