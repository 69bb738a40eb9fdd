// The far end of the recordings: it accepts every message and keeps what came, as ESMTP, as plain SMTP and as LMTP server.
import net from 'node:net';

const kinds = ['esmtp', 'plain', 'lmtp'];
const offers = ['sink.example', 'PIPELINING', 'SIZE 52428800', '8BITMIME', 'DSN', 'SMTPUTF8', 'ENHANCEDSTATUSCODES']; // prettier-ignore

/** Servers on three ports, one for each kind, beginning at `port`. */
export class Sink {
  #messages = [];
  #waiting = new Set();
  #servers = [];

  static async listen(port) {
    const sink = new Sink();
    for (const [i, kind] of kinds.entries()) {
      const server = net.createServer((socket) => sink.#serve(socket, kind));
      await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port + i, '127.0.0.1', resolve);
      });
      sink.#servers.push(server);
    }
    return sink;
  }

  close() {
    for (const server of this.#servers) server.close();
  }

  /** Takes the message for a recipient; null when none comes in time. */
  async take(recipient, ms) {
    const until = Date.now() + ms;
    for (;;) {
      const at = this.#messages.findIndex(({ recipients }) => recipients.includes(recipient));
      if (at >= 0) return this.#messages.splice(at, 1)[0];
      if (Date.now() >= until) return null;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, until - Date.now() + 1);
        this.#waiting.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #keep(message) {
    this.#messages.push(message);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #serve(socket, kind) {
    let [unread, text, commands, recipients] = ['', null, [], []];
    const say = (...lines) => socket.write(lines.map((line) => `${line}\r\n`).join(''));
    const command = (line) => {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO' || verb === 'LHLO')
        return kind === 'plain'
          ? say('502 5.5.1 not here')
          : say(...offers.map((offer, i) => `250${i < offers.length - 1 ? '-' : ' '}${offer}`));
      if (verb === 'MAIL') [commands, recipients] = [[], []];
      if (verb === 'MAIL' || verb === 'RCPT') commands.push(shown(line));
      if (verb === 'RCPT') recipients.push(/<(.*)>/.exec(line)?.[1] ?? '');
      if (verb === 'DATA') {
        text = '';
        return say('354 Go');
      }
      if (verb === 'QUIT') return socket.end('221 2.0.0 Bye\r\n');
      say(verb === 'HELO' ? '250 sink.example' : '250 2.0.0 Ok');
    };
    const content = (line) => {
      if (line !== '.') return void (text += `${line}\r\n`);
      this.#keep({ kind, commands, recipients, text: text.split('\r\n').map(shown) });
      text = null;
      if (kind === 'lmtp') say(...recipients.map((name) => `250 2.1.5 ${name} Ok`));
      else say('250 2.0.0 Ok');
    };
    socket.on('error', () => undefined);
    say(`220 sink.example ${kind === 'plain' ? 'SMTP' : kind.toUpperCase()} Sink`);
    socket.on('data', (bytes) => {
      const lines = (unread + bytes.toString('latin1')).split('\r\n');
      unread = lines.pop();
      for (const line of lines) (text === null ? command : content)(line);
    });
  }
}

/** UTF-8 where the bytes are valid UTF-8, else one character per byte. */
export function shown(line) {
  const text = Buffer.from(line, 'latin1').toString();
  return text.includes('\ufffd') ? line : text;
}
