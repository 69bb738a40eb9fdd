// TLS of smtp(8), between two simulated hosts. Texts from smtp_proto.c, tls_client.c and smtp_tls_policy.c of
// Postfix 3.7; levels from TLS_README.
import { describe, expect, test } from 'vitest';

import * as ascii from '../../../../workers/bytes/ascii.ts';
import { SECOND, type Connection, type Os, type Proc } from '../../../../workers/os/os.ts';
import { MailHosts, receiver, sender, withCertificate, type Setup } from './mail-hosts.ts';

const may = [...withCertificate, 'smtpd_tls_security_level = may'];
const ca = 'smtp_tls_CAfile = /etc/postfix/tls/ca.pem';
const peer = 'mail.example.com[192.0.2.1]';
const summary =
  'TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519' +
  ' server-signature RSA-PSS (2048 bits) server-digest SHA256';
const to = `QID: to=<joe@example.com>, relay=${peer}:25, dsn=`;
const sent = `${to}2.0.0, status=sent (250 2.0.0 Ok: queued as QID)`;
const deferred = (dsn: string, why: string): string => `${to}${dsn}, status=deferred (${why})`;
const established = (word: string): string => `${word} TLS connection established to ${peer}:25: ${summary}`;

const deliver = (setup: Setup): string[] => new MailHosts(setup).deliver();
const level = (word: string, ...more: string[]): Setup => ({
  receiver: may,
  sender: [`smtp_tls_security_level = ${word}`, ...more],
});

describe('levels', () => {
  test('none, and no level at all: no STARTTLS though it is offered', () => {
    expect(deliver(level('none'))).toEqual([sent]);
    expect(deliver({ receiver: may })).toEqual([sent]);
  });

  test('none with smtp_tls_note_starttls_offer: the offer is logged', () => {
    expect(deliver(level('none', 'smtp_tls_note_starttls_offer = yes'))).toEqual([
      'Host offered STARTTLS: [mail.example.com]',
      sent,
    ]);
  });

  test('may: TLS where it is offered, EHLO again, whoever the server is', () => {
    const hosts = new MailHosts(level('may'));
    expect(hosts.deliver()).toEqual([established('Untrusted'), sent]);
    expect(hosts.log(receiver, 'postfix/smtpd').at(-1)).toBe(
      'disconnect from mta1.acme.example[192.0.2.2] ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7',
    );
  });

  test('may: plain text where it is not offered', () => {
    expect(deliver({ sender: ['smtp_tls_security_level = may'] })).toEqual([sent]);
  });

  test('smtp_use_tls = yes of old is may, smtp_enforce_tls = yes is verify', () => {
    expect(deliver({ receiver: may, sender: ['smtp_use_tls = yes'] })).toEqual([
      established('Untrusted'),
      sent,
    ]);
    const enforced = { receiver: may, sender: ['smtp_enforce_tls = yes', ca] };
    expect(deliver(enforced)).toEqual([established('Verified'), sent]);
  });

  test('with the authority the connection is trusted at level encrypt, verified at verify and secure', () => {
    expect(deliver(level('encrypt', ca))).toEqual([established('Trusted'), sent]);
    expect(deliver(level('verify', ca))).toEqual([established('Verified'), sent]);
    expect(deliver(level('secure', ca))).toEqual([established('Verified'), sent]);
  });

  test('encrypt: deferred when STARTTLS is not offered', () => {
    const why = `TLS is required, but was not offered by host ${peer}`;
    expect(deliver({ sender: ['smtp_tls_security_level = encrypt'] })).toEqual([deferred('4.7.4', why)]);
  });

  test('encrypt: deferred when STARTTLS is answered 454; may: plain text', () => {
    const broken = ['smtpd_tls_security_level = may'];
    const said = '454 4.7.0 TLS not available due to local problem';
    const why = `TLS is required, but host ${peer} refused to start TLS: ${said}`;
    const strict = { receiver: broken, sender: ['smtp_tls_security_level = encrypt'] };
    expect(deliver(strict)).toEqual([deferred('4.7.0', why)]);
    expect(deliver({ receiver: broken, sender: ['smtp_tls_security_level = may'] })).toEqual([sent]);
  });

  test('verify: deferred when the authority is unknown, or the certificate names somebody else', () => {
    expect(deliver(level('verify'))).toEqual([
      `certificate verification failed for ${peer}:25: untrusted issuer /CN=Postroom Test CA`,
      established('Untrusted'),
      deferred('4.7.5', 'Server certificate not trusted'),
    ]);
    expect(deliver(level('verify', ca, 'smtp_tls_verify_cert_match = other.example'))).toEqual([
      established('Trusted'),
      deferred('4.7.5', 'Server certificate not verified'),
    ]);
    expect(deliver(level('secure', ca, 'smtp_tls_secure_cert_match = .example.com'))).toEqual([
      established('Verified'),
      sent,
    ]);
  });

  test('dane without signed names is may, dane-only is a configuration problem', () => {
    const warning = '[mail.example.com]: dane configured with dnssec lookups disabled';
    expect(deliver(level('dane'))).toEqual([`warning: ${warning}`, established('Untrusted'), sent]);
    expect(deliver(level('dane-only')).at(-1)).toBe(
      'QID: to=<joe@example.com>, relay=none, dsn=4.7.5, status=deferred (client TLS configuration problem)',
    );
  });

  test('a CAfile that is not there leaves no TLS', () => {
    const missing = 'smtp_tls_CAfile = /nowhere';
    const why = 'TLS is required, but our TLS engine is unavailable';
    expect(deliver(level('encrypt', missing)).at(-1)).toBe(deferred('4.7.5', why));
    expect(deliver(level('may', missing)).at(-1)).toBe(sent);
  });

  test('smtp_tls_wrappermode: TLS before the greeting, and only from level encrypt on', () => {
    const master = ['465 inet n - y - - smtpd -o smtpd_tls_wrappermode=yes'];
    const wrapped = (word: string): string[] =>
      deliver({
        receiver: withCertificate,
        master,
        sender: [
          `smtp_tls_security_level = ${word}`,
          'smtp_tls_wrappermode = yes',
          'default_transport = smtp:[mail.example.com]:465',
        ],
      });
    expect(wrapped('encrypt').at(-1)).toBe(sent.replace(':25', ':465'));
    expect(wrapped('may')[0]).toBe(
      'warning: smtp_tls_wrappermode requires "smtp_tls_security_level = encrypt" (or stronger)',
    );
  });
});

describe('a handshake that fails', () => {
  const failed = (hosts: MailHosts): void => {
    // A server whose STARTTLS leads nowhere: it has no cipher suite in common with anybody.
    hosts.world.spawn(receiver, function* (os) {
      const listener = os.listen({ port: 2525 });
      if (typeof listener === 'string') throw new Error(listener);
      for (;;) {
        const conn = yield* listener.accept();
        if (conn === 'timeout') return;
        os.spawn('bad', (child) => badServer(child, conn));
      }
    });
  };
  const setup = (word: string): Setup => ({
    sender: [
      `smtp_tls_security_level = ${word}`,
      'default_transport = smtp:[mail.example.com]:2525',
      'minimal_backoff_time = 60s',
      'queue_run_delay = 60s',
    ],
  });
  const errors = [
    `SSL_connect error to ${peer}:2525: -1`,
    'warning: TLS library problem: error:0A000410:SSL routines::sslv3 alert handshake failure:',
  ];
  const at = (text: string): string => text.replace(':25,', ':2525,');
  const problem = at(deferred('4.7.5', 'Cannot start TLS: handshake failure'));

  test('at level may defers young mail, and sends mail that waited for minimal_backoff_time in plain text', () => {
    const hosts = new MailHosts(setup('may'));
    failed(hosts);
    expect(hosts.deliver(30)).toEqual([...errors, problem]);
    hosts.world.run(300 * SECOND);
    expect(hosts.log(sender, 'postfix/smtp').slice(3)).toEqual([
      ...errors,
      problem, // after 59 s
      ...errors,
      'QID: Cannot start TLS: handshake failure',
      at(`${to}2.0.0, status=sent (250 2.0.0 Ok: taken)`),
    ]);
  });

  test('at level encrypt defers it every time', () => {
    const hosts = new MailHosts(setup('encrypt'));
    failed(hosts);
    hosts.deliver(400);
    const said = hosts.log(sender, 'postfix/smtp').filter((line) => line.startsWith('QID'));
    expect(said.length).toBeGreaterThan(1);
    expect(new Set(said)).toEqual(new Set([problem]));
  });
});

describe('smtp_tls_policy_maps', () => {
  const policy = (text: string, ...more: string[]): string[] =>
    deliver({
      receiver: may,
      sender: [`smtp_tls_policy_maps = inline:{ ${text} }`, 'smtp_tls_security_level = none', ca, ...more],
    });
  const byDomain = 'default_transport = smtp:mail.example.com';

  test('gives a destination its own level; the key is the nexthop as written', () => {
    expect(policy('[mail.example.com]=encrypt')).toEqual([established('Trusted'), sent]);
    expect(policy('mail.example.com=encrypt')).toEqual([sent]);
    expect(policy('mail.example.com=encrypt', byDomain)).toEqual([established('Trusted'), sent]);
  });

  test('a domain is found by a parent with a leading dot', () => {
    expect(policy('.example.com=encrypt', byDomain)).toEqual([established('Trusted'), sent]);
  });

  test('match= overrides the names', () => {
    const verify = (match: string): string[] => policy(`{[mail.example.com]=verify match=${match}}`);
    expect(verify('nexthop')).toEqual([established('Verified'), sent]);
    expect(verify('other.example:hostname')).toEqual([established('Verified'), sent]);
    expect(verify('other.example').at(-1)).toBe(deferred('4.7.5', 'Server certificate not verified'));
  });

  test('fingerprint compares the certificate itself', () => {
    const print =
      '9D:AA:00:9D:AA:00:9D:AA:00:9D:AA:00:9D:AA:00:9D:AA:00:9D:AA:00:9D:AA:00:9D:AA:00:9D:AA:00:9D:AA';
    expect(policy(`{[mail.example.com]=fingerprint match=${print}}`).at(-1)).toBe(
      deferred('4.7.5', 'Server certificate not verified'),
    );
    expect(policy('[mail.example.com]=fingerprint')[0]).toBe(
      'warning: nexthop domain [mail.example.com]: configured at fingerprint security level,' +
        ' but with no fingerprints to match.',
    );
  });

  test('nonsense defers the mail and is warned of', () => {
    const where = 'smtp_tls_policy_maps, next-hop destination "[mail.example.com]"';
    expect(policy('[mail.example.com]=sometimes')).toEqual([
      `warning: ${where}: invalid security level "sometimes"`,
      'warning: TLS policy lookup for [mail.example.com]/mail.example.com: client TLS configuration problem',
      'QID: to=<joe@example.com>, relay=none, dsn=4.7.5, status=deferred (client TLS configuration problem)',
    ]);
    expect(policy('{[mail.example.com]=encrypt match=x}')[0]).toBe(
      `warning: ${where}: attribute "match" invalid at security level "encrypt"`,
    );
    expect(policy('{[mail.example.com]=encrypt colour=red}')[0]).toBe(
      `warning: ${where}: invalid attribute name: "colour"`,
    );
    expect(policy('{[mail.example.com]=none match=x}')).toEqual([
      `warning: ${where}: ignoring attribute "match=x" with TLS disabled`,
      sent,
    ]);
  });
});

test('two runs with one seed give one trace', () => {
  const events = (): unknown[] => {
    const hosts = new MailHosts(level('may'));
    hosts.deliver();
    return hosts.world.events;
  };
  expect(events()).toEqual(events());
});

// Takes mail; but after STARTTLS it says the alert handshake_failure to whatever comes.
function* badServer(os: Os, conn: Connection): Proc<void> {
  const deadline = os.now() + 60 * SECOND;
  const say = (text: string) => conn.write(ascii.encode(`${text}\r\n`));
  yield* say('220 mail.example.com');
  let isContent = false;
  for (;;) {
    const line = yield* conn.readLine({ deadline, bytesMax: 2048 });
    if (typeof line === 'string') return conn.close();
    const text = ascii.decode(line.bytes);
    if (isContent && text !== '.') continue;
    if (text.startsWith('EHLO')) yield* say('250-mail.example.com\r\n250 STARTTLS');
    else if (text === 'STARTTLS') {
      yield* say('220 2.0.0 Go');
      yield* conn.read({ deadline });
      yield* conn.write(new Uint8Array([21, 3, 3, 0, 2, 2, 40]));
      return conn.close();
    } else if (text === 'DATA') {
      isContent = true;
      yield* say('354 Go');
    } else if (text === '.') {
      isContent = false;
      yield* say('250 2.0.0 Ok: taken');
    } else yield* say('250 2.0.0 Ok');
  }
}
