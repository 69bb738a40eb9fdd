/**
 * virtual — implements Os over the kernel and the network: one Machine per host, one Os per proc
 *
 * ERRORS  what a daemon throws ends that proc only; the partition records it as a failure of the simulator.
 */
import * as utf8 from '../bytes/utf8.ts';

import type { InputCommand } from '../input.ts';
import { code, type LatePart } from '../kernel/code.ts';
import { waitFor, Wait, type HostKernel, type RunningProc, type WaitSource } from '../kernel/host-kernel.ts';
import type { Syscall } from '../kernel/proc.ts';
import type { EventId, TraceFact, VirtualTime } from '../trace/event.ts';

import type { NetStack } from '../net/stack.ts';

import { FileSystem } from './files.ts';
import { MailLog } from './mail-log.ts';
import {
  NEVER,
  type Channel,
  type Connection,
  type ConnectFailure,
  type Directory,
  type Endpoint,
  type FileState,
  type Files,
  type Listener,
  type Os,
  type Proc,
  type ProcGroup,
  type ProcHandle,
  type Random,
  type UdpSocket,
} from './os.ts';
import { connectTcp, VirtualListener, VirtualUdpSocket } from './sockets.ts';

const fsyncUs = 200; // a fast disk

/** What belongs to the host as a whole: kernel, network, disk, clock, log. */
export class Machine {
  readonly kernel: HostKernel;
  readonly net: NetStack;
  readonly disk: FileSystem;
  readonly startsAtUs: number;
  readonly #boot: (os: Os) => void;
  #inputs: { prefix: string; channel: VirtualChannel<InputCommand> }[] = [];
  /** FIFOs and UNIX-domain sockets, by path */
  readonly bound = new Map<string, Channel<unknown>>();
  readonly log: MailLog;

  constructor(options: {
    kernel: HostKernel;
    net: NetStack;
    startsAtUs: number;
    files: ReadonlyArray<readonly [string, string]>;
    boot: (os: Os) => void;
  }) {
    this.kernel = options.kernel;
    this.net = options.net;
    this.startsAtUs = options.startsAtUs;
    this.#boot = options.boot;
    this.disk = new FileSystem(() => this.kernel.now);
    for (const [path, text] of options.files) this.disk.write(path, utf8.encode(text));
    this.disk.syncAll();
    this.log = new MailLog({ kernel: this.kernel, disk: this.disk, startsAtUs: options.startsAtUs });
  }

  /** An Os for procs that are started from outside the host's own daemons (bridge, tests). */
  os(): Os {
    return new VirtualOs(this, 0);
  }

  /** Starts the host's daemons. */
  start(): void {
    const { kernel } = this;
    if (kernel.up) return;
    kernel.up = true;
    kernel.cause = kernel.emit({ kind: 'host.booted', host: kernel.name });
    this.#boot(new VirtualOs(this, 0));
  }

  /** A clean shutdown: procs end with their finally blocks, peers get FIN, files are safe. */
  stop(): void {
    const { kernel } = this;
    if (!kernel.up) return;
    kernel.cause = kernel.emit({ kind: 'host.stopped', host: kernel.name });
    kernel.killAll();
    this.net.tcp.shutdown();
    this.#fallSilent();
    this.disk.syncAll();
  }

  /** Power is gone: no finally blocks, no FIN, what was not fsync'ed is lost. */
  crash(): void {
    const { kernel } = this;
    if (!kernel.up) return;
    kernel.cause = kernel.emit({ kind: 'host.crashed', host: kernel.name });
    this.#fallSilent();
    this.disk.crash();
  }

  /** Hands an input to the daemon that asked for its kind. @returns false when none did */
  input(command: InputCommand): boolean {
    const taker = this.#inputs.find(({ prefix }) => command.kind.startsWith(prefix));
    taker?.channel.put(command);
    return taker !== undefined;
  }

  inputs(prefix: string): Channel<InputCommand> {
    const channel = new VirtualChannel<InputCommand>(this.kernel);
    this.#inputs = this.#inputs.filter((other) => other.prefix !== prefix); // a daemon that was started anew
    this.#inputs.push({ prefix, channel });
    return channel;
  }

  #fallSilent(): void {
    this.kernel.forgetAll();
    this.net.reset();
    this.#inputs = [];
    this.bound.clear();
    this.kernel.up = false;
  }
}

class VirtualOs implements Os {
  readonly pid: number;
  readonly files: Files;
  readonly #machine: Machine;
  readonly #group: Set<RunningProc> | null;

  constructor(machine: Machine, pid: number, group: Set<RunningProc> | null = null) {
    this.#machine = machine;
    this.pid = pid;
    this.files = new VirtualFiles(machine);
    this.#group = group;
  }

  get hostName(): string {
    return this.#machine.kernel.name;
  }
  get addresses(): readonly string[] {
    return this.#machine.net.addresses;
  }
  get random(): Random {
    return this.#machine.kernel.random;
  }
  get cause(): EventId {
    return this.#machine.kernel.cause;
  }
  because(cause: EventId): void {
    this.#machine.kernel.cause = cause;
  }
  now(): VirtualTime {
    return this.#machine.kernel.now;
  }
  epochUs(at: VirtualTime = this.now()): number {
    return this.#machine.startsAtUs + at;
  }

  sleepUntil(at: VirtualTime): Syscall<void> {
    return sleepUntil(this.#machine.kernel, at);
  }

  listen(options: { port: number; address?: string; backlog?: number }): Listener | 'address in use' {
    const { net, kernel } = this.#machine;
    const listener = net.tcp.listen({ ...options, address: options.address ?? null });
    return listener === null ? 'address in use' : new VirtualListener(kernel, net, listener);
  }

  connect(options: {
    to: Endpoint;
    deadline: VirtualTime;
    from?: string;
  }): Syscall<Connection | ConnectFailure> {
    return connectTcp(this.#machine.kernel, this.#machine.net, options);
  }

  udp(options: { port?: number; address?: string } = {}): UdpSocket | 'address in use' {
    const { net, kernel } = this.#machine;
    const port = net.udp.bind({ port: options.port, address: options.address ?? null });
    return port === null ? 'address in use' : new VirtualUdpSocket(kernel, net, port);
  }

  spawn(name: string, body: (os: Os) => Proc<unknown>): ProcHandle {
    const machine = this.#machine;
    const group = this.#group;
    return new VirtualProcHandle(
      machine.kernel,
      machine.kernel.spawn(name, (pid) => body(new VirtualOs(machine, pid, group)), group),
    );
  }

  channel<T>(): Channel<T> {
    return new VirtualChannel<T>(this.#machine.kernel);
  }
  processes(): { pid: number; name: string }[] {
    return this.#machine.kernel.processes();
  }
  group(): ProcGroup {
    const { kernel } = this.#machine;
    const procs = new Set<RunningProc>();
    return {
      os: new VirtualOs(this.#machine, this.pid, procs),
      get running() {
        return procs.size > 0;
      },
      kill() {
        for (const proc of [...procs].reverse()) kernel.kill(proc);
      },
    };
  }
  bind<T>(path: string, queue?: Channel<T>): Channel<T> {
    const channel = queue ?? this.channel<T>();
    this.#machine.bound.set(path, channel as Channel<unknown>);
    return channel;
  }
  bound<T>(path: string): Channel<T> | null {
    return (this.#machine.bound.get(path) as Channel<T> | undefined) ?? null;
  }
  unbind(path: string): void {
    this.#machine.bound.delete(path);
  }
  inputs(prefix: string): Channel<InputCommand> {
    return this.#machine.inputs(prefix);
  }
  code<T>(part: LatePart<T>): Syscall<T> {
    return code(this.#machine.kernel, part);
  }
  log(ident: string, text: string): void {
    this.#machine.log.write(ident, this.pid, text);
  }
  trace(fact: TraceFact, cause?: EventId): EventId {
    return this.#machine.kernel.emit(fact, cause);
  }
}

class VirtualFiles implements Files {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }
  read(path: string): Uint8Array | null {
    return this.#machine.disk.read(path);
  }
  parsed<T>(path: string, parse: (bytes: Uint8Array | null) => T): T {
    return this.#machine.disk.parsed(path, parse);
  }
  exists(path: string): boolean {
    return this.#machine.disk.exists(path);
  }
  write(path: string, bytes: Uint8Array): void {
    this.#machine.disk.write(path, bytes);
  }
  append(path: string, bytes: Uint8Array): void {
    this.#machine.disk.append(path, bytes);
  }
  directory(path: string): Directory {
    return this.#machine.disk.directory(path);
  }
  rename(from: string, to: string): boolean {
    return this.#machine.disk.rename(from, to);
  }
  remove(path: string): boolean {
    return this.#machine.disk.remove(path);
  }
  keep(path: string): void {
    this.#machine.disk.keep(path);
  }
  list(directory: string): string[] {
    return this.#machine.disk.list(directory);
  }
  modifiedAt(path: string): VirtualTime | null {
    return this.#machine.disk.modifiedAt(path);
  }
  setModifiedAt(path: string, at: VirtualTime): void {
    this.#machine.disk.setModifiedAt(path, at);
  }
  inode(path: string): number {
    return this.#machine.disk.inode(path);
  }
  state(path: string): FileState | null {
    return this.#machine.disk.state(path);
  }
  readFrom(path: string, start: number): Uint8Array {
    return this.#machine.disk.readFrom(path, start);
  }
  awaitChange(
    path: string,
    options: { since: FileState | null; deadline: VirtualTime },
  ): Syscall<'changed' | 'timeout'> {
    const { kernel, disk } = this.#machine;
    return waitFor(kernel, disk.change(path, options.since), options.deadline);
  }
  directories(): string[] {
    return this.#machine.disk.directories();
  }
  *fsync(path: string): Syscall<void> {
    yield* sleepUntil(this.#machine.kernel, this.#machine.kernel.now + fsyncUs);
    this.#machine.disk.sync(path);
  }
}

class VirtualProcHandle implements ProcHandle {
  readonly #kernel: HostKernel;
  readonly #proc: RunningProc;

  constructor(kernel: HostKernel, proc: RunningProc) {
    this.#kernel = kernel;
    this.#proc = proc;
  }
  get pid(): number {
    return this.#proc.pid;
  }
  get name(): string {
    return this.#proc.name;
  }
  get running(): boolean {
    return this.#proc.running;
  }
  kill(): void {
    this.#kernel.kill(this.#proc);
  }
  join(options?: { deadline: VirtualTime }): Syscall<'ended' | 'timeout'> {
    return waitFor(this.#kernel, new ProcEnd(this.#proc), options?.deadline ?? NEVER);
  }
}

class ProcEnd implements WaitSource {
  readonly #proc: RunningProc;
  #wait: Wait | null = null;

  constructor(proc: RunningProc) {
    this.#proc = proc;
  }
  poll(): 'ended' | undefined {
    return this.#proc.running ? undefined : 'ended';
  }
  enlist(wait: Wait | null): void {
    if (this.#wait !== null) this.#proc.joiners.delete(this.#wait);
    if (wait !== null) this.#proc.joiners.add(wait);
    this.#wait = wait;
  }
}

class VirtualChannel<T> implements Channel<T> {
  readonly #kernel: HostKernel;
  readonly #values: T[] = [];
  readonly #takers: Wait[] = [];

  constructor(kernel: HostKernel) {
    this.#kernel = kernel;
  }
  get length(): number {
    return this.#values.length;
  }
  put(value: T): void {
    this.#values.push(value);
    this.#takers[0]?.settle();
  }
  take(options: { deadline: VirtualTime }): Syscall<T | 'timeout'> {
    return waitFor(this.#kernel, new NextValue(this.#values, this.#takers), options.deadline);
  }
}

class NextValue<T> implements WaitSource {
  readonly #values: T[];
  readonly #takers: Wait[];
  #wait: Wait | null = null;

  constructor(values: T[], takers: Wait[]) {
    this.#values = values;
    this.#takers = takers;
  }
  poll(): T | undefined {
    return this.#values.shift();
  }
  enlist(wait: Wait | null): void {
    if (this.#wait !== null) this.#takers.splice(this.#takers.indexOf(this.#wait), 1);
    if (wait !== null) this.#takers.push(wait);
    this.#wait = wait;
  }
}

/** Nothing ever comes: only the deadline ends the wait. */
const nothing: WaitSource = Object.freeze({ poll: () => undefined, enlist: () => undefined });

function sleepUntil(kernel: HostKernel, at: VirtualTime): Syscall<void> {
  return new Wait(kernel, nothing, at, undefined) as Syscall<unknown> as Syscall<void>;
}
