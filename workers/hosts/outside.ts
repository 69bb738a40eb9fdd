/**
 * outside — the host that stands for real peers: what the bridge carries in and out
 *
 * Inputs open connections, send bytes and datagrams; what simulated hosts send back goes to a sink. In a
 * replay the same inputs give the same run, with a sink that listens to nobody. /etc/outside.conf lists the
 * ports that lead out: lines "listen ADDRESS PORT".
 */
import * as ascii from '../bytes/ascii.ts';
import * as base64 from '../bytes/base64.ts';

import {
  NEVER,
  SECOND,
  type Channel,
  type Connection,
  type InputCommand,
  type Os,
  type Proc,
  type UdpSocket,
} from '../os/os.ts';

/** Where bytes for real peers go. connection numbers are the bridge's for inbound, negative for outbound. */
export interface OutsideSink {
  connected(connection: number): void;
  failed(connection: number, why: string): void;
  data(connection: number, bytes: Uint8Array): void;
  /** that many bytes of the real peer are in the simulated send buffer or beyond */
  written(connection: number, bytes: number): void;
  /** the simulated peer sent FIN */
  ended(connection: number): void;
  reset(connection: number): void;
  datagram(flow: number, bytes: Uint8Array): void;
  /** a simulated host connected to an address that leads out */
  accepted(connection: number, to: { address: string; port: number }): void;
}

/** Nobody listens: a replay. */
export const noSink: OutsideSink = Object.freeze({
  connected() {},
  failed() {},
  data() {},
  written() {},
  ended() {},
  reset() {},
  datagram() {},
  accepted() {},
});

type OutsideCommand = Extract<InputCommand, { kind: `outside.${string}` }>;
type Pending = Channel<OutsideCommand>;

const connectDeadlineUs = 30 * SECOND;

/** Starts the procs of the outside host. */
export function bootOutside(os: Os, sink: OutsideSink = noSink): void {
  const pending = new Map<number, Pending>();
  os.spawn('bridge', (bridge) => dispatch(bridge, sink, pending));
  let accepted = 0;
  for (const { address, port } of listeners(os)) {
    os.spawn(`bridge ${address}:${port}`, function* (child): Proc<void> {
      const listener = child.listen({ address, port });
      if (listener === 'address in use') return;
      for (;;) {
        const connection = yield* listener.accept();
        if (connection === 'timeout') continue;
        const number = --accepted;
        sink.accepted(number, { address, port });
        serve(child, { sink, connection, number, pending });
      }
    });
  }
}

function* dispatch(os: Os, sink: OutsideSink, pending: Map<number, Pending>): Proc<void> {
  const inputs = os.inputs('outside.');
  const flows = new Map<number, UdpSocket>();
  for (;;) {
    const command = (yield* inputs.take({ deadline: NEVER })) as OutsideCommand | 'timeout';
    if (command === 'timeout') continue;
    if (command.kind === 'outside.datagram') sendDatagram(os, { sink, flows, command });
    else if (command.kind === 'outside.connect') {
      const channel = os.channel<OutsideCommand>();
      pending.set(command.connection, channel);
      os.spawn(`bridge ${command.to}:${command.port}`, (child) => open(child, { sink, command, pending }));
    } else pending.get(command.connection)?.put(command);
  }
}

function* open(
  os: Os,
  {
    sink,
    command,
    pending,
  }: {
    sink: OutsideSink;
    command: Extract<OutsideCommand, { kind: 'outside.connect' }>;
    pending: Map<number, Pending>;
  },
): Proc<void> {
  const connection = yield* os.connect({
    to: { address: command.to, port: command.port },
    from: command.from,
    deadline: os.now() + connectDeadlineUs,
  });
  if (typeof connection === 'string') {
    pending.delete(command.connection);
    sink.failed(command.connection, connection);
    return;
  }
  sink.connected(command.connection);
  serve(os, { sink, connection, number: command.connection, pending });
}

/** Two procs: one carries in, one carries out. */
function serve(
  os: Os,
  {
    sink,
    connection,
    number,
    pending,
  }: { sink: OutsideSink; connection: Connection; number: number; pending: Map<number, Pending> },
): void {
  const channel = pending.get(number) ?? os.channel<OutsideCommand>();
  pending.set(number, channel);
  os.spawn('bridge in', function* (): Proc<void> {
    for (;;) {
      const command = yield* channel.take({ deadline: NEVER });
      if (command === 'timeout') continue;
      if (command.kind === 'outside.data') {
        const bytes = base64.decode(command.base64);
        if (bytes === null || (yield* connection.write(bytes)) !== 'ok') break;
        sink.written(number, bytes.length);
      } else {
        if (command.kind === 'outside.abort') connection.abort();
        else connection.close();
        break;
      }
    }
  });
  os.spawn('bridge out', function* (): Proc<void> {
    for (;;) {
      const bytes = yield* connection.read({ deadline: NEVER });
      if (typeof bytes !== 'string') {
        sink.data(number, bytes);
        continue;
      }
      if (bytes === 'reset') sink.reset(number);
      else sink.ended(number);
      break;
    }
    pending.delete(number);
  });
}

function sendDatagram(
  os: Os,
  {
    sink,
    flows,
    command,
  }: {
    sink: OutsideSink;
    flows: Map<number, UdpSocket>;
    command: Extract<OutsideCommand, { kind: 'outside.datagram' }>;
  },
): void {
  const bytes = base64.decode(command.base64);
  if (bytes === null) return;
  let socket = flows.get(command.flow);
  if (socket === undefined) {
    const opened = os.udp();
    if (opened === 'address in use') return;
    socket = opened;
    flows.set(command.flow, socket);
    const { flow } = command;
    os.spawn('bridge udp', function* (child): Proc<void> {
      for (;;) {
        const answer = yield* opened.receive({ deadline: child.now() + 60 * SECOND });
        if (answer === 'timeout') break;
        if (answer !== 'refused') sink.datagram(flow, answer.bytes);
      }
      opened.close();
      flows.delete(flow);
    });
  }
  socket.send({ to: { address: command.to, port: command.port }, bytes, from: command.from });
}

function listeners(os: Os): { address: string; port: number }[] {
  const file = os.files.read('/etc/outside.conf');
  if (file === null) return [];
  const found: { address: string; port: number }[] = [];
  for (const line of ascii.decode(file).split('\n')) {
    const match = /^listen (\S+) (\d+)$/.exec(line.trim());
    if (match !== null) found.push({ address: match[1]!, port: Number(match[2]) });
  }
  return found;
}
