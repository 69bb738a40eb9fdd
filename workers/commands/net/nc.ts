/**
 * nc — any bytes over TCP or UDP, to a port or from one
 *
 * As OpenBSD's netcat in Debian: when the input ends it goes on printing what comes, until the other end
 * closes; with -N it closes its own half first.
 *
 * SEE ALSO  relay.ts, telnet.ts
 */
import * as ascii from '../../bytes/ascii.ts';

import {
  NEVER,
  SECOND,
  type Connection,
  type Datagram,
  type Endpoint,
  type Proc,
  type UdpSocket,
} from '../../os/os.ts';

import type { Process } from '../shell/process.ts';
import { parseCount, type Options, type Tool } from '../shell/tool.ts';

import { addressesOf, isAddress, portFrom, serviceOf } from './addresses.ts';
import { connectTo, Relay } from './relay.ts';

const usage = `usage: nc [-4CklNnuvz] [-p source_port] [-q seconds] [-s sourceaddr]
\t  [-w timeout] [destination] [port]`;

export const nc: Tool = {
  summary: 'send and receive any bytes over TCP or UDP',
  synopsis: '[-CNnuvz] [-w SECONDS] HOST PORT[-PORT] | nc -l [-kuv] [ADDRESS] PORT',
  options: [
    ['-v', 'say what happens'],
    ['-z', 'only see whether somebody listens; several ports: 20-30'],
    ['-w SECONDS', 'give up connecting, or end when nothing came for so long'],
    ['-C', 'lines end with CR LF on the network'],
    ['-N', 'when the input ends, close this half of the connection'],
    ['-q SECONDS', 'when the input ends, wait so long and quit; -1: for ever'],
    ['-u', 'UDP'],
    ['-l', 'wait for a connection'],
    ['-k', 'with -l: and for the next one'],
    ['-p PORT', 'with -l: the port'],
    ['-s ADDRESS', 'use this address of the host'],
    ['-n', 'addresses only, no names'],
    ['-4', 'no effect: there is no IPv6 here'],
  ],
  missing: '-6 -D -d -F -I -i -M -m -O -P -r -S -T -t -U -V -W -X -x -Z -b -h',
  *run(me, options) {
    const settings = settingsOf(options);
    if (typeof settings === 'string') return yield* me.fail(settings);
    if (options.has('l')) return yield* listen(me, settings, options);
    const [host, ports, more] = options.operands;
    if (host === undefined || more !== undefined) return yield* usageError(me);
    if (ports === undefined) return yield* me.fail('missing port number');
    const range = portRange(ports);
    if (range === null) return yield* me.fail(`port number invalid: ${ports}`);
    if (settings.numeric && !isAddress(host))
      return yield* noAddress(me, host, ports, 'Name or service not known');
    const addresses = yield* addressesOf(me.os, host);
    if (typeof addresses === 'string') return yield* noAddress(me, host, ports, addresses);
    let status = 1;
    for (let port = range[0]; port <= range[1]; port++) {
      const target = { host, addresses, port };
      const one = yield* settings.udp ? overUdp(me, settings, target) : overTcp(me, settings, target);
      if (one === 0) status = 0;
    }
    return status;
  },
};

interface Settings {
  readonly verbose: boolean;
  readonly scan: boolean;
  readonly udp: boolean;
  readonly numeric: boolean;
  readonly crlf: boolean;
  readonly shutdown: boolean;
  readonly timeoutUs: number | null;
  readonly quitUs: number | null;
  readonly from: string | undefined;
}

interface Target {
  readonly host: string;
  readonly addresses: readonly string[];
  readonly port: number;
}

function settingsOf(options: Options): Settings | string {
  const seconds = (letter: string): number | null => {
    const count = parseCount(options.value(letter));
    return count === null ? null : count * SECOND;
  };
  const [timeoutUs, quitUs] = [seconds('w'), seconds('q')];
  if (options.has('w') && timeoutUs === null) return `timeout invalid: ${options.value('w')!}`;
  if (options.has('q') && quitUs === null && options.value('q') !== '-1')
    return `quit timer invalid: ${options.value('q')!}`;
  return {
    verbose: options.has('v'),
    scan: options.has('z'),
    udp: options.has('u'),
    numeric: options.has('n'),
    crlf: options.has('C'),
    shutdown: options.has('N'),
    timeoutUs,
    quitUs,
    from: options.value('s') ?? undefined,
  };
}

function* usageError(me: Process): Proc<number> {
  yield* me.write(2, `${usage}\n`);
  return 1;
}

function noAddress(me: Process, host: string, port: string, why: string): Proc<number> {
  return me.fail(`getaddrinfo for host "${host}" port ${port}: ${why}`);
}

function portRange(text: string): [number, number] | null {
  const match = /^(\d+)-(\d+)$/.exec(text);
  const [low, high] =
    match === null ? [portFrom(text), portFrom(text)] : [portFrom(match[1]!), portFrom(match[2]!)];
  if (low === null || high === null) return null;
  return low <= high ? [low, high] : [high, low];
}

/** "mx (192.0.2.1)" */
function shown({ host, addresses }: Target): string {
  return isAddress(host) ? host : `${host} (${addresses[0]!})`;
}

function* succeeded(me: Process, settings: Settings, target: Target): Proc<void> {
  if (!settings.verbose) return;
  const service = (settings.numeric ? null : serviceOf(target.port)) ?? '*';
  const protocol = settings.udp ? 'udp' : 'tcp';
  yield* me.write(
    2,
    `Connection to ${shown(target)} ${target.port} port [${protocol}/${service}] succeeded!\n`,
  );
}

function* overTcp(me: Process, settings: Settings, target: Target): Proc<number> {
  const conn = yield* connectTo(me.os, target.addresses, {
    port: target.port,
    from: settings.from,
    ...(settings.timeoutUs !== null && { timeoutUs: settings.timeoutUs }),
  });
  if (Array.isArray(conn)) {
    if (settings.verbose)
      for (const { why } of conn) yield* me.fail(notConnected(target, why, settings.timeoutUs !== null));
    return 1;
  }
  try {
    yield* succeeded(me, settings, target);
    return settings.scan ? 0 : yield* exchange(me, conn, settings);
  } finally {
    conn.close();
  }
}

function notConnected(target: Target, why: string, isLimited: boolean): string {
  const expired = isLimited && why === 'Connection timed out';
  const how = expired ? 'timed out: Operation now in progress' : `failed: ${why}`;
  return `connect to ${shown(target)} port ${target.port} (tcp) ${how}`;
}

/** Both ways until the other end closes. */
function* exchange(me: Process, conn: Connection, settings: Settings): Proc<number> {
  const relay = new Relay(me, {
    conn,
    *toPeer(text): Proc<string> {
      return onWire(text, settings);
    },
    ...(settings.timeoutUs !== null && { idleUs: settings.timeoutUs }),
  });
  let deadline = NEVER;
  try {
    for (;;) {
      const end = yield* relay.next(deadline);
      if (end !== 'input') return 0;
      if (settings.shutdown) conn.close();
      if (settings.quitUs !== null) deadline = me.os.now() + settings.quitUs;
    }
  } finally {
    relay.stop();
  }
}

function* listen(me: Process, settings: Settings, options: Options): Proc<number> {
  const operands = [...options.operands];
  const portText = options.value('p') ?? operands.pop();
  const address = operands.pop();
  if (portText === undefined || operands.length > 0) return yield* usageError(me);
  const port = portFrom(portText);
  if (port === null) return yield* me.fail(`port number invalid: ${portText}`);
  const own = address === undefined ? null : yield* addressesOf(me.os, address);
  if (typeof own === 'string') return yield* noAddress(me, address!, portText, own);
  const where = own === null ? { port } : { port, address: own[0]! };
  if (own !== null && own[0] !== '127.0.0.1' && !me.os.addresses.includes(own[0]!))
    return yield* me.fail('Cannot assign requested address');
  const announce = function* (): Proc<void> {
    if (settings.verbose)
      yield* me.write(2, `${settings.udp ? 'Bound' : 'Listening'} on ${address ?? '0.0.0.0'} ${port}\n`);
  };
  return settings.udp
    ? yield* listenUdp(me, settings, where, announce)
    : yield* listenTcp(me, settings, where, announce, options.has('k'));
}

function* listenTcp(
  me: Process,
  settings: Settings,
  where: { port: number; address?: string },
  announce: () => Proc<void>,
  keeps: boolean,
): Proc<number> {
  const listener = me.os.listen(where);
  if (typeof listener === 'string') return yield* me.fail('Address already in use');
  try {
    do {
      yield* announce();
      const conn = yield* listener.accept();
      if (conn === 'timeout') continue;
      try {
        if (settings.verbose)
          yield* me.write(2, `Connection received on ${conn.remote.address} ${conn.remote.port}\n`);
        yield* exchange(me, conn, settings);
      } finally {
        conn.close();
      }
    } while (keeps);
    return 0;
  } finally {
    listener.close();
  }
}

const probes = 4;

function* overUdp(me: Process, settings: Settings, target: Target): Proc<number> {
  const socket = me.os.udp();
  if (typeof socket === 'string') return yield* me.fail('Address already in use');
  const to: Endpoint = { address: target.addresses[0]!, port: target.port };
  try {
    // Silence is all that can be had of an open port.
    if (settings.scan || settings.verbose)
      for (let i = 0; i < probes; i++) {
        socket.send({ to, bytes: ascii.encode('X') });
        const answer = yield* socket.receive({ deadline: me.os.now() + SECOND });
        if (answer === 'refused') return 1;
        if (answer !== 'timeout') yield* me.print(ascii.decode(answer.bytes));
      }
    yield* succeeded(me, settings, target);
    return settings.scan ? 0 : yield* exchangeDatagrams(me, socket, settings, to);
  } finally {
    socket.close();
  }
}

function* listenUdp(
  me: Process,
  settings: Settings,
  where: { port: number; address?: string },
  announce: () => Proc<void>,
): Proc<number> {
  const socket = me.os.udp(where);
  if (typeof socket === 'string') return yield* me.fail('Address already in use');
  try {
    yield* announce();
    for (;;) {
      const first = yield* socket.receive({ deadline: NEVER });
      if (typeof first === 'string') continue;
      const { from } = first;
      if (settings.verbose) yield* me.write(2, `Connection received on ${from.address} ${from.port}\n`);
      yield* me.print(ascii.decode(first.bytes));
      return yield* exchangeDatagrams(me, socket, settings, from);
    }
  } finally {
    socket.close();
  }
}

function onWire(text: string, { crlf }: Settings): string {
  return crlf ? text.replace(/\r?\n/g, '\r\n') : text;
}

/** A datagram for each piece of input; ends when the other port is closed, or with -w. */
function* exchangeDatagrams(me: Process, socket: UdpSocket, settings: Settings, to: Endpoint): Proc<number> {
  const sender = me.os.spawn(me.name, function* (): Proc<void> {
    if (me.input.kind === 'nothing') return;
    for (let text = yield* me.read(me.input); text !== ''; text = yield* me.read(me.input))
      for (let at = 0; at < text.length; at += datagramBytesMax)
        socket.send({ to, bytes: ascii.encode(onWire(text.slice(at, at + datagramBytesMax), settings)) });
  });
  try {
    for (;;) {
      const datagram: Datagram | 'timeout' | 'refused' = yield* socket.receive({
        deadline: settings.timeoutUs === null ? NEVER : me.os.now() + settings.timeoutUs,
      });
      if (datagram === 'refused' || datagram === 'timeout') return 0;
      if (datagram.from.address === to.address && datagram.from.port === to.port)
        yield* me.print(ascii.decode(datagram.bytes));
    }
  } finally {
    sender.kill();
  }
}
const datagramBytesMax = 16_384;
