/**
 * far-end — the scripted SMTP or LMTP servers of a queue scenario, in virtual time
 *
 * What no rule matches is accepted. The rules are those of the recordings' far end, which decides by the
 * first that matches: phase, text of the command, time, number of hits, and how long ago the same sender
 * and recipient came first (greylisting).
 *
 * That far end wrote reply by reply with Nagle's algorithm on (RFC 896), which our TCP has not: of replies
 * to a pipelined burst the second waits for the client's delayed acknowledgement, the others leave with it,
 * and a reset takes them all away.
 */
import * as ascii from '../bytes/ascii.ts';
import { RuleBook, type Rule } from '../daemons/receiver/rules.ts';
import { MILLISECOND, NEVER, SECOND, type Connection, type Os, type Proc } from '../os/os.ts';

/** When, and what then. */
export interface FarEndRule {
  at: string;
  /** regular expression on the command line; at eod on the recipient */
  match?: string;
  reply?: string;
  action?: 'close' | 'hang' | 'reset';
  delayMs?: number;
  /** only the first so many hits */
  times?: number;
  untilMs?: number;
  fromMs?: number;
  /** refuse until so long after the first try of the same sender and recipient */
  perKeyMs?: number;
}

export interface FarEndListener {
  listen: string;
  port?: number;
  name?: string;
  proto?: string;
  caps?: string[];
  rules?: FarEndRule[];
}

/** What happened at a far end, as the recordings note it. */
export type FarEndEvent = { t: number; far: string; session: string; event: string } & Record<
  string,
  unknown
>;

const offersUsual = ['PIPELINING', 'SIZE 50000000', '8BITMIME', 'ENHANCEDSTATUSCODES'];
const lineBytesMax = 1 << 20;
const delayedAckUs = 40 * MILLISECOND;

/** Starts one listener. */
export function startFarEnd(
  os: Os,
  listener: FarEndListener & { port: number },
  log: (event: FarEndEvent) => void,
): void {
  const end = new FarEnd(listener, log);
  os.spawn('far-end', (child) => end.accept(child));
}

/** The rules of a recording's far end, with what they remember. Decides as that far end does. */
export class FarEndRules {
  readonly #rules: readonly FarEndRule[];
  readonly #book: RuleBook<string>;

  constructor(rules: readonly FarEndRule[]) {
    this.#rules = rules;
    this.#book = new RuleBook(rules.map(toRule));
  }

  /** The rule that decides, counted as hit; null: none does. */
  decide(os: Os, at: string, line: string, key: string): FarEndRule | null {
    const found = this.#book.decide({ at, line, key, connection: 0, now: os.now() });
    return this.#rules[found] ?? null;
  }
}

function toRule({ at, match, untilMs, fromMs, perKeyMs, times }: FarEndRule): Rule<string> {
  return {
    at,
    ...(match === undefined ? {} : { match: new RegExp(match, 'i') }),
    ...(untilMs === undefined ? {} : { untilUs: untilMs * MILLISECOND }),
    ...(fromMs === undefined ? {} : { fromUs: fromMs * MILLISECOND }),
    ...(perKeyMs === undefined ? {} : { withinUs: perKeyMs * MILLISECOND }),
    ...(times === undefined ? {} : { times }),
  };
}

class FarEnd {
  readonly name: string;
  readonly #listener: FarEndListener & { port: number };
  readonly #log: (event: FarEndEvent) => void;
  readonly rules: FarEndRules;
  #sessions = 0;
  open = 0;

  constructor(listener: FarEndListener & { port: number }, log: (event: FarEndEvent) => void) {
    this.#listener = listener;
    this.#log = log;
    this.rules = new FarEndRules(listener.rules ?? []);
    this.name = listener.name ?? listener.listen;
  }

  *accept(os: Os): Proc<void> {
    const { listen, port } = this.#listener;
    const listener = os.listen({ port, address: listen });
    if (listener === 'address in use') return;
    for (;;) {
      const conn = yield* listener.accept();
      if (conn === 'timeout') continue;
      const id = `${listen}#${++this.#sessions}`;
      os.spawn('far-end session', (child) => this.#session(child, conn, id));
    }
  }

  *#session(os: Os, conn: Connection, id: string): Proc<void> {
    this.open++;
    const session = new Session(os, { conn, id, end: this, listener: this.#listener });
    session.note('open', { open: this.open });
    yield* session.talk();
    yield* drained(conn);
    conn.close();
    this.open--;
    session.note('close', { open: this.open });
  }

  note(event: FarEndEvent): void {
    this.#log(event);
  }
}

// A session that says no more reads until the peer is gone.
function* drained(conn: Connection): Proc<void> {
  for (;;) if (typeof (yield* conn.read({ deadline: NEVER })) === 'string') return;
}

/** One connection. */
class Session {
  readonly #os: Os;
  readonly #conn: Connection;
  readonly #id: string;
  readonly #end: FarEnd;
  readonly #listener: FarEndListener;
  #sender = '';
  #recipients: string[] = [];
  /** when the first reply since the client last sent something was written */
  #repliedAt: number | null = null;
  /** replies that wait for its acknowledgement */
  #held = '';

  constructor(os: Os, options: { conn: Connection; id: string; end: FarEnd; listener: FarEndListener }) {
    this.#os = os;
    this.#conn = options.conn;
    this.#id = options.id;
    this.#end = options.end;
    this.#listener = options.listener;
  }

  note(event: string, more: Record<string, unknown> = {}): void {
    const t = this.#os.now() / SECOND;
    this.#end.note({ t, far: this.#end.name, session: this.#id, event, ...more });
  }

  /** Until one side ends it, or the script hangs. */
  *talk(): Proc<void> {
    const { name } = this.#end;
    const connected = this.#end.rules.decide(this.#os, 'connect', '', '');
    if (connected?.delayMs !== undefined) yield* this.#wait(connected.delayMs);
    if (connected?.action !== undefined) return yield* this.#act(connected.action);
    const greeting = `220 ${name} ${this.#listener.proto === 'lmtp' ? 'LMTP' : 'ESMTP'} far-end`;
    if (!(yield* this.#answer('greeting', '', greeting))) return;
    for (;;) {
      const line = yield* this.#readLine();
      if (line === null || !(yield* this.#command(line))) return;
    }
  }

  /** @returns whether the session goes on */
  *#command(line: string): Proc<boolean> {
    const verb = line.slice(0, 4).toUpperCase();
    const address = /<(.*?)>/.exec(line)?.[1] ?? '';
    switch (verb) {
      case 'EHLO':
      case 'LHLO':
        return yield* this.#answer('helo', line, this.#capabilities());
      case 'HELO':
        return yield* this.#answer('helo', line, `250 ${this.#end.name}`);
      case 'MAIL':
        this.#sender = address;
        this.#recipients = [];
        return yield* this.#answer('mail', line, '250 2.1.0 Ok');
      case 'RCPT':
        return yield* this.#answer('rcpt', line, '250 2.1.5 Ok', {
          key: `${this.#sender} ${address}`,
          accepted: () => void this.#recipients.push(address),
        });
      case 'DATA':
        return yield* this.#data(line);
      case 'RSET':
      case 'NOOP':
        return yield* this.#answer('rset', line, '250 2.0.0 Ok');
      case 'QUIT':
        if (yield* this.#answer('quit', line, '221 2.0.0 Bye')) yield* this.#act('close');
        return false;
      default:
        return yield* this.#answer('other', line, '500 5.5.1 what?');
    }
  }

  #capabilities(): string {
    const lines = [this.#end.name, ...(this.#listener.caps ?? offersUsual)];
    return lines.map((text, i) => `250${i < lines.length - 1 ? '-' : ' '}${text}`).join('\n');
  }

  // A rule's reply to DATA stands in front of the usual one, as in the recordings' far end.
  *#data(line: string): Proc<boolean> {
    if (!(yield* this.#answer('data', line, null))) return false;
    if (this.#recipients.length === 0) return yield* this.#say('554 5.5.1 no valid recipients');
    if (!(yield* this.#say('354 go ahead'))) return false;
    let body = '';
    for (;;) {
      const text = yield* this.#readLine();
      if (text === null) return false;
      if (text === '.') break;
      body += `${text}\r\n`;
    }
    const [from, rcpt] = [this.#sender, this.#recipients];
    this.#recipients = [];
    this.note('message', { from, rcpt, id: /^message-id:\s*(\S+)/im.exec(body)?.[1], body });
    if (this.#listener.proto !== 'lmtp')
      return yield* this.#answer('eod', rcpt.join(' '), '250 2.0.0 Ok: accepted');
    for (const recipient of rcpt)
      if (!(yield* this.#answer('eod', recipient, `250 2.1.5 <${recipient}> delivered`))) return false;
    return true;
  }

  /** @returns whether the session goes on */
  *#answer(
    at: string,
    line: string,
    usual: string | null,
    options: { key?: string; accepted?: () => void } = {},
  ): Proc<boolean> {
    const rule = this.#end.rules.decide(this.#os, at, line, options.key ?? line);
    if (rule?.delayMs !== undefined) yield* this.#wait(rule.delayMs);
    if (rule?.action === 'hang') this.note('hang', { at });
    if (rule?.action === 'hang' || rule?.action === 'reset') {
      yield* this.#act(rule.action);
      return false;
    }
    const reply = rule?.reply ?? usual;
    if (reply !== null && reply !== '' && !(yield* this.#say(reply))) return false;
    if (at !== 'greeting') this.note(at, { line: line.slice(0, 200), reply });
    if (rule?.action === 'close') {
      yield* this.#act('close');
      return false;
    }
    if (/^[23]/.test(reply ?? '2')) options.accepted?.();
    return true;
  }

  *#act(action: 'close' | 'hang' | 'reset'): Proc<void> {
    if (action === 'close') {
      yield* this.#flush();
      this.#conn.close();
    } else if (action === 'reset') {
      this.#held = '';
      this.#conn.abort();
    }
  }

  *#wait(ms: number): Proc<void> {
    yield* this.#os.sleepUntil(this.#os.now() + Math.round(ms * MILLISECOND));
  }

  *#say(reply: string): Proc<boolean> {
    const os = this.#os;
    const text = `${reply.split('\n').join('\r\n')}\r\n`;
    const acknowledgedAt = this.#repliedAt === null ? 0 : this.#repliedAt + delayedAckUs;
    if (os.now() >= acknowledgedAt && this.#held === '') {
      this.#repliedAt = os.now();
      return (yield* this.#conn.write(ascii.encode(text))) === 'ok';
    }
    this.#held += text;
    if (this.#held !== text) return true;
    os.spawn('far-end held', (child) => this.#release(child, acknowledgedAt));
    return true;
  }

  *#release(os: Os, at: number): Proc<void> {
    yield* os.sleepUntil(at);
    yield* this.#flush();
  }

  *#flush(): Proc<void> {
    const text = this.#held;
    this.#held = '';
    if (text !== '') yield* this.#conn.write(ascii.encode(text));
  }

  *#readLine(): Proc<string | null> {
    const before = this.#os.now();
    const line = yield* this.#conn.readLine({ bytesMax: lineBytesMax, deadline: NEVER });
    if (this.#os.now() > before) {
      this.#repliedAt = null;
      yield* this.#flush();
    }
    return typeof line === 'string' ? null : ascii.decode(line.bytes);
  }
}
