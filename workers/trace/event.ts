/**
 * event — THE union of trace events: plain facts in the past tense, emitted once, where they become true
 *
 * Nothing leaves the workers but these. Every event but inputs and boot names the event that made it happen
 * (`cause`); the graph is acyclic and every chain ends in an input or in the boot of a host.
 * A new kind: add it to TraceFact and to factSchema; src/decode and the log view switch exhaustively.
 *
 * SEE ALSO  batch.ts (columnar encoding), ../kernel/tracer.ts (emission and hash)
 */

/** Identifies an event: host index * 2^32 + the host's own sequence number. 0 means "none". */
export type EventId = number;
/** Integer microseconds since the start of the run. */
export type VirtualTime = number;

/** Postfix queue directories; null in queue.file-moved means "did not exist" or "is gone". */
export type QueueName = 'maildrop' | 'incoming' | 'active' | 'deferred' | 'hold' | 'corrupt';

/** What one event says, apart from when, where and why. */
export type TraceFact =
  /** The world was booted: one per host, the root of what a host does by itself. */
  | { kind: 'host.booted'; host: string }
  | { kind: 'host.crashed'; host: string }
  | { kind: 'host.stopped'; host: string }
  /** An input took effect; `text` is the InputCommand as JSON. */
  | { kind: 'input.accepted'; text: string }
  | { kind: 'process.started'; pid: number; name: string }
  | { kind: 'process.stopped'; pid: number; name: string; how: 'returned' | 'killed' | 'failed'; why: string }
  | { kind: 'link.changed'; from: string; to: string; fault: string; latencyUs: number; lossPerMille: number }
  /** A TCP segment left `from`. flags: bit 0 FIN, 1 SYN, 2 RST, 3 PSH, 4 ACK (RFC 9293 §3.1). */
  | {
      kind: 'tcp.segment-sent';
      from: string; fromPort: number; to: string; toPort: number;
      seq: number; ack: number; flags: number; window: number; payload: Uint8Array;
    }
  /** The segment of event `sent` arrived; its bytes are in that event (stored once). */
  | { kind: 'tcp.segment-delivered'; sent: EventId; fromPort: number; toPort: number }
  | { kind: 'tcp.segment-dropped'; sent: EventId; why: string }
  /** A connection changed state on this host, as netstat would name it. role: who opened it. */
  | {
      kind: 'tcp.state-changed';
      local: string; localPort: number; remote: string; remotePort: number;
      role: 'client' | 'server'; state: 'syn-sent' | 'established' | 'closed' | 'refused' | 'timed-out' | 'reset' | 'unreachable';
    }
  | { kind: 'udp.datagram-sent'; from: string; fromPort: number; to: string; toPort: number; payload: Uint8Array }
  | { kind: 'udp.datagram-delivered'; sent: EventId; fromPort: number; toPort: number }
  | { kind: 'udp.datagram-dropped'; sent: EventId; why: string }
  /** A line of /var/log/mail.log (or another file): the real one, without the stamp. */
  | { kind: 'log.line-written'; file: string; ident: string; pid: number; text: string }
  /** A queue file changed directory; queueId as logged. `from` '' = created, `to` '' = removed. */
  | { kind: 'queue.file-moved'; queueId: string; from: QueueName | ''; to: QueueName | '' }
  /** What a queue file holds, once, when it is committed by cleanup. recipients: one a line (joined by LF). */
  | { kind: 'queue.message-entered'; queueId: string; sender: string; recipients: string; bytes: number; messageId: string }
  /** One delivery attempt for one recipient ended. status as logged: sent, deferred, bounced, expired… */
  | {
      kind: 'delivery.attempted';
      queueId: string; recipient: string; transport: string; relay: string; dsn: string;
      status: 'sent' | 'deferred' | 'bounced' | 'expired' | 'deliverable' | 'undeliverable'; text: string;
    }
  /** When a deferred message is tried next: `due` is the queue scan that takes it, unless a flush comes before. */
  | { kind: 'retry.scheduled'; queueId: string; due: VirtualTime; reason: string }
  /** The deferred queue will be scanned at `due`. */
  | { kind: 'scan.scheduled'; due: VirtualTime }
  /** A table, directory or name service answered a daemon. result: found, not-found, try-again. */
  | { kind: 'lookup.answered'; service: string; table: string; key: string; result: string; value: string }
  /** A resolver's cache gained, lost or refreshed an RRset. ttl in seconds; value '' = negative. */
  | { kind: 'cache.changed'; cache: string; change: 'added' | 'expired'; name: string; type: string; ttl: number; value: string }
  | { kind: 'filter.judged'; messageId: string; verdict: string; text: string }
  | { kind: 'mailbox.message-appended'; mailbox: string; folder: string; uid: number; messageId: string; sender: string; subject: string; content: Uint8Array }
  /** The user agent shows a message it fetched. */
  | { kind: 'mua.message-fetched'; user: string; folder: string; uid: number; content: Uint8Array }
  | { kind: 'mua.mailbox-listed'; user: string; folder: string; messages: number }
  /** The submission server took a message. to: the recipients it took, one a line (joined by LF). */
  | { kind: 'mua.message-submitted'; user: string; messageId: string; to: string; subject: string }
  /** Submission or fetch failed, with the words the user agent shows. */
  | { kind: 'mua.failed'; user: string; action: string; text: string }
  /** The peer deviated from the protocol and was tolerated; for the learner. */
  | { kind: 'protocol.deviated'; rule: string; detail: string }
  /**
   * A command that an administrator ran has ended; its cause is the input. command: as typed into a shell;
   * output: what a terminal shows, both streams in order; bytesLeftOut: of longer output.
   */
  | { kind: 'command.ended'; pid: number; command: string; status: number; output: string; bytesLeftOut: number }
  /** An administrator, or a command of theirs, changed a file of the configuration. */
  | { kind: 'file.written'; path: string; text: string }
  /**
   * A row of what a daemon remembers changed: of the file /var/lib/receiver/TABLE, for one. Cells are joined by
   * tabs, the first of them are the key; row '' = it is gone.
   */
  | { kind: 'state.changed'; table: string; key: string; row: string }
  /** A shell was started at a terminal of the host. */
  | { kind: 'tty.opened'; tty: number; columns: number }
  /** A terminal shows these bytes: what was typed, and what programs print. */
  | { kind: 'tty.output-written'; tty: number; bytes: Uint8Array }
  /** The shell of a terminal runs a command, in process `pid` and those it starts. */
  | { kind: 'tty.command-started'; tty: number; pid: number; command: string }
  /** The command is done, or was ended by Ctrl-C (130); the shell waits for the next. */
  | { kind: 'tty.command-ended'; tty: number; command: string; status: number }
  | { kind: 'tty.closed'; tty: number }
  /** An end of a TLS connection knows its keys: lines in the format of SSLKEYLOGFILE, joined by LF. */
  | { kind: 'tls.secrets-derived'; keyLog: string }
  /** A program asks for keys as they are typed, or for a line that is not shown (a password). */
  | { kind: 'tty.mode-changed'; tty: number; mode: 'line' | 'hidden' | 'key' }
  /** Somebody wants to edit a file, which holds this text. */
  | { kind: 'tty.editor-opened'; tty: number; path: string; text: string };

export type TraceKind = TraceFact['kind'];

/** An event as views and lessons see it. */
export type TraceEvent = TraceFact & {
  id: EventId;
  at: VirtualTime;
  /** index of the host in the world; name through World.hosts[host].name */
  hostIndex: number;
  /** the host's own sequence number */
  n: number;
  /** the process that emitted it; 0 = the kernel */
  proc: number;
  cause: EventId;
};

/** How a field is encoded: u32 little-endian; f64; s = u32 length + UTF-8; b = u32 length + bytes. */
export type FieldType = 'u32' | 'f64' | 's' | 'b';

/** Field order and encoding of each kind. The index of a kind in this table is its number in a chunk. */
export const factSchema: { readonly [K in TraceKind]: ReadonlyArray<readonly [string, FieldType]> } = {
  'host.booted': [['host', 's']],
  'host.crashed': [['host', 's']],
  'host.stopped': [['host', 's']],
  'input.accepted': [['text', 's']],
  'process.started': [['pid', 'u32'], ['name', 's']],
  'process.stopped': [['pid', 'u32'], ['name', 's'], ['how', 's'], ['why', 's']],
  'link.changed': [['from', 's'], ['to', 's'], ['fault', 's'], ['latencyUs', 'u32'], ['lossPerMille', 'u32']],
  'tcp.segment-sent': [
    ['from', 's'], ['fromPort', 'u32'], ['to', 's'], ['toPort', 'u32'],
    ['seq', 'u32'], ['ack', 'u32'], ['flags', 'u32'], ['window', 'u32'], ['payload', 'b'],
  ],
  'tcp.segment-delivered': [['sent', 'f64'], ['fromPort', 'u32'], ['toPort', 'u32']],
  'tcp.segment-dropped': [['sent', 'f64'], ['why', 's']],
  'tcp.state-changed': [
    ['local', 's'], ['localPort', 'u32'], ['remote', 's'], ['remotePort', 'u32'], ['role', 's'], ['state', 's'],
  ],
  'udp.datagram-sent': [['from', 's'], ['fromPort', 'u32'], ['to', 's'], ['toPort', 'u32'], ['payload', 'b']],
  'udp.datagram-delivered': [['sent', 'f64'], ['fromPort', 'u32'], ['toPort', 'u32']],
  'udp.datagram-dropped': [['sent', 'f64'], ['why', 's']],
  'log.line-written': [['file', 's'], ['ident', 's'], ['pid', 'u32'], ['text', 's']],
  'queue.file-moved': [['queueId', 's'], ['from', 's'], ['to', 's']],
  'queue.message-entered': [['queueId', 's'], ['sender', 's'], ['recipients', 's'], ['bytes', 'u32'], ['messageId', 's']],
  'delivery.attempted': [
    ['queueId', 's'], ['recipient', 's'], ['transport', 's'], ['relay', 's'], ['dsn', 's'], ['status', 's'], ['text', 's'],
  ],
  'retry.scheduled': [['queueId', 's'], ['due', 'f64'], ['reason', 's']],
  'scan.scheduled': [['due', 'f64']],
  'lookup.answered': [['service', 's'], ['table', 's'], ['key', 's'], ['result', 's'], ['value', 's']],
  'cache.changed': [['cache', 's'], ['change', 's'], ['name', 's'], ['type', 's'], ['ttl', 'u32'], ['value', 's']],
  'filter.judged': [['messageId', 's'], ['verdict', 's'], ['text', 's']],
  'mailbox.message-appended': [
    ['mailbox', 's'], ['folder', 's'], ['uid', 'u32'], ['messageId', 's'], ['sender', 's'], ['subject', 's'], ['content', 'b'],
  ],
  'mua.message-fetched': [['user', 's'], ['folder', 's'], ['uid', 'u32'], ['content', 'b']],
  'mua.mailbox-listed': [['user', 's'], ['folder', 's'], ['messages', 'u32']],
  'mua.message-submitted': [['user', 's'], ['messageId', 's'], ['to', 's'], ['subject', 's']],
  'mua.failed': [['user', 's'], ['action', 's'], ['text', 's']],
  'protocol.deviated': [['rule', 's'], ['detail', 's']],
  'command.ended': [['pid', 'u32'], ['command', 's'], ['status', 'u32'], ['output', 's'], ['bytesLeftOut', 'u32']],
  'file.written': [['path', 's'], ['text', 's']],
  'tty.opened': [['tty', 'u32'], ['columns', 'u32']],
  'tty.output-written': [['tty', 'u32'], ['bytes', 'b']],
  'tty.command-started': [['tty', 'u32'], ['pid', 'u32'], ['command', 's']],
  'tty.command-ended': [['tty', 'u32'], ['command', 's'], ['status', 'u32']],
  'tty.closed': [['tty', 'u32']],
  'state.changed': [['table', 's'], ['key', 's'], ['row', 's']],
  'tls.secrets-derived': [['keyLog', 's']],
  'tty.mode-changed': [['tty', 'u32'], ['mode', 's']],
  'tty.editor-opened': [['tty', 'u32'], ['path', 's'], ['text', 's']],
};

/** The kinds in chunk-number order. */
export const kindNames = Object.freeze(Object.keys(factSchema)) as readonly TraceKind[];

const hostFactor = 0x100000000;

/** @param n the host's sequence number, 1… */
export function eventId(hostIndex: number, n: number): EventId {
  return hostIndex * hostFactor + n;
}
export function hostOfEvent(id: EventId): number {
  return Math.floor(id / hostFactor);
}
