// Postfix on two simulated hosts: mail.example.com receives, mta1.acme.example sends; each with a certificate.
import * as ascii from '../../../../workers/bytes/ascii.ts';
import { secure } from '../../../../workers/daemons/clients/tls-connection.ts';
import { startPostfix } from '../../../../workers/daemons/postfix/master/master.ts';
import { SECOND, type Connection, type Os, type Proc } from '../../../../workers/os/os.ts';
import { tlsClient } from '../../../../workers/protocols/tls/index.ts';
import { pem } from '../../../protocols/tls/ends.ts';
import { TestWorld } from '../../../simulate.ts';

export const receiver = 'mail.example.com';
export const sender = 'mta1.acme.example';

/** Lines of main.cf of each; `master` = lines of the receiver's master.cf instead of port 25 alone. */
export interface Setup {
  receiver?: string[];
  sender?: string[];
  master?: string[];
  files?: Record<string, string>;
}

const services = [
  'discard unix - - n - - discard',
  'smtp unix - - n - - smtp',
  'cleanup unix n - n - 0 cleanup',
  'qmgr unix n - n 300 1 qmgr',
];

/** Their certificate and key in main.cf. */
export const withCertificate = [
  'smtpd_tls_cert_file = /etc/postfix/tls/cert.pem',
  'smtpd_tls_key_file = /etc/postfix/tls/key.pem',
  'smtpd_tls_loglevel = 1',
];

export class MailHosts {
  readonly world: TestWorld;

  constructor(setup: Setup = {}) {
    const boot = (os: Os): void => startPostfix(os);
    const common = ['compatibility_level = 3.6', 'mydestination ='];
    const hosts = '127.0.0.1 localhost\n192.0.2.1 mail.example.com\n192.0.2.2 mta1.acme.example\n';
    this.world = new TestWorld([
      {
        name: receiver,
        address: '192.0.2.1',
        boot,
        files: {
          '/etc/hosts': hosts,
          '/etc/postfix/tls/cert.pem': pem('mail.example.com.pem'),
          '/etc/postfix/tls/key.pem': pem('mail.example.com.key'),
          '/etc/postfix/tls/other.key': pem('mta1.acme.example.key'),
          '/etc/postfix/sasl/smtpd.conf': 'pwcheck_method: auxprop\nauxprop_plugin: sasldb\n',
          '/etc/sasldb-users': 'alice@example.com:secret1\n',
          '/etc/postfix/main.cf': [
            ...common,
            'virtual_mailbox_domains = example.com',
            'virtual_mailbox_maps = static:x',
            'virtual_transport = discard:',
            'smtpd_sasl_local_domain = example.com',
            ...(setup.receiver ?? []),
          ].join('\n'),
          '/etc/postfix/master.cf': [...(setup.master ?? ['25 inet n - y - - smtpd']), ...services].join(
            '\n',
          ),
        },
      },
      {
        name: sender,
        address: '192.0.2.2',
        boot,
        files: {
          '/etc/hosts': hosts,
          '/etc/postfix/tls/ca.pem': pem('ca.pem'),
          '/etc/postfix/main.cf': [
            ...common,
            'default_transport = smtp:[mail.example.com]',
            'smtp_host_lookup = native',
            'disable_dns_lookups = yes',
            'mynetworks = 127.0.0.0/8 192.0.2.0/24',
            'smtp_tls_loglevel = 1',
            ...(setup.sender ?? []),
          ].join('\n'),
          '/etc/postfix/master.cf': ['25 inet n - y - - smtpd', ...services].join('\n'),
          ...setup.files,
        },
      },
    ]);
    this.world.run(SECOND);
  }

  /** Says lines to a port of the receiver; after "STARTTLS" is answered with 220, over TLS. @returns all replies */
  talk(port: number, ...lines: string[]): string[] {
    return this.world.call(sender, (os) => converse(os, port, lines), 3600 * SECOND);
  }

  /** The sender takes a message for joe@example.com and delivers it. @returns what smtp(8) logged of it */
  deliver(seconds = 60): string[] {
    this.world.call(sender, function* (os) {
      const conn = yield* connect(os, '127.0.0.1', 25);
      const text = 'EHLO x\r\nMAIL FROM:<a@acme.example>\r\nRCPT TO:<joe@example.com>\r\nDATA\r\n';
      yield* conn.write(ascii.encode(text));
      yield* conn.write(ascii.encode('Subject: t\r\n\r\nhello\r\n.\r\nQUIT\r\n'));
      for (;;) if (typeof (yield* conn.read({ deadline: os.now() + 9 * SECOND })) === 'string') return 0;
    });
    this.world.run(this.world.now + seconds * SECOND);
    return this.log(sender, 'postfix/smtp');
  }

  /** The log of one daemon, queue ids masked. */
  log(host: string, ident: string): string[] {
    return this.world
      .logLines(host)
      .filter((line) => line.startsWith(`${ident}: `))
      .map((line) => line.slice(ident.length + 2).replace(/\b[0-9A-F]{9,12}\b/g, 'QID'))
      .map((line) => line.replace(/ delay=.*?, dsn/, ' dsn'));
  }
}

function* connect(os: Os, address: string, port: number): Proc<Connection> {
  const conn = yield* os.connect({ to: { address, port }, deadline: os.now() + 10 * SECOND });
  if (typeof conn === 'string') throw new Error(conn);
  return conn;
}

function* converse(os: Os, port: number, lines: readonly string[]): Proc<string[]> {
  let conn = yield* connect(os, '192.0.2.1', port);
  if (port === 465) {
    const secured = yield* handshake(os, conn);
    if (typeof secured === 'string') return [secured];
    conn = secured;
  }
  const replies = yield* read(os, conn);
  for (const line of lines) {
    yield* conn.write(ascii.encode(`${line}\r\n`));
    const heard = yield* read(os, conn);
    replies.push(...heard);
    if (line === 'STARTTLS' && heard[0]?.startsWith('220 ') === true) {
      const secured = yield* handshake(os, conn);
      if (typeof secured === 'string') return [...replies, secured];
      conn = secured;
    }
  }
  conn.close();
  yield* os.sleepUntil(os.now() + SECOND);
  return replies;
}

function* handshake(os: Os, conn: Connection): Proc<Connection | string> {
  const engine = tlsClient({ random: os.random, serverName: '' });
  const secured = yield* secure(conn, engine, { deadline: os.now() + 10 * SECOND });
  return 'failure' in secured ? `${secured.failure} ${secured.reason}`.trim() : secured;
}

function* read(os: Os, conn: Connection): Proc<string[]> {
  const replies: string[] = [];
  for (;;) {
    const line = yield* conn.readLine({ deadline: os.now() + SECOND, bytesMax: 65536 });
    if (line === 'timeout') return replies;
    if (typeof line === 'string') return [...replies, 'closed'];
    replies.push(ascii.decode(line.bytes));
  }
}
