// One Postfix on one simulated host, and a client on another that says what the test says.
import * as ascii from '../../../../workers/bytes/ascii.ts';
import { startPostfix } from '../../../../workers/daemons/postfix/master/master.ts';
import { SECOND, type Connection, type Os, type Proc } from '../../../../workers/os/os.ts';
import { TestWorld } from '../../../simulate.ts';

export interface ServerOptions {
  /** lines of main.cf beside the few that every test needs */
  mainCf?: string[];
  /** -o options of the smtpd service */
  overrides?: string[];
  files?: Record<string, string>;
}

export class Server {
  readonly world: TestWorld;

  constructor({ mainCf = [], overrides = [], files = {} }: ServerOptions = {}) {
    this.world = new TestWorld([
      {
        name: 'mx.example',
        address: '192.0.2.1',
        boot: startPostfix,
        files: {
          '/etc/hosts': '127.0.0.1 localhost\n192.0.2.9 client.example\n',
          '/etc/postfix/main.cf': [
            'compatibility_level = 3.6',
            'myhostname = mx.example',
            'mydestination = localhost',
            'virtual_mailbox_domains = example.com',
            'virtual_mailbox_maps = inline:{ {alice@example.com = x} {bob@example.com = x} }',
            'virtual_transport = discard:',
            'mynetworks = 127.0.0.0/8',
            ...mainCf,
          ].join('\n'),
          '/etc/postfix/master.cf': [
            `25 inet n - y - - smtpd${overrides.map((option) => ` -o ${option}`).join('')}`,
            'discard unix - - n - - discard',
            'cleanup unix n - n - 0 cleanup',
            'qmgr unix n - n 300 1 qmgr',
          ].join('\n'),
          ...files,
        },
      },
      { name: 'client.example', address: '192.0.2.9' },
    ]);
    this.world.run(SECOND);
  }

  /** Plays a dialogue: each text is written at once, then replies are read until nothing comes for a second. */
  talk(...texts: string[]): string[] {
    return this.world.call('client.example', (os) => converse(os, texts.map(ascii.encode)), 3600 * SECOND);
  }

  /** The same with bytes, and how long to wait for replies to each. */
  send(pieces: Uint8Array[], quietUs = SECOND): string[] {
    return this.world.call('client.example', (os) => converse(os, pieces, quietUs), 3600 * SECOND);
  }

  /** smtpd's log lines so far, without the ident. */
  log(): string[] {
    return this.world
      .logLines('mx.example')
      .filter((line) => line.startsWith('postfix/smtpd: '))
      .map((line) => line.slice('postfix/smtpd: '.length).replace(/^[0-9A-F]{6,}:/, 'QID:'));
  }
}

/** EHLO to RCPT for alice, line by line. */
export const toAlice = [
  'EHLO client.example\r\n',
  'MAIL FROM:<joe@far.example>\r\n',
  'RCPT TO:<alice@example.com>\r\n',
];

function* converse(os: Os, pieces: Uint8Array[], quietUs = SECOND): Proc<string[]> {
  const conn = yield* os.connect({
    to: { address: '192.0.2.1', port: 25 },
    deadline: os.now() + 10 * SECOND,
  });
  if (typeof conn === 'string') return [conn];
  const replies = yield* read(os, conn, pieces.length === 0 ? quietUs : SECOND);
  for (const bytes of pieces) {
    yield* conn.write(bytes);
    replies.push(...(yield* read(os, conn, quietUs)));
  }
  conn.close();
  yield* os.sleepUntil(os.now() + SECOND);
  return replies;
}

function* read(os: Os, conn: Connection, quietUs: number): Proc<string[]> {
  const replies: string[] = [];
  for (;;) {
    const line = yield* conn.readLine({ deadline: os.now() + quietUs, bytesMax: 65536 });
    if (line === 'timeout') return replies;
    if (typeof line === 'string') {
      if (replies.at(-1) !== 'closed') replies.push('closed');
      return replies;
    }
    replies.push(ascii.decode(line.bytes));
  }
}
