/**
 * telnet — a dialogue with a server by hand
 *
 * As telnet of GNU inetutils to a port other than 23: a line typed goes out with CR LF, what comes is shown
 * as it comes. When the input ends, so does the connection, at once: `printf … | telnet` sees no reply; in a
 * pipe, wait between the lines, or use nc.
 *
 * SIMPLIFIED: options of the Telnet protocol (RFC 854) are not answered: no server here sends any. The escape
 * character is looked for in a line, because a program here gets whole lines.
 */
import type { Connection, Proc } from '../../os/os.ts';

import type { Process } from '../shell/process.ts';
import type { Tool } from '../shell/tool.ts';

import { addressesOf, portFrom } from './addresses.ts';
import { connectTo, Relay } from './relay.ts';

const escape = '\x1d';

export const telnet: Tool = {
  summary: 'talk to a server by hand: telnet HOST PORT',
  synopsis: '[-4] [HOST [PORT]]',
  options: [
    ['-4, --ipv4', 'no effect: there is no IPv6 here'],
    ['-E, --no-escape', 'no escape character'],
  ],
  missing: '-6 -8 -a -b -c -d -e -K -l -L -n -r -X',
  description: `Each line that is typed goes to the server, and what the server says is printed as it comes.
    Ctrl-] and Enter leads to a prompt, where "quit" ends the connection; Ctrl-C ends it at once.
    When the input ends, the connection is closed at once, before the server can answer: so it is with the
    real one. In a pipe, wait between the lines:
    (sleep 1; echo EHLO me; sleep 1; echo QUIT; sleep 1) | telnet mx 25
    nc waits for the server instead.`,
  *run(me, options) {
    const [host, port, more] = options.operands;
    if (more !== undefined) return yield* me.fail('too many arguments\nusage: telnet [HOST [PORT]]');
    if (host === undefined) return yield* prompt(me, null);
    return yield* open(me, { host, port: port ?? 'telnet', escapes: !options.has('E') });
  },
};

interface Target {
  host: string;
  port: string;
  escapes: boolean;
}

function* open(me: Process, { host, port, escapes }: Target): Proc<number> {
  const number = portFrom(port);
  const addresses =
    number === null ? 'Servname not supported for ai_socktype' : yield* addressesOf(me.os, host);
  if (typeof addresses === 'string') {
    yield* me.write(2, `Server lookup failure:  ${host}:${port}, ${addresses}\n`);
    return 1;
  }
  const conn = yield* connectTo(me.os, addresses, {
    port: number!,
    trying: (address) => me.print(`Trying ${address}...\n`),
  });
  if (Array.isArray(conn)) return yield* me.fail(`Unable to connect to remote host: ${conn.at(-1)!.why}`);
  yield* me.print(`Connected to ${host}.\n`);
  if (escapes) yield* me.print("Escape character is '^]'.\n");
  try {
    return yield* converse(me, conn, escapes);
  } finally {
    conn.close();
  }
}

function* converse(me: Process, conn: Connection, escapes: boolean): Proc<number> {
  const relay = new Relay(me, {
    conn,
    *toPeer(text): Proc<string | null> {
      const at = escapes ? text.indexOf(escape) : -1;
      if (at < 0) return asNetwork(text);
      const stays = (yield* prompt(me, conn)) === stay;
      return stays ? asNetwork(text.slice(0, at)) : null;
    },
    show: (text) => text.replace(/\r[\n\0]/g, (pair) => (pair === '\r\n' ? '\n' : '\r')),
  });
  try {
    const end = yield* relay.next();
    if (end === 'stopped') yield* me.print('Connection closed.\n');
    else yield* me.write(2, 'Connection closed by foreign host.\n');
    return 0;
  } finally {
    relay.stop();
  }
}

// RFC 854: an end of line is CR LF, a CR by itself is CR NUL.
function asNetwork(text: string): string {
  return text.replaceAll('\r', '\r\0').replaceAll('\n', '\r\n').replaceAll('\xff', '\xff\xff');
}

const stay = -1;
const commandsText = `Commands may be abbreviated.  Commands are:

close\tclose current connection
open\tconnect to a site
quit\texit telnet
status\tprint status information
?\tprint help information
`;

/** The prompt of the escape character. @returns stay, or the exit status */
function* prompt(me: Process, conn: Connection | null): Proc<number> {
  for (;;) {
    yield* me.print('telnet> ');
    const line = yield* me.input.readLine(me.os);
    const [word = '', ...words] = line.trim().split(/\s+/);
    const is = (name: string): boolean => word !== '' && name.startsWith(word);
    if (line === '' || is('quit')) return 0;
    if (word === '') {
      if (conn !== null) return stay;
    } else if (is('open')) {
      if (conn !== null) yield* me.print(`?Already connected to ${conn.remote.address}\n`);
      else if (words[0] === undefined) yield* me.print('usage: open host-name [port]\n');
      else return yield* open(me, { host: words[0], port: words[1] ?? 'telnet', escapes: true });
    } else if (is('close')) {
      if (conn !== null) return 0;
      yield* me.print('?Need to be connected first.\n');
    } else if (is('status')) {
      yield* me.print(conn === null ? 'No connection.\n' : `Connected to ${conn.remote.address}.\n`);
      yield* me.print(`Operating in obsolete linemode\nLocal character echo\nEscape character is '^]'.\n`);
      if (conn !== null) return stay;
    } else if (word === '?' || is('help')) yield* me.print(commandsText);
    else yield* me.print('?Invalid command\n');
  }
}
