// Lets clients of the grammar talk to a real server and writes down the dialogues as cases, with the replies that came.
import net from 'node:net';
import tls from 'node:tls';

import { Client } from './grammar.mjs';
import { shown } from './sink.mjs';

const replyMs = 20_000; // EHLO of a client that made many errors: a second a line
const burstMs = 2500; // the second reply of a burst, and the following
const quietMs = 40; // what comes unasked comes at once
const deliveryMs = 8000;

/**
 * @param profile name of the listener, for the group
 * @param seeds of the dialogues of the grammar
 * @param scripts dialogues that are written out: {id, title, says: [{send}, {message}, {raw}, …], localAddress}
 * @param sink where the server delivers, for the steps {delivered: {to}}
 * @returns a group of cases in the format of tests/conformance/smtp/recorded
 */
export async function record({ host, port, profile, config, seeds = [], scripts = [], sink, ...more }) {
  const cases = [];
  for (const seed of seeds) {
    const title = `dialogue ${seed}`;
    const client = new Client(seed, profile);
    cases.push(await new Dialogue({ host, port, sink }).play({ id: `${profile}-${seed}`, title, client }));
  }
  for (const script of scripts) {
    const client = new Script(script.says);
    const titled = { ...script, title: script.title ?? script.id, client };
    cases.push(await new Dialogue({ host, port, sink }).play(titled));
  }
  return { group: `differential-${profile}`, profile, config, ...more, cases };
}

/** Says one thing after another, whatever is answered. */
class Script {
  #says;
  constructor(says) {
    this.#says = [...says];
  }
  next() {
    return this.#says.shift() ?? null;
  }
}

/** One session, written down step by step. */
class Dialogue {
  #to;
  #sink;
  #steps = [];
  #wire;

  constructor({ sink, ...to }) {
    this.#to = to;
    this.#sink = sink;
  }

  async play({ id, title, client, localAddress, timeoutMs = replyMs }) {
    this.#wire = new Wire({ ...this.#to, localAddress });
    let last = await this.#replies(1, '');
    while (last !== 'closed') {
      const said = client.next(typeof last === 'number' ? last : 0) ?? { send: 'QUIT', isLast: true };
      const { replies, isLast, ...step } = said;
      if (step.delivered !== undefined) {
        await this.#delivered(step.delivered);
        continue;
      }
      this.#steps.push(step);
      await this.#wire.say(step);
      if (step.destroy === true) break;
      if (step.wait !== undefined || step.starttls === true) continue;
      last = await this.#replies(replies ?? (Array.isArray(step.send) ? step.send.length : 1), step.send);
      if (isLast === true && last !== 'closed') break;
    }
    if (client.leftovers !== undefined)
      for (const wanted of client.leftovers()) await this.#delivered(wanted);
    this.#wire.close();
    const from = localAddress === undefined ? {} : { localAddress };
    return { id, title, timeoutMs, ...from, steps: this.#steps };
  }

  /** Reads as many replies and what comes unasked. @returns the last code, 'silent' or 'closed' */
  async #replies(wanted, said) {
    let last = 'silent';
    for (let i = 0; ; i++) {
      const ms = i >= wanted ? quietMs : i > 0 ? burstMs : replyMs;
      const reply = await this.#wire.reply(ms);
      if (reply === 'closed') {
        this.#steps.push({ expectClose: true, withinMs: 3000 });
        return 'closed';
      }
      if (reply === 'silent') {
        if (i < wanted || wanted === 0) this.#steps.push({ expectSilence: 300 });
        return last;
      }
      this.#steps.push({ expect: expectation(reply, said) });
      last = reply.code;
    }
  }

  async #delivered(wanted) {
    const message = await this.#sink.take(wanted.to, wanted.timeoutMs ?? deliveryMs);
    if (message === null) return void this.#steps.push({ delivered: { ...wanted, nothing: true } });
    const commands = message.commands.map((line) => line.replace(/ SIZE=\d+/, ' SIZE={NUM}'));
    const text = message.text.map(maskedContent);
    this.#steps.push({ delivered: { ...wanted, kind: message.kind, commands, text } });
  }
}

function expectation({ code, lines }, said) {
  const texts = lines.map(masked);
  const enh = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/.exec(texts.at(-1))?.[1] ?? null;
  const hello = typeof said === 'string' && /^ehlo/i.test(said) && code === 250;
  return hello
    ? { code, enh: null, lines: texts.slice(0, 1), caps: texts.slice(1) }
    : { code, enh, lines: texts };
}

function masked(line) {
  return line.replace(/(queued as )[0-9A-F]{6,}/, '$1{QID}').replace(/(Ok: )\d+( bytes)/, '$1{NUM}$2');
}

const date = /\w{3}, [ 0-3]?\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4} \([\w+-]+\)/g;

function maskedContent(line) {
  return line
    .replace(/\bid [0-9A-F]{6,20}\b/g, 'id {QID}')
    .replace(date, '{DATE}')
    .replace(/<\d{14}\.[0-9A-F]+@/g, '<{STAMP}.{QID}@');
}

/** A connection read reply by reply. */
class Wire {
  #socket;
  #text = '';
  #closed = false;
  #wake = () => {};

  constructor({ host, port, localAddress }) {
    this.#attach(net.connect({ host, port, localAddress }));
  }

  #attach(socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#text += bytes.toString('latin1');
      this.#wake();
    });
    for (const end of ['end', 'close', 'error'])
      socket.on(end, () => {
        this.#closed = true;
        this.#wake();
      });
  }

  async say({ wait, starttls, split, delayMs = 30, end, destroy, ...said }) {
    if (wait !== undefined) return await pause(wait);
    if (starttls === true) return await this.#secure();
    if (destroy === true) return void this.#socket.destroy();
    if (end === true) return void this.#socket.end();
    if (split === undefined) return this.#write(bytesOf(said));
    for (const part of split) {
      this.#write(Buffer.from(part, 'latin1'));
      await pause(delayMs);
    }
  }

  #write(bytes) {
    if (!this.#closed) this.#socket.write(bytes);
  }

  async #secure() {
    const plain = this.#socket;
    for (const event of ['data', 'end', 'close', 'error']) plain.removeAllListeners(event);
    const secured = tls.connect({ socket: plain, rejectUnauthorized: false, servername: 'mail.example.com' });
    await new Promise((resolve, reject) => {
      secured.once('secureConnect', resolve);
      secured.once('error', reject);
    });
    this.#attach(secured);
  }

  /** @returns {code, lines}, 'closed', or 'silent' after some time */
  async reply(ms) {
    const until = Date.now() + ms;
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\n/.exec(this.#text);
      if (whole !== null) {
        this.#text = this.#text.slice(whole[0].length);
        const lines = whole[0].replace(/\r?\n$/, '').split(/\r?\n/);
        return { code: Number(lines[0].slice(0, 3)), lines: lines.map((line) => shown(line.slice(4))) };
      }
      if (this.#closed) return 'closed';
      if (Date.now() > until) return 'silent';
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, until - Date.now() + 1);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  close() {
    this.#socket.destroy();
  }
}

function bytesOf({ send, message, parts, raw, repeat }) {
  if (send !== undefined) return Buffer.from([send].flat().map((line) => `${line}\r\n`).join('')); // prettier-ignore
  if (message !== undefined) return Buffer.from([...message, '.', ''].join('\r\n'));
  const pieces = parts ?? [{ raw, repeat }];
  return Buffer.concat(
    pieces.map(({ raw: bytes, line, repeat: times = 1 }) =>
      bytes === undefined
        ? Buffer.from(`${line}\r\n`.repeat(times))
        : Buffer.from(bytes.repeat(times), 'latin1'),
    ),
  );
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
