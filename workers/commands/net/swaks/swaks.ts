/**
 * swaks — sends a test message and shows the whole dialogue
 *
 * As swaks 20201014 of Debian 12. Its exit status says how far it came: 2 connecting, 21 greeting, 22 EHLO,
 * 23 MAIL, 24 RCPT, 25 DATA, 26 the message, 28 authentication, 29 TLS.
 *
 * SEE ALSO  options.ts, message.ts, transcript.ts
 */
import * as ascii from '../../../bytes/ascii.ts';
import * as base64 from '../../../bytes/base64.ts';

import { lookupMx } from '../../../daemons/clients/dns.ts';
import { SECOND, type Connection, type Proc } from '../../../os/os.ts';

import type { Process } from '../../shell/process.ts';
import { openOperand, type RawTool } from '../../shell/tool.ts';
import { addressesOf, portFrom } from '../addresses.ts';
import { connectTo } from '../relay.ts';
import { tlsClientCode } from '../tls/tls-late.ts';

import { messageLines, swaksVersion } from './message.ts';
import { parseSwaks, swaksMissing, type SwaksOptions } from './options.ts';
import { Transcript } from './transcript.ts';

/** What --quit-after may name, and what it means. */
const stops: Readonly<Record<string, string>> = Object.freeze({
  connect: 'connect', banner: 'connect', 'first-helo': 'first-helo', 'first-ehlo': 'first-helo',
  'first-lhlo': 'first-helo', tls: 'tls', helo: 'helo', ehlo: 'helo', lhlo: 'helo', auth: 'auth',
  mail: 'mail', from: 'mail', rcpt: 'rcpt', to: 'rcpt',
}); // prettier-ignore

export const swaks: RawTool = {
  summary: 'send a test message and show the dialogue: swaks --to ADDRESS --server HOST',
  synopsis: '--to ADDRESS[,ADDRESS]… [--from ADDRESS] [--server HOST[:PORT]] [--OPTION [VALUE]]…',
  description: `--to, --from, --server, --port, --helo: who, where; without a server, the MX of the recipient
    --protocol SMTP|ESMTP|LMTP|SSMTP
    --header "Name: text", --h-Name TEXT, --add-header, --body TEXT, --data TEXT: the message;
    "\\n" is a line end, @FILE is the content of a file, - the input
    --quit-after CONNECT|FIRST-EHLO|TLS|EHLO|AUTH|MAIL|RCPT: how far to go
    --auth [PLAIN,LOGIN] --auth-user NAME --auth-password TEXT
    --tls, --tls-optional, --tls-on-connect, --tls-sni NAME
    --timeout SECONDS, --suppress-data, --silent [1-3], --hide-all, --hide-send, --hide-receive,
    --hide-informational, --no-hints, --show-time-lapse

    NOT IN THIS SIMULATOR: ${swaksMissing.map((name) => `--${name}`).join(' ')}`,
  *run(me) {
    const options = parseSwaks(me.args);
    if (typeof options === 'string') {
      yield* me.write(2, `${options}\n`);
      return 1;
    }
    if (options.values.has('version')) yield* me.print(`swaks version ${swaksVersion}\n`);
    else if (options.values.has('help')) yield* me.print('"man swaks" says which options there are.\n');
    else return yield* new Session(me, options).run();
    return 0;
  },
};

/** The end of the session, with its exit status. */
class Quit {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

interface Reply {
  readonly code: string;
  readonly text: string;
}

class Session {
  readonly #me: Process;
  readonly #options: SwaksOptions;
  readonly #shown: Transcript;
  readonly #timeoutUs: number;
  readonly #protocol: string;
  #conn: Connection | null = null;
  #offers = '';

  constructor(me: Process, options: SwaksOptions) {
    this.#me = me;
    this.#options = options;
    this.#shown = new Transcript(me, options);
    this.#timeoutUs = Math.min(Number(this.#value('timeout') ?? '30') || 30, 3600) * SECOND;
    this.#protocol = (this.#value('protocol') ?? 'ESMTP').toUpperCase();
  }

  *run(): Proc<number> {
    const stop = this.#value('quit-after')?.toLowerCase();
    if (stop !== undefined && stops[stop] === undefined) {
      yield* this.#shown.trouble(`Unknown quit_after value ${stop}, exiting`);
      return 1;
    }
    if (!/^(SSMTP|SMTP|LMTP|ESMTP)S?A?$/.test(this.#protocol)) {
      yield* this.#shown.trouble(`Unknown protocol ${this.#protocol} specified, exiting`);
      return 1;
    }
    const to = this.#value('to') ?? (yield* this.#prompt('To: '));
    const from = this.#value('from') ?? `root@${this.#me.os.hostName}`;
    try {
      yield* this.#connect(to);
      yield* this.#transact(to, from === '<>' ? '' : from);
      return yield* this.#quit(0, 27);
    } catch (error) {
      if (!(error instanceof Quit)) throw error;
      return error.status;
    } finally {
      this.#conn?.close();
    }
  }

  #value(name: string): string | undefined {
    return this.#options.values.get(name);
  }
  #has(name: string): boolean {
    return this.#options.values.has(name);
  }

  *#prompt(text: string): Proc<string> {
    if (this.#me.input.kind === 'terminal') yield* this.#me.print(text);
    return (yield* this.#me.input.readLine(this.#me.os)).trimEnd();
  }

  /** Ends where --quit-after says. */
  *#reached(stage: string): Proc<void> {
    if (stops[this.#value('quit-after')?.toLowerCase() ?? ''] === stage) throw new Quit(yield* this.#quit(0));
  }

  /** Says QUIT. @param refused the status when it is answered with anything but 221 */
  *#quit(status: number, refused = status): Proc<number> {
    const isGood = yield* this.#say('QUIT', /^221/);
    yield* this.#shown.note('Connection closed with remote host.');
    return isGood ? status : refused;
  }
  *#require(isGood: boolean, status: number): Proc<void> {
    if (!isGood) throw new Quit(yield* this.#quit(status));
  }

  *#connect(to: string): Proc<void> {
    const { host, port } = yield* this.#serverFor(to);
    const shown = this.#shown;
    yield* shown.note(`Trying ${host}:${port}...`);
    const number = portFrom(port);
    const addresses = number === null ? 'bad port' : yield* addressesOf(this.#me.os, host);
    const why =
      number === null
        ? `Bad service '${port}'`
        : typeof addresses === 'string'
          ? `Bad hostname '${host}'`
          : yield* this.#tryAddresses(addresses, number);
    if (why !== null) {
      yield* shown.trouble(`Error connecting to ${host}:${port}:\n\tIO::Socket::INET: ${why}`);
      throw new Quit(2);
    }
    yield* shown.note(`Connected to ${host}.`);
  }

  /** @returns why there is no connection */
  *#tryAddresses(addresses: readonly string[], port: number): Proc<string | null> {
    const conn = yield* connectTo(this.#me.os, addresses, { port, timeoutUs: this.#timeoutUs });
    if (!Array.isArray(conn)) {
      this.#conn = conn;
      return null;
    }
    const { why } = conn.at(-1)!;
    return `connect: ${why === 'Connection timed out' ? 'timeout' : why}`;
  }

  *#serverFor(to: string): Proc<{ host: string; port: string }> {
    const wrapped = this.#has('tls-on-connect') || this.#protocol.startsWith('SSMTP');
    const usual = this.#value('port') ?? (wrapped ? '465' : this.#protocol.startsWith('LMTP') ? '24' : '25');
    const given = this.#value('server');
    if (given !== undefined) {
      const match = /^(\[?[^:[\]]+\]?)::?(\w+)$/.exec(given);
      const host = (match?.[1] ?? given).replace(/^\[(.*)\]$/, '$1');
      return { host, port: this.#value('port') ?? match?.[2] ?? usual };
    }
    const domain = /@\[?([^\s,@\]]+)/.exec(to)?.[1];
    if (domain === undefined) return { host: 'localhost', port: usual };
    const mx = yield* lookupMx(this.#me.os, domain);
    const best =
      mx.kind === 'found' ? mx.exchanges.toSorted((a, b) => a.preference - b.preference)[0] : undefined;
    return { host: best === undefined || best.exchange === '' ? domain : best.exchange, port: usual };
  }

  *#transact(to: string, from: string): Proc<void> {
    if (this.#has('tls-on-connect') || this.#protocol.startsWith('SSMTP')) yield* this.#startTls(true);
    yield* this.#require(yield* this.#expect(/^220/), 21);
    yield* this.#reached('connect');
    yield* this.#require(yield* this.#hello(), 22);
    yield* this.#reached('first-helo');
    yield* this.#negotiateTls();
    yield* this.#reached('helo');
    yield* this.#authenticate();
    yield* this.#reached('auth');
    yield* this.#require(yield* this.#say(`MAIL FROM:<${from}>`, /^250/), 23);
    yield* this.#reached('mail');
    let accepted = 0;
    for (const recipient of to.split(','))
      if (yield* this.#say(`RCPT TO:<${recipient.trim()}>`, /^25[01]/)) accepted++;
    yield* this.#require(accepted > 0, 24);
    yield* this.#reached('rcpt');
    yield* this.#require(yield* this.#say('DATA', /^354/), 25);
    yield* this.#sendMessage(to, from, this.#protocol.startsWith('LMTP') ? accepted : 1);
  }

  *#hello(): Proc<boolean> {
    const name = this.#value('helo') ?? this.#me.os.hostName;
    if (this.#protocol.startsWith('LMTP')) return yield* this.#greet(`LHLO ${name}`);
    if (/^SMTP/.test(this.#protocol)) return yield* this.#say(`HELO ${name}`, /^250/);
    return (yield* this.#greet(`EHLO ${name}`)) || (yield* this.#say(`HELO ${name}`, /^250/));
  }
  *#greet(line: string): Proc<boolean> {
    yield* this.#send(line);
    const reply = yield* this.#receive(/^250/);
    this.#offers = reply.text.toUpperCase();
    return reply.code === '250';
  }

  *#negotiateTls(): Proc<void> {
    const optional = this.#has('tls-optional');
    const wanted = this.#has('tls') || /^(ESMTP|LMTP)S/.test(this.#protocol);
    if (!optional && !wanted) return;
    if (!/^250[- ]STARTTLS$/m.test(this.#offers)) {
      yield* this.#shown.trouble('Host did not advertise STARTTLS');
      return yield* this.#require(optional, 29);
    }
    yield* this.#require(yield* this.#say('STARTTLS', /^220/), 29);
    yield* this.#startTls(false);
    yield* this.#reached('tls');
    yield* this.#require(yield* this.#hello(), 32);
  }

  *#startTls(fromTheStart: boolean): Proc<void> {
    const { os } = this.#me;
    const { shakeHands, subjectOf } = yield* tlsClientCode(os);
    const options = { serverName: this.#value('tls-sni') ?? '', deadline: os.now() + this.#timeoutUs };
    const secured = yield* shakeHands(os, this.#conn!, options);
    if ('failure' in secured) {
      this.#conn = null;
      const why = secured.reason === '' ? secured.failure : secured.reason;
      yield* this.#shown.trouble(`TLS startup failed (connect(): ${why})`);
      if (!fromTheStart) yield* this.#shown.trouble('STARTTLS attempted but failed');
      throw new Quit(29);
    }
    this.#conn = secured;
    this.#shown.isSecret = true;
    const { protocol, cipher, cipherBits, peerCertificates } = secured.summary;
    yield* this.#shown.note(`TLS started with cipher ${protocol}:${cipher}:${cipherBits}`);
    yield* this.#shown.note('TLS no local certificate set');
    yield* this.#shown.note(`TLS peer DN="${subjectOf(peerCertificates[0] ?? null)}"`);
    if (fromTheStart) yield* this.#reached('tls');
  }

  *#authenticate(): Proc<void> {
    if (!['auth', 'auth-user', 'auth-optional'].some((name) => this.#has(name))) return;
    const optional = this.#has('auth-optional');
    const offered = /^250[- ]AUTH[ =](.*)$/m.exec(this.#offers)?.[1]?.split(' ') ?? null;
    if (offered === null) {
      yield* this.#shown.trouble('Host did not advertise authentication');
      return yield* this.#require(optional, 28);
    }
    const asked = (this.#value('auth') ?? '')
      .toUpperCase()
      .split(',')
      .filter((type) => type !== '');
    const types = ['LOGIN', 'PLAIN'].filter((type) => asked.length === 0 || asked.includes(type));
    const usable = types.filter((type) => offered.includes(type));
    if (usable.length === 0) {
      yield* this.#shown.trouble(`Auth not attempted, requested type not available`);
      return yield* this.#require(optional, 28);
    }
    const user = this.#value('auth-user') ?? (yield* this.#prompt('Username: '));
    const password = this.#value('auth-password') ?? (yield* this.#prompt('Password: '));
    for (const type of usable) if (yield* this.#tryAuth(type, user, password)) return;
    yield* this.#shown.trouble('No authentication type succeeded');
    yield* this.#require(optional, 28);
  }
  *#tryAuth(type: string, user: string, password: string): Proc<boolean> {
    const coded = (text: string): string => base64.encode(ascii.encode(text));
    if (type === 'PLAIN') return yield* this.#say(`AUTH PLAIN ${coded(`\0${user}\0${password}`)}`, /^235/);
    return (
      (yield* this.#say('AUTH LOGIN', /^334/)) &&
      (yield* this.#say(coded(user), /^334/)) &&
      (yield* this.#say(coded(password), /^235/))
    );
  }

  *#sendMessage(to: string, from: string, replies: number): Proc<void> {
    const { os } = this.#me;
    const lines = messageLines({
      data: yield* this.#content('data'),
      body: yield* this.#content('body'),
      headers: this.#options.headers,
      added: this.#options.added,
      to,
      from: from === '' ? '<>' : from,
      hostName: os.hostName,
      pid: os.pid,
      epochUs: os.epochUs(),
    });
    const suppressed = this.#has('suppress-data');
    yield* this.#shown.sent(suppressed ? `${lines.length} lines sent` : lines.join('\n'));
    yield* this.#write(`${lines.join('\r\n')}\r\n`);
    let isGood = true;
    for (let i = 0; i < replies; i++) isGood = (yield* this.#expect(/^250/)) && isGood;
    yield* this.#require(isGood, 26);
  }

  /** The text of an option: itself, a file's or the input's; null when it is not given. */
  *#content(name: string): Proc<string | null> {
    const given = this.#value(name);
    if (given === undefined || !/^-$|^@./.test(given)) return given ?? null;
    const stream = yield* openOperand(this.#me, given === '-' ? '-' : given.slice(1));
    if (stream === null) throw new Quit(1);
    return yield* this.#me.readAll(stream, 10_485_760);
  }

  *#say(line: string, expected: RegExp): Proc<boolean> {
    yield* this.#send(line);
    return yield* this.#expect(expected);
  }
  *#send(line: string): Proc<void> {
    yield* this.#shown.sent(line);
    yield* this.#write(`${line}\r\n`);
  }
  *#write(text: string): Proc<void> {
    yield* this.#conn!.write(ascii.encode(text), { deadline: this.#me.os.now() + this.#timeoutUs });
  }
  *#expect(expected: RegExp): Proc<boolean> {
    return expected.test((yield* this.#receive(expected)).code);
  }

  /** A whole reply, shown. */
  *#receive(expected: RegExp): Proc<Reply> {
    const { os } = this.#me;
    const askedAt = os.now();
    const lines: string[] = [];
    for (;;) {
      const line = yield* this.#conn!.readLine({ deadline: askedAt + this.#timeoutUs, bytesMax: 4096 });
      if (line === 'timeout') {
        const seconds = this.#timeoutUs / SECOND;
        yield* this.#shown.received(`Timeout (${seconds} secs) waiting for server response`, false);
        return { code: '', text: '' };
      }
      if (typeof line === 'string') {
        yield* this.#shown.trouble('Remote host closed connection unexpectedly.');
        throw new Quit(6);
      }
      lines.push(ascii.decode(line.bytes));
      if (!/^\d{3}-/.test(lines.at(-1)!) || lines.length > 1000) break;
    }
    if (this.#has('show-time-lapse'))
      yield* this.#shown.note(`response in ${((os.now() - askedAt) / SECOND).toFixed(3)}s`);
    const text = lines.join('\n');
    const code = lines.at(-1)!.slice(0, 3);
    yield* this.#shown.received(text, expected.test(code));
    return { code, text };
  }
}
