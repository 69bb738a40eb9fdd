/**
 * os — all that a daemon may see of its host: clock, random, files, sockets, syslog, spawn
 *
 * Time is integer microseconds of virtual time since the start of the run. Every wait has a deadline: an
 * absolute virtual time, or NEVER. Protocol outcomes are values ('timeout', 'eof', …), never exceptions. What
 * blocks is a Syscall and is called with `yield*`; all else returns at once.
 *
 * SEE ALSO  virtual.ts (the implementation), ../kernel/proc.ts
 */
import type { InputCommand } from '../input.ts';
import type { EventId, TraceFact, VirtualTime } from '../trace/event.ts';

import type { LatePart } from '../kernel/code.ts';
import type { Proc, Syscall } from '../kernel/proc.ts';

export type { InputCommand } from '../input.ts';
export type { LatePart } from '../kernel/code.ts';
export { call, type Proc, type Syscall } from '../kernel/proc.ts';
export type { EventId, QueueName, TraceFact, VirtualTime } from '../trace/event.ts';

export const MICROSECOND = 1;
export const MILLISECOND = 1000;
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A deadline that never comes. */
export const NEVER: VirtualTime = Number.MAX_SAFE_INTEGER;

export interface Endpoint {
  /** dotted IPv4 address */
  address: string;
  port: number;
}

/** How a read ended without data. 'eof' = the peer sent FIN; 'reset' = RST, or retransmission gave up. */
export type ReadFailure = 'eof' | 'reset' | 'timeout';
/** Why connect failed, with the words of strerror(3) that Postfix logs. */
export type ConnectFailure =
  'Connection refused' | 'Connection timed out' | 'No route to host' | 'Network is unreachable';

/**
 * A line without its line end. ending 'none': bytesMax bytes came without a line end (they are in `bytes`).
 */
export interface Line {
  bytes: Uint8Array;
  ending: 'crlf' | 'lf' | 'none';
}

/**
 * Finds the end of a frame in buffer[0, length).
 * @returns the frame's length when complete, 0 when more bytes are needed, -1 when it can never become one
 */
export type Framer = (buffer: Uint8Array, length: number) => number;

/** A TCP connection. Reads return views that stay valid (bytes are never overwritten). */
export interface Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Bytes received and not yet read (0 = a read would block). */
  readonly buffered: number;
  /** What was received and not read yet, without reading it. */
  peek(): Uint8Array;
  /** Whatever is there, at least one byte, at most bytesMax (default 65536). */
  read(options: { deadline: VirtualTime; bytesMax?: number }): Syscall<Uint8Array | ReadFailure>;
  /** One line; at 'eof' an unterminated rest is discarded, as a server does. */
  readLine(options: { deadline: VirtualTime; bytesMax: number }): Syscall<Line | ReadFailure>;
  /** One frame as the framer sees it; 'malformed' when the framer says -1 or bytesMax is exceeded. */
  readFrame(options: {
    framer: Framer;
    deadline: VirtualTime;
    bytesMax: number;
  }): Syscall<Uint8Array | ReadFailure | 'malformed'>;
  /**
   * Queues bytes; blocks only while more than 64 kB are unacknowledged. The bytes must not be changed
   * afterwards.
   */
  write(bytes: Uint8Array, options?: { deadline: VirtualTime }): Syscall<'ok' | 'reset' | 'timeout'>;
  /** Sends FIN after what was written; reading may go on. Idempotent. */
  close(): void;
  /** Sends RST and forgets the connection. */
  abort(): void;
}

export interface Listener {
  readonly local: Endpoint;
  accept(options?: { deadline: VirtualTime }): Syscall<Connection | 'timeout'>;
  close(): void;
}

export interface Datagram {
  bytes: Uint8Array;
  from: Endpoint;
  to: Endpoint;
}

export interface UdpSocket {
  readonly local: Endpoint;
  send(options: { to: Endpoint; bytes: Uint8Array; from?: string }): void;
  /** 'refused' = an ICMP port unreachable came back for something sent. */
  receive(options: { deadline: VirtualTime }): Syscall<Datagram | 'timeout' | 'refused'>;
  close(): void;
}

/** Deterministic random numbers of the host. */
export interface Random {
  /** Uniform unsigned 32-bit integer. */
  u32(): number;
  /** Uniform integer in [0, bound). */
  below(bound: number): number;
  /** Shuffles in place (Fisher–Yates) and returns the array. */
  shuffle<T>(items: T[]): T[];
}

/** What stat(2) tells of a file. */
export interface FileState {
  readonly inode: number;
  readonly size: number;
  readonly modifiedAt: VirtualTime;
}

/** Files of the host. Paths are absolute; directories exist as soon as a file is in them. */
export interface Files {
  read(path: string): Uint8Array | null;
  /** What `parse` makes of the content (null = no such file); made once, until the file changes. */
  parsed<T>(path: string, parse: (bytes: Uint8Array | null) => T): T;
  exists(path: string): boolean;
  /** Creates or replaces. The bytes must not be changed afterwards. Lost in a crash until fsync'ed. */
  write(path: string, bytes: Uint8Array): void;
  append(path: string, bytes: Uint8Array): void;
  /** @returns false when `from` does not exist */
  rename(from: string, to: string): boolean;
  remove(path: string): boolean;
  /** Moves the content into memory of its own: for what was made among short-lived bytes and stays. */
  keep(path: string): void;
  /** Full paths below `directory` (not recursive), in order of creation. */
  list(directory: string): string[];
  /** The same files by name, for who works on many of one directory: no paths are composed. */
  directory(path: string): Directory;
  /**
   * Makes the file survive a crash. Costs virtual time.
   * SIMPLIFIED: renames and removals are durable at once, as with a journal; a real disk may lose them too.
   */
  fsync(path: string): Syscall<void>;
  /**
   * Microseconds of virtual time; null when there is no such file. May lie in the future (qmgr's next try).
   */
  modifiedAt(path: string): VirtualTime | null;
  setModifiedAt(path: string, at: VirtualTime): void;
  /** null when there is no such file */
  state(path: string): FileState | null;
  /** The bytes from `start` on; cheap for the end of a large file. */
  readFrom(path: string, start: number): Uint8Array;
  /** Waits until the file is another one, or has been written, since `since` (inotify). */
  awaitChange(
    path: string,
    options: { since: FileState | null; deadline: VirtualTime },
  ): Syscall<'changed' | 'timeout'>;
  /** Those that have files directly in them. */
  directories(): string[];
  /** A number that no other file of this host ever had (inode); for queue ids. */
  inode(path: string): number;
}

/** A piece of a file that is composed when somebody reads the file; one character per byte. */
export interface TextPiece {
  readonly length: number;
  toString(): string;
}

/** A directory, there or not; the operations are those of Files. */
export interface Directory {
  /** in order of creation */
  names(): string[];
  exists(name: string): boolean;
  read(name: string): Uint8Array | null;
  parsed<T>(name: string, parse: (bytes: Uint8Array | null) => T): T;
  /** What the file was made of; null when there is none. Reading the file may have joined pieces to bytes. */
  pieces(name: string): readonly (Uint8Array | TextPiece)[] | null;
  append(name: string, piece: Uint8Array | TextPiece): void;
  /** @returns false when there is no such file */
  move(name: string, to: Directory): boolean;
  remove(name: string): boolean;
  keep(name: string): void;
  modifiedAt(name: string): VirtualTime | null;
  setModifiedAt(name: string, at: VirtualTime): void;
}

export interface ProcHandle {
  readonly pid: number;
  readonly name: string;
  readonly running: boolean;
  /** Waits until the proc ended, in whatever way. */
  join(options?: { deadline: VirtualTime }): Syscall<'ended' | 'timeout'>;
  /** Ends it now: finally blocks run. */
  kill(): void;
}

/** A queue of values between procs of one host (a pipe, a UNIX-domain socket, a wake-up FIFO). */
export interface Channel<T> {
  /** Never blocks; wakes one taker. The event that caused the put becomes the taker's cause. */
  put(value: T): void;
  take(options: { deadline: VirtualTime }): Syscall<T | 'timeout'>;
  readonly length: number;
}

/** Procs that end together; see Os.group. */
export interface ProcGroup {
  readonly os: Os;
  readonly running: boolean;
  /** Ends all of them now, youngest first: finally blocks run. */
  kill(): void;
}

/** The system a proc runs on. Each spawned proc gets an Os of its own (own pid, own ident). */
export interface Os {
  /** fully qualified host name */
  readonly hostName: string;
  /** the host's addresses, first one is the default source */
  readonly addresses: readonly string[];
  readonly pid: number;
  readonly random: Random;
  readonly files: Files;

  /** Virtual microseconds since the start of the run. */
  now(): VirtualTime;
  /** The calendar: microseconds since 1970-01-01T00:00:00Z at virtual time `at` (default now). */
  epochUs(at?: VirtualTime): number;
  sleepUntil(at: VirtualTime): Syscall<void>;

  /**
   * @returns 'address in use' when the port is taken; address undefined = all addresses of the host and
   * 127.0.0.1
   * @param options.backlog how many connections may wait to be accepted; a SYN beyond that is ignored
   */
  listen(options: { port: number; address?: string; backlog?: number }): Listener | 'address in use';
  connect(options: {
    to: Endpoint;
    deadline: VirtualTime;
    from?: string;
  }): Syscall<Connection | ConnectFailure>;
  /** port undefined = an ephemeral one */
  udp(options?: { port?: number; address?: string }): UdpSocket | 'address in use';

  /** Starts a proc; it runs after the current one blocks. Children end with the host, not with the parent. */
  spawn(name: string, body: (os: Os) => Proc<unknown>): ProcHandle;
  channel<T>(): Channel<T>;
  /** What runs on the host, in order of pid. */
  processes(): { pid: number; name: string }[];
  /** A group of procs that can be ended together: those spawned by its Os, and all that they spawn. */
  group(): ProcGroup;
  /**
   * Makes the queue that other programs of the host reach by its path, as a FIFO or a UNIX-domain socket.
   * Bound anew, the path leads to the new queue.
   * @param queue an existing one, which then has several names
   */
  bind<T>(path: string, queue?: Channel<T>): Channel<T>;
  /** The queue bound to a path; null = nobody listens there ("Connection refused"). */
  bound<T>(path: string): Channel<T> | null;
  unbind(path: string): void;
  /** The inputs for this host whose kind starts with `prefix` ("mua.", "queue."), as they take effect. */
  inputs(prefix: string): Channel<InputCommand>;

  /** Code that few runs need: there at once, or fetched while virtual time stands still. */
  code<T>(part: LatePart<T>): Syscall<T>;

  /**
   * Writes a line to /var/log/mail.log as syslogd does ("Mar  3 09:00:00 mta1 postfix/smtpd[123]: text") and
   * traces it.
   * @param ident program name as logged, e.g. "postfix/smtpd"
   * @param text without line end; other control bytes are logged as "?"
   */
  log(ident: string, text: string): void;
  /**
   * Emits a fact. cause defaults to what woke the proc. Returns the event's id, to be used as a later cause.
   */
  trace(fact: TraceFact, cause?: EventId): EventId;
  /** The event that woke this proc, or the last cause set. */
  readonly cause: EventId;
  /** Says that what this proc does next is because of `cause` (a proc that serves many messages). */
  because(cause: EventId): void;
}
