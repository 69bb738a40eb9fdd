// A scripted SMTP or LMTP server for tests: it says what the script says, and records the lines it was sent.
import * as ascii from '../../workers/bytes/ascii.ts';
import { SECOND, type Connection, type Os, type Proc } from '../../workers/os/os.ts';

export interface Script {
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
  /** microseconds before the reply to end of data */
  delayUs?: number;
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
  const saw: FarEnd = { lines: [], messages: [], sessions: 0, sessionsNow: 0, sessionsMax: 0 };
  const counts = new Map<string, number>();
  const say = (phase: string, answer: Answer | undefined, line: string, usual: string): string | null => {
    const count = (counts.get(phase) ?? 0) + 1;
    counts.set(phase, count);
    if (answer === undefined) return usual;
    return typeof answer === 'function' ? answer(line, count) : answer;
  };
  function* session(os: Os, conn: Connection): Proc<void> {
    saw.sessions++;
    saw.sessionsNow++;
    saw.sessionsMax = Math.max(saw.sessionsMax, saw.sessionsNow);
    yield* talk(os, conn);
    saw.sessionsNow--;
    conn.close();
  }
  function* talk(os: Os, conn: Connection): Proc<void> {
    if (script.cutAt === 'greeting') return;
    const name = script.name ?? 'far.example';
    if (!(yield* reply(conn, say('greeting', script.greeting, '', `220 ${name} ESMTP`)))) return;
    let recipients = 0;
    for (;;) {
      const line = yield* readLine(os, conn);
      if (line === null) return;
      const verb = line.slice(0, 4).toUpperCase();
      if (script.cutAt === verb.toLowerCase()) return;
      let text: string | null = '250 2.0.0 Ok';
      const offers = [name, ...(script.offers ?? ['PIPELINING', 'SIZE 10240000', '8BITMIME', 'ENHANCEDSTATUSCODES'])];
      const usualHello = offers.map((offer, i) => `250${i < offers.length - 1 ? '-' : ' '}${offer}`).join('\r\n');
      if (verb === 'EHLO' || verb === 'LHLO') text = say('hello', script.hello, line, usualHello);
      if (verb === 'MAIL') text = say('mail', script.mail, line, '250 2.1.0 Ok');
      if (verb === 'RCPT') {
        text = say('rcpt', script.rcpt, line, '250 2.1.5 Ok');
        if (text?.startsWith('2')) recipients++;
      }
      if (verb === 'DATA') text = say('data', script.data, line, recipients > 0 ? '354 go on' : '503 5.5.1 no recipients');
      if (!(yield* reply(conn, text))) return;
      if (verb === 'QUIT') return;
      if (verb === 'DATA' && text?.startsWith('354')) {
        let message = '';
        for (;;) {
          const part = yield* readLine(os, conn);
          if (part === null) return;
          if (part === '.') break;
          message += part + '\r\n';
        }
        saw.messages.push(message);
        if (script.cutAt === 'eod') return;
        if (script.delayUs !== undefined) yield* os.sleepUntil(os.now() + script.delayUs);
        for (let i = 0; i < (script.lmtp === true ? recipients : 1); i++)
          if (!(yield* reply(conn, say('eod', script.eod, '', '250 2.0.0 Ok: accepted')))) return;
        recipients = 0;
      }
    }
  }
  function* readLine(os: Os, conn: Connection): Proc<string | null> {
    const line = yield* conn.readLine({ bytesMax: 4096, deadline: os.now() + 3600 * SECOND });
    if (typeof line === 'string') return null;
    const text = ascii.decode(line.bytes);
    saw.lines.push(text);
    return text;
  }
  function boot(os: Os): void {
    os.spawn('far-end', function* (server): Proc<void> {
      const listener = server.listen({ port: script.port ?? 25 });
      if (listener === 'address in use') return;
      for (;;) {
        const conn = yield* listener.accept();
        if (conn !== 'timeout') server.spawn('session', (child) => session(child, conn));
      }
    });
  }
  return { boot, saw };
}

function* reply(conn: Connection, text: string | null): Proc<boolean> {
  if (text === null) return true;
  return (yield* conn.write(ascii.encode(text + '\r\n'))) === 'ok';
}
