// A scripted SMTP or LMTP server for tests: it says what the script says, and records the lines it was sent.
import * as ascii from '../../workers/bytes/ascii.ts';
import { FarEndRules, type FarEndRule } from '../../workers/node/far-end.ts';
import { MILLISECOND, SECOND, type Connection, type Os, type Proc } from '../../workers/os/os.ts';

export interface Script {
  /** all of the host when absent */
  address?: string;
  port?: number;
  name?: string;
  lmtp?: boolean;
  /** capabilities after the first EHLO line */
  offers?: string[];
  /** reply per phase; null = say nothing; a function sees the line and how often the phase came up */
  greeting?: Answer;
  hello?: Answer;
  mail?: Answer;
  rcpt?: Answer;
  data?: Answer;
  eod?: Answer;
  /** cut the connection instead of replying in this phase */
  cutAt?: 'greeting' | 'mail' | 'rcpt' | 'data' | 'eod';
  /** as in the recorded scenarios; the first that matches decides, before the answers above */
  rules?: FarEndRule[];
}

export type Answer = string | null | ((line: string, count: number) => string | null);

export interface FarEnd {
  /** lines of all sessions, in order */
  lines: string[];
  /** the text after each DATA, still dot-stuffed */
  messages: string[];
  sessions: number;
  sessionsNow: number;
  sessionsMax: number;
}

/** @returns what a host boots to be that server, and what it saw */
export function farEnd(script: Script = {}): { boot: (os: Os) => void; saw: FarEnd } {
  const server = new FarServer(script);
  return { boot: (os) => server.boot(os), saw: server.saw };
}

class FarServer {
  readonly saw: FarEnd = { lines: [], messages: [], sessions: 0, sessionsNow: 0, sessionsMax: 0 };
  readonly #script: Script;
  readonly #counts = new Map<string, number>();
  readonly #rules: FarEndRules;

  constructor(script: Script) {
    this.#script = script;
    this.#rules = new FarEndRules(script.rules ?? []);
  }

  boot(os: Os): void {
    os.spawn('far-end', (server) => this.#accept(server));
  }

  *#accept(os: Os): Proc<void> {
    const { address } = this.#script;
    const port = this.#script.port ?? 25;
    const listener = os.listen(address === undefined ? { port } : { port, address });
    if (listener === 'address in use') return;
    for (;;) {
      const conn = yield* listener.accept();
      if (conn !== 'timeout') os.spawn('session', (child) => this.#session(child, conn));
    }
  }

  *#session(os: Os, conn: Connection): Proc<void> {
    const { saw } = this;
    saw.sessions++;
    saw.sessionsNow++;
    saw.sessionsMax = Math.max(saw.sessionsMax, saw.sessionsNow);
    yield* this.#talk(os, conn);
    saw.sessionsNow--;
    conn.close();
  }

  *#talk(os: Os, conn: Connection): Proc<void> {
    const script = this.#script;
    const name = script.name ?? 'far.example';
    let sender = '';
    let recipients: string[] = [];
    if (!(yield* this.#reply(os, conn, 'greeting', script.greeting, '', `220 ${name} ESMTP`))) return;
    for (;;) {
      const line = yield* this.#readLine(os, conn);
      if (line === null) return;
      const verb = line.slice(0, 4).toUpperCase();
      const address = /<(.*?)>/.exec(line)?.[1] ?? '';
      if (verb === 'EHLO' || verb === 'LHLO') {
        const offers = [
          name,
          ...(script.offers ?? ['PIPELINING', 'SIZE 10240000', '8BITMIME', 'ENHANCEDSTATUSCODES']),
        ];
        const usual = offers
          .map((offer, i) => `250${i < offers.length - 1 ? '-' : ' '}${offer}`)
          .join('\r\n');
        if (!(yield* this.#reply(os, conn, 'hello', script.hello, line, usual))) return;
      } else if (verb === 'MAIL') {
        sender = address;
        recipients = [];
        if (!(yield* this.#reply(os, conn, 'mail', script.mail, line, '250 2.1.0 Ok'))) return;
      } else if (verb === 'RCPT') {
        const reply = yield* this.#reply(
          os,
          conn,
          'rcpt',
          script.rcpt,
          line,
          '250 2.1.5 Ok',
          `${sender} ${address}`,
        );
        if (!reply) return;
        if (reply.startsWith('2')) recipients.push(address);
      } else if (verb === 'DATA') {
        const usual = recipients.length > 0 ? '354 go on' : '503 5.5.1 no recipients';
        const reply = yield* this.#reply(os, conn, 'data', script.data, line, usual);
        if (!reply) return;
        if (reply.startsWith('354') && !(yield* this.#message(os, conn, recipients))) return;
        recipients = [];
      } else {
        if (!(yield* this.#reply(os, conn, verb.toLowerCase(), undefined, line, '250 2.0.0 Ok'))) return;
        if (verb === 'QUIT') return;
      }
    }
  }

  *#message(os: Os, conn: Connection, recipients: string[]): Proc<boolean> {
    let message = '';
    for (;;) {
      const line = yield* this.#readLine(os, conn);
      if (line === null) return false;
      if (line === '.') break;
      message += line + '\r\n';
    }
    this.saw.messages.push(message);
    if (this.#script.lmtp !== true)
      return (
        (yield* this.#reply(
          os,
          conn,
          'eod',
          this.#script.eod,
          recipients.join(' '),
          '250 2.0.0 Ok: accepted',
        )) !== null
      );
    for (const recipient of recipients)
      if (
        !(yield* this.#reply(
          os,
          conn,
          'eod',
          this.#script.eod,
          recipient,
          `250 2.1.5 <${recipient}> delivered`,
        ))
      )
        return false;
    return true;
  }

  /** @returns the reply that was sent, null when the connection is over */
  *#reply(
    os: Os,
    conn: Connection,
    at: string,
    answer: Answer | undefined,
    line: string,
    usual: string,
    key = line,
  ): Proc<string | null> {
    if (this.#script.cutAt === at) return null;
    const count = (this.#counts.get(at) ?? 0) + 1;
    this.#counts.set(at, count);
    const rule = this.#rules.decide(os, at === 'hello' ? 'helo' : at, line, key);
    const text =
      rule?.reply ??
      (answer === undefined ? usual : typeof answer === 'function' ? answer(line, count) : answer);
    if (rule?.delayMs !== undefined) yield* os.sleepUntil(os.now() + rule.delayMs * MILLISECOND);
    if (rule?.action === 'hang') yield* os.sleepUntil(os.now() + 86_400 * SECOND);
    if (rule?.action === 'reset') {
      conn.abort();
      return null;
    }
    if (text === null) {
      yield* os.sleepUntil(os.now() + 86_400 * SECOND);
      return null;
    }
    const written = yield* conn.write(ascii.encode(text.replaceAll(/\r?\n/g, '\r\n') + '\r\n'));
    return written === 'ok' && rule?.action !== 'close' ? text : null;
  }

  *#readLine(os: Os, conn: Connection): Proc<string | null> {
    const line = yield* conn.readLine({ bytesMax: 4096, deadline: os.now() + 3600 * SECOND });
    if (typeof line === 'string') return null;
    const text = ascii.decode(line.bytes);
    this.saw.lines.push(text);
    return text;
  }
}
