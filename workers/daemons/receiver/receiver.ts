/**
 * receiver — a mail server of the outside world that behaves as it is told: a greylister, a tarpit, a host
 * that is dead …
 *
 * Its personalities and their settings are in /etc/receiver.conf, which is read again when it changes; what
 * they remember is in /var/lib/receiver; mail it accepts is in /var/mail. It imitates Postfix where no
 * personality imitates another program.
 *
 * FILES     /etc/receiver.conf, /var/lib/receiver/*, /var/mail/*, /var/log/mail.log
 * ERRORS    a line of the configuration that is wrong is logged with what was expected; when it starts
 *           such lines are left out, later the whole file is, and what was in force stays
 * SEE ALSO  conf.ts, kinds.ts, session.ts, ../../../docs/receivers.md
 */
import * as utf8 from '../../bytes/utf8.ts';

import {
  call,
  NEVER,
  type Connection,
  type Listener,
  type Os,
  type Proc,
  type ProcHandle,
} from '../../os/os.ts';

import { identify } from './client.ts';
import { number, parseConf, text, type ReceiverConf, type Section } from './conf.ts';
import { Greylist } from './greylist.ts';
import { mailboxColumns } from './kinds.ts';
import { Quota } from './quota.ts';
import { RateLimit } from './rate-limit.ts';
import { Scripted } from './scripted.ts';
import { Session } from './session.ts';
import { StateTable } from './state-table.ts';
import { Strict } from './strict.ts';
import type { Personality, Talk } from './talk.ts';
import { Tarpit } from './tarpit.ts';

const confPath = '/etc/receiver.conf';
const ident = 'receiver';
const smtpPort = 25;
const connectionsMax = 1000;

/** What the sessions of a receiver share. */
export interface Receiver {
  readonly conf: ReceiverConf;
  readonly personalities: readonly Personality[];
  readonly mailboxes: StateTable;
  /** bytes in a mailbox, 0: no limit */
  readonly quota: number;
}

/** Starts the daemon. */
export function startReceiver(os: Os): void {
  os.spawn('receiver', (child) => new Daemon(child).run());
}

class Daemon implements Receiver {
  readonly #os: Os;
  readonly mailboxes: StateTable;
  /** by personality; they outlive a change of the configuration */
  readonly #tables = new Map<string, StateTable>();
  readonly #buckets: ConstructorParameters<typeof RateLimit>[2] = new Map();
  conf: ReceiverConf = parseConf('').conf;
  personalities: readonly Personality[] = [];
  #listener: Listener | null = null;
  #accepting: ProcHandle | null = null;
  #listens: 'smtp' | 'dead' | 'blackhole' = 'dead';
  /** a configuration has been read */
  #runs = false;
  #connections = 0;
  #open = 0;

  constructor(os: Os) {
    this.#os = os;
    this.mailboxes = new StateTable(os, 'mailboxes', { columns: mailboxColumns, keyCells: 1 });
  }

  get quota(): number {
    const section = this.conf.sections.find(({ kind }) => kind.name === 'quota');
    return section === undefined ? 0 : number(section.values, 'mailbox');
  }

  *run(): Proc<void> {
    const { files } = this.#os;
    for (;;) {
      const since = files.state(confPath);
      this.#configure();
      yield* files.awaitChange(confPath, { since, deadline: NEVER });
    }
  }

  #configure(): void {
    const os = this.#os;
    const { conf, errors } = parseConf(utf8.decode(os.files.read(confPath) ?? new Uint8Array(0)));
    for (const error of errors) os.log(ident, `warning: ${confPath}, line ${error.line}: ${error.text}`);
    if (errors.length > 0 && this.#runs)
      return os.log(ident, `error: ${confPath} is not used, what was stays`);
    this.#runs = true;
    this.conf = conf;
    this.personalities = conf.sections.flatMap((section) => this.#personality(section) ?? []);
    const names = conf.sections.map(({ kind }) => kind.name);
    os.log(ident, `ready: ${names.length === 0 ? 'accepts all mail' : names.join(', ')}`);
    this.#listen(names.includes('blackhole') ? 'blackhole' : names.includes('dead') ? 'dead' : 'smtp');
  }

  #listen(wanted: 'smtp' | 'dead' | 'blackhole'): void {
    if (wanted === this.#listens) return;
    this.#listens = wanted;
    this.#accepting?.kill();
    this.#listener?.close();
    this.#listener = null;
    if (wanted === 'dead') return;
    // No room for a connection that is asked for: TCP ignores it, as a firewall would.
    const listener = this.#os.listen({ port: smtpPort, ...(wanted === 'blackhole' ? { backlog: 0 } : {}) });
    if (listener === 'address in use')
      return this.#os.log(ident, 'fatal: bind port 25: Address already in use');
    this.#listener = listener;
    this.#accepting = this.#os.spawn('receiver listener', (child) => this.#accept(child, listener));
  }

  *#accept(os: Os, listener: Listener): Proc<void> {
    for (;;) {
      const conn = yield* listener.accept();
      if (conn === 'timeout') continue;
      if (this.#open >= connectionsMax) conn.abort();
      else os.spawn('smtpd', (child) => this.#serve(child, conn));
    }
  }

  *#serve(os: Os, conn: Connection): Proc<void> {
    this.#open++;
    const connection = ++this.#connections;
    try {
      const client = yield* identify(os, conn);
      const hostname = text(this.conf.host, 'hostname') || os.hostName;
      const talk: Talk = {
        os, conn, client, hostname, connection, helo: '', protocol: 'SMTP', sender: null, declaredBytes: 0,
        recipients: [], content: null, headers: [], stutterUs: 0,
      }; // prettier-ignore
      yield* call(new Session(this, talk).run());
    } finally {
      this.#open--;
      conn.close();
    }
  }

  #table({ kind }: Section, keyCells: number): StateTable {
    let table = this.#tables.get(kind.name);
    if (table === undefined) {
      table = new StateTable(this.#os, kind.name, { columns: kind.columns, keyCells });
      this.#tables.set(kind.name, table);
    }
    return table;
  }

  /** null: it is none of the dialogue */
  #personality(section: Section): Personality | null {
    const { values, rules, ruleTexts } = section;
    switch (section.kind.name) {
      case 'greylist':
        return new Greylist(values, this.#table(section, 3));
      case 'rate-limit':
        return new RateLimit(values, this.#table(section, 1), this.#buckets);
      case 'quota':
        return new Quota(values);
      case 'tarpit':
        return new Tarpit(values, this.#table(section, 1));
      case 'strict':
        return new Strict(values, this.#table(section, 2));
      case 'script':
        return new Scripted(rules, ruleTexts, this.#table(section, 1));
      case 'refuse':
        return refuser(text(values, 'reply'));
      default:
        return null;
    }
  }
}

/** Takes no mail at all. @see RFC 5321 §3.1, RFC 7504 */
function refuser(reply: string): Personality {
  return {
    *judge(_talk, { at }) {
      return at === 'greeting' ? { reply, action: 'close' } : null;
    },
  };
}
