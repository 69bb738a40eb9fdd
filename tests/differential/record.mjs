// Lets clients of the grammar talk to a real server and writes down the dialogues as cases, with the replies that came.
import net from 'node:net';

import { Client } from './grammar.mjs';

const replyMs = 8000;

/**
 * @param profile name of the listener, for the group
 * @param seeds of the dialogues
 * @returns a group of cases in the format of tests/conformance/smtp/recorded
 */
export async function record({ host, port, profile, config, seeds }) {
  const cases = [];
  for (const seed of seeds) cases.push(await dialogue({ host, port, profile, seed }));
  return { group: `differential-${profile}`, profile, config, cases };
}

async function dialogue({ host, port, profile, seed }) {
  const steps = [];
  const wire = new Wire(host, port);
  const client = new Client(seed);
  let reply = await wire.reply();
  for (let said = null; reply !== null;) {
    steps.push({ expect: expectation(reply, said) });
    if (reply.code === 421 || reply.code === 221) {
      steps.push({ expectClose: true, withinMs: 3000 });
      break;
    }
    if (wire.pending > 0) {
      wire.pending--;
      reply = await wire.reply();
      continue;
    }
    said = client.next(reply.code) ?? { send: 'QUIT' };
    steps.push(said);
    wire.say(said);
    reply = await wire.reply();
  }
  wire.close();
  if (reply === null) steps.push({ expectClose: true, withinMs: 3000 });
  return { id: `${profile}-${seed}`, title: `dialogue ${seed}`, timeoutMs: replyMs, steps };
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

  constructor(host, port) {
    this.#socket = net.connect({ host, port });
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

  say({ send, message, raw }) {
    if (Array.isArray(send)) this.pending = send.length - 1;
    const bytes =
      raw !== undefined
        ? Buffer.from(raw, 'latin1')
        : message !== undefined
          ? Buffer.from([...message, '.', ''].join('\r\n'))
          : Buffer.from([send].flat().map((line) => `${line}\r\n`).join('')); // prettier-ignore
    if (!this.#closed) this.#socket.write(bytes);
  }

  /** @returns {code, lines} or null when the server closed or says nothing */
  async reply() {
    const until = Date.now() + replyMs;
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
      if (this.#closed || Date.now() > until) return null;
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
