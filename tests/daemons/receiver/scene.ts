// Our Postfix beside receivers of the outside world: a name server knows them, mail is handed in by sendmail(1).
import { readFileSync } from 'node:fs';

import * as ascii from '../../../workers/bytes/ascii.ts';
import * as utf8 from '../../../workers/bytes/utf8.ts';
import { answerQueries } from '../../../workers/node/zone-server.ts';
import { SECOND, type Proc } from '../../../workers/os/os.ts';
import { startPostfix } from '../../../workers/daemons/postfix/master/master.ts';

import { TestWorld } from '../../simulate.ts';

export const sender = 'mail.acme.example';
export const far = 'mx.far.example';
const senderAddress = '192.0.2.25';
const farAddress = '203.0.113.25';

const mainCf = `myhostname = ${sender}
mydomain = acme.example
myorigin = acme.example
mydestination =
mynetworks = 127.0.0.0/8
smtp_host_lookup = dns
`;

const masterCf = readFileSync('tests/conformance/smtp/recorded/configs/services.master.cf', 'utf8');

/** The sender with extra main.cf, and a receiver with a /etc/receiver.conf. */
export class ReceiverScene {
  readonly world: TestWorld;

  constructor(
    conf: string,
    options: { mainCf?: string; files?: Record<string, string>; reverse?: string } = {},
  ) {
    const zones = {
      'far.example': { MX: `10 ${far}` },
      'acme.example': { MX: `10 ${sender}` },
      [far]: { A: farAddress },
      [sender]: { A: senderAddress },
      '25.2.0.192.in-addr.arpa': { PTR: options.reverse ?? `${sender}.` },
    };
    this.world = new TestWorld([
      {
        name: sender,
        address: senderAddress,
        files: {
          '/etc/postfix/master.cf': masterCf,
          '/etc/postfix/main.cf': mainCf + (options.mainCf ?? ''),
          '/etc/resolv.conf': 'nameserver 127.0.0.1\n',
          '/etc/hosts': `127.0.0.1 localhost\n${senderAddress} ${sender}\n`,
        },
        boot: (os) => {
          for (const address of ['127.0.0.1', senderAddress])
            os.spawn('zones', (child) => answerQueries(child, zones, address));
          startPostfix(os);
        },
      },
      {
        name: far,
        address: farAddress,
        kind: 'receiver',
        files: {
          '/etc/receiver.conf': conf,
          '/etc/hosts': `127.0.0.1 localhost\n${senderAddress} ${sender}\n`,
          '/etc/resolv.conf': `nameserver ${senderAddress}\n`,
          ...options.files,
        },
      },
    ]);
  }

  /** Hands a letter in at a second. */
  send(atSeconds: number, options: { from?: string; to?: string; text?: string } = {}): this {
    const { from = 'alice@acme.example', to = 'bob@far.example', text = 'Hello.' } = options;
    const argv = ['sendmail', '-f', from, to];
    const stdin = `From: <${from}>\nTo: <${to}>\nSubject: s${atSeconds}\n\n${text}\n`;
    this.world.input(atSeconds * SECOND, { kind: 'host.run', host: sender, argv, stdin });
    return this;
  }

  /** A client that writes these pieces, each after what came for the one before; what the receiver said. */
  talk(...pieces: string[]): string {
    return this.world.call(sender, function* (os): Proc<string> {
      const deadline = os.now() + 60 * SECOND;
      const conn = yield* os.connect({ to: { address: farAddress, port: 25 }, deadline });
      if (typeof conn === 'string') return conn;
      let said = '';
      for (const piece of pieces) {
        if (piece !== '') yield* conn.write(ascii.encode(piece));
        const read = yield* conn.read({ deadline });
        said += typeof read === 'string' ? `(${read})` : ascii.decode(read);
      }
      conn.close();
      return said;
    });
  }

  run(untilSeconds: number): this {
    this.world.run(untilSeconds * SECOND);
    return this;
  }

  /** Seconds (whole) and outcome of each attempt. */
  attempts(): string[] {
    return this.world
      .seen('delivery.attempted')
      .map(({ at, status, dsn, text }) => `${Math.floor(at / SECOND)} ${status} ${dsn} ${text}`);
  }

  file(path: string, host = far): string {
    const bytes = this.world.machine(host).disk.read(path);
    return bytes === null ? '' : utf8.decode(bytes);
  }

  /** Lines of the receiver's log. */
  log(): string[] {
    return this.world.logLines(far);
  }
}
