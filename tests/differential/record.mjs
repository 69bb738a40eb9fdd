// Lets clients of the grammar talk to a real server and writes down the dialogues as cases, with the replies that came.
import net from 'node:net';

import { Client } from './grammar.mjs';

const replyMs = 20_000; // EHLO of a client that made many errors: a second a line

/**
 * @param profile name of the listener, for the group
 * @param seeds of the dialogues of the grammar
 * @param scripts dialogues that are written out: {id, title, says: [{send}, {message}, {raw}, …], localAddress}
 * @returns a group of cases in the format of tests/conformance/smtp/recorded
 */
export async function record({ host, port, profile, config, seeds = [], scripts = [] }) {
  const cases = [];
  for (const seed of seeds) {
    const title = `dialogue ${seed}`;
    const client = new Client(seed, profile);
    cases.push(await dialogue({ host, port, id: `${profile}-${seed}`, title, client }));
  }
  for (const script of scripts) {
    const client = new Script(script.says);
    cases.push(await dialogue({ host, port, ...script, title: script.title ?? script.id, client }));
  }
  return { group: `differential-${profile}`, profile, config, cases };
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

async function dialogue({ host, port, id, title, client, localAddress }) {
  const steps = [];
  const wire = new Wire({ host, port, localAddress });
  let reply = await wire.reply();
  for (let said = null; typeof reply !== 'string';) {
    steps.push({ expect: expectation(reply, said) });
    if (reply.code === 421 || reply.code === 221 || reply.code === 521) {
      steps.push({ expectClose: true, withinMs: 3000 });
      break;
    }
    if (wire.pending > 0) {
      wire.pending--;
      reply = await wire.reply();
      continue;
    }
    said = client.next(reply.code) ?? { send: 'QUIT' };
    const { replies, ...step } = said;
    steps.push(step);
    wire.say(said);
    reply = await wire.reply(replies === 0 ? 300 : replyMs);
    while (reply === 'silent' && replies === 0) {
      said = client.next(0) ?? { send: 'QUIT' };
      steps.push((({ replies: _, ...rest }) => rest)(said));
      wire.say(said);
      reply = await wire.reply(said.replies === 0 ? 300 : replyMs);
    }
  }
  wire.close();
  if (reply === 'closed') steps.push({ expectClose: true, withinMs: 3000 });
  if (reply === 'silent') steps.push({ expectSilence: replyMs });
  const from = localAddress === undefined ? {} : { localAddress };
  return { id, title, timeoutMs: replyMs, ...from, steps };
}

function expectation({ code, lines }, said) {
  const texts = lines.map(masked);
  const enh = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/.exec(texts.at(-1))?.[1] ?? null;
  const hello = said !== null && typeof said.send === 'string' && /^ehlo/i.test(said.send) && code === 250;
  return hello
    ? { code, enh: null, lines: texts.slice(0, 1), caps: texts.slice(1) }
    : { code, enh, lines: texts };
}

function masked(line) {
  return line.replace(/(queued as )[0-9A-F]{6,}/, '$1{QID}').replace(/(Ok: )\d+( bytes)/, '$1{NUM}$2');
}

/** A connection read reply by reply. */
class Wire {
  pending = 0;
  #socket;
  #text = '';
  #closed = false;
  #wake = () => {};

  constructor({ host, port, localAddress }) {
    this.#socket = net.connect({ host, port, localAddress });
    this.#socket.on('data', (bytes) => {
      this.#text += bytes.toString('latin1');
      this.#wake();
    });
    for (const end of ['end', 'close', 'error'])
      this.#socket.on(end, () => {
        this.#closed = true;
        this.#wake();
      });
  }

  /** @param replies how many are expected, when it is not one for each line of `send` */
  say({ send, message, raw, repeat = 1, replies }) {
    this.pending = Math.max(0, (replies ?? (Array.isArray(send) ? send.length : 1)) - 1);
    const bytes =
      raw !== undefined
        ? Buffer.from(raw.repeat(repeat), 'latin1')
        : message !== undefined
          ? Buffer.from([...message, '.', ''].join('\r\n'))
          : Buffer.from([send].flat().map((line) => `${line}\r\n`).join('')); // prettier-ignore
    if (!this.#closed) this.#socket.write(bytes);
  }

  /** @returns {code, lines}, 'closed', or 'silent' after some time */
  async reply(ms = replyMs) {
    const until = Date.now() + ms;
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\n/.exec(this.#text);
      if (whole !== null) {
        this.#text = this.#text.slice(whole[0].length);
        const lines = whole[0].trimEnd().split(/\r?\n/);
        return {
          code: Number(lines[0].slice(0, 3)),
          lines: lines.map((line) => Buffer.from(line.slice(4), 'latin1').toString()),
        };
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
