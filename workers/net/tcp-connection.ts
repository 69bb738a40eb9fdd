/**
 * tcp-connection — one end of a TCP connection
 *
 * STANDARDS  RFC 9293. Handshake, sequence numbers, MSS segments, cumulative acknowledgement, receive window,
 *            retransmission with exponential back-off, FIN both ways, RST.
 * SIMPLIFIED: no congestion window, no selective acknowledgement (go-back-N: what comes out of order is
 * dropped and
 *            asked for again), no TIME-WAIT; acknowledgements are delayed from the first segment on, where
 *            Linux acknowledges the first ones of a connection at once. A learner sees the difference only as
 *            fewer pure ACKs and in the pace of large transfers.
 */
import { ReceiveBuffer } from '../bytes/receive-buffer.ts';

import { LazyAlarm, type Timer } from '../kernel/alarm.ts';
import type { Wait } from '../kernel/host-kernel.ts';

import { ACK, FIN, PSH, RST, SYN, type TcpPacket } from './packet.ts';
import type { NetStack, Route } from './stack.ts';

const second = 1_000_000;
const segmentBytesMax = 1460; // Ethernet's MTU less the IP and TCP headers
const windowBytesMax = 65535; // RFC 9293 §3.1, without window scaling
const retransmitUsMin = second; // RFC 6298 §2.4
const retransmitUsMax = 60 * second; // RFC 6298 §2.5
const synRetriesMax = 6; // tcp(7) tcp_syn_retries: about 127 s
const retriesMax = 15; // tcp(7) tcp_retries2: about 15 minutes
const delayedAckUs = 40_000; // Linux, TCP_DELACK_MIN; RFC 9293 §3.8.6.3 allows half a second
const finWaitUs = 60 * second; // tcp(7) tcp_fin_timeout
const noPayload = new Uint8Array(0);

/** How a connection ended, seen from this end; null while it lives. */
export type TcpFailure = 'reset' | 'refused' | 'timed-out' | 'unreachable';

export class TcpConnection {
  readonly stack: NetStack;
  readonly role: 'client' | 'server';
  readonly local: { address: string; port: number };
  readonly remote: { address: string; port: number };
  readonly route: Route;
  state: 'syn-sent' | 'syn-received' | 'established' | 'closed';
  failure: TcpFailure | null = null;
  finReceived = false;
  readonly received = new ReceiveBuffer();
  /** waiting for the handshake, for bytes, for room to write */
  connectWait: Wait | null = null;
  readWait: Wait | null = null;
  writeWait: Wait | null = null;
  /** called once when the handshake of a server connection is done */
  onEstablished: (() => void) | null = null;

  readonly #initialSequence: number;
  #peerSequence = 0;
  // Offsets count from the initial sequence number: 0 is the SYN, 1 the first octet of data.
  #unacknowledged = 0;
  #next = 0;
  #highest = 0;
  #end = 1;
  #chunks: { offset: number; bytes: Uint8Array }[] = [];
  #closing = false;
  #peerOffset = 0;
  #peerWindow = windowBytesMax;
  #ackPending = false;
  #duplicateAcks = 0;
  #retries = 0;
  /** octets received since an acknowledgement left */
  #unconfirmed = 0;
  readonly #retransmission: LazyAlarm;
  readonly #delayedAck: LazyAlarm;
  /** rings when a reader has waited long enough */
  readonly readDeadline: LazyAlarm;
  #lingerTimer: Timer | null = null;
  #windowAdvertised = windowBytesMax;

  constructor(options: {
    stack: NetStack;
    role: 'client' | 'server';
    local: { address: string; port: number };
    remote: { address: string; port: number };
    route: Route;
  }) {
    this.stack = options.stack;
    this.role = options.role;
    this.local = options.local;
    this.remote = options.remote;
    this.route = options.route;
    this.state = options.role === 'client' ? 'syn-sent' : 'syn-received';
    const { host } = options.stack;
    this.#initialSequence = host.random.u32();
    this.#retransmission = new LazyAlarm(host, () => this.#retransmit());
    this.#delayedAck = new LazyAlarm(host, () => this.flushAck());
    this.readDeadline = new LazyAlarm(host, () => this.readWait?.fire());
  }

  /** Octets written and not yet acknowledged. */
  get pendingBytes(): number {
    return this.#end - Math.max(1, this.#unacknowledged);
  }

  /** Sends the SYN. @returns false when the way is known to be closed */
  open(): boolean {
    this.#changed('syn-sent');
    this.#next = this.#highest = 1;
    const lost = this.#segment(0, SYN, noPayload);
    if (lost === 'link down') return false;
    this.#armTimer();
    return true;
  }

  /** Answers a SYN with SYN-ACK. */
  acceptSyn(packet: TcpPacket): void {
    this.#peerSequence = packet.seq;
    this.#peerOffset = 1;
    this.#peerWindow = packet.window;
    this.#next = this.#highest = 1;
    this.#segment(0, SYN | ACK, noPayload);
    this.#armTimer();
  }

  write(bytes: Uint8Array): void {
    if (this.state === 'closed' || this.#closing || bytes.length === 0) return;
    this.#chunks.push({ offset: this.#end, bytes });
    this.#end += bytes.length;
    this.#transmit();
  }

  /** FIN after what was written. */
  close(): void {
    if (this.#closing || this.state === 'closed') return;
    if (this.state === 'syn-sent') return this.abort();
    this.#closing = true;
    this.#transmit();
  }

  /** RST, and forget. */
  abort(): void {
    if (this.state === 'closed') return;
    this.#segment(this.#next, RST | ACK, noPayload);
    this.#finish('reset');
  }

  /** Called after a read made room: tells the peer when its window was nearly closed. */
  readDone(): void {
    if (
      this.state === 'established' &&
      this.#windowAdvertised < segmentBytesMax &&
      this.#window() >= segmentBytesMax
    ) {
      this.#ackPending = true;
      this.stack.tcp.acknowledgeLater(this);
    }
  }

  /** Sends the acknowledgement that no data segment carried. */
  flushAck(): void {
    if (this.#ackPending && this.state !== 'closed') this.#segment(this.#next, ACK, noPayload);
  }

  arrive(packet: TcpPacket): void {
    if ((packet.flags & RST) !== 0) return this.#resetByPeer();
    if (this.state === 'syn-sent') return this.#answerOfSyn(packet);
    if ((packet.flags & SYN) !== 0) {
      // Our SYN-ACK or final ACK was lost: say it again.
      if (this.state === 'syn-received') this.#segment(0, SYN | ACK, noPayload);
      else this.#acknowledge();
      return;
    }
    if ((packet.flags & ACK) !== 0) this.#acknowledged(packet);
    if (this.state === 'closed') return;
    this.#accept(packet);
    if (!this.#finAcknowledged()) return;
    if (this.finReceived) this.#finish('closed');
    else this.#linger();
  }

  // FIN-WAIT-2 of a socket that no process holds: the peer has a minute for its own FIN.
  #linger(): void {
    this.#lingerTimer ??= this.stack.host.schedule(this.stack.host.now + finWaitUs, {
      fire: () => this.#finish('closed'),
    });
  }

  /** The peer is unreachable or silent for too long, or the stack is reset. */
  fail(failure: TcpFailure): void {
    if (this.state === 'closed') return;
    this.failure = failure;
    const { link } = this.route;
    // Who asks why shall hear of the broken cable, not of the last packet that came.
    if (link !== null && link.fault !== '' && link.changed !== 0) this.stack.host.cause = link.changed;
    this.#finish(failure);
  }

  #resetByPeer(): void {
    if (this.state === 'syn-sent') return this.fail('refused');
    if (this.finReceived && this.#closing) return this.#finish('closed');
    this.fail('reset');
  }

  #answerOfSyn(packet: TcpPacket): void {
    if ((packet.flags & (SYN | ACK)) !== (SYN | ACK)) return;
    this.#peerSequence = packet.seq;
    this.#peerOffset = 1;
    this.#peerWindow = packet.window;
    this.#unacknowledged = 1;
    this.#retransmission.unset();
    this.state = 'established';
    this.#changed('established');
    this.#acknowledge();
    this.connectWait?.settle();
    this.#transmit();
  }

  #acknowledged(packet: TcpPacket): void {
    const offset = (packet.ack - this.#initialSequence) >>> 0;
    const windowGrew = packet.window > this.#peerWindow;
    this.#peerWindow = packet.window;
    if (offset > this.#highest) return;
    if (offset <= this.#unacknowledged) {
      const duplicate =
        offset === this.#unacknowledged && packet.payload.length === 0 && this.#highest > offset;
      if (duplicate && !windowGrew && ++this.#duplicateAcks === 3) this.#goBack();
      else if (windowGrew) this.#transmit();
      return;
    }
    this.#unacknowledged = offset;
    this.#next = Math.max(this.#next, offset);
    this.#duplicateAcks = 0;
    this.#retries = 0;
    while (this.#chunks.length > 0 && this.#chunks[0]!.offset + this.#chunks[0]!.bytes.length <= offset)
      this.#chunks.shift();
    this.#retransmission.unset();
    if (this.#unacknowledged < this.#highest) this.#armTimer();
    if (this.state === 'syn-received') {
      this.state = 'established';
      this.#changed('established');
      this.onEstablished?.();
      this.onEstablished = null;
    }
    this.#transmit();
    this.writeWait?.settle();
  }

  #accept(packet: TcpPacket): void {
    const offset = (packet.seq - this.#peerSequence) >>> 0;
    const { payload } = packet;
    const fin = (packet.flags & FIN) !== 0;
    if (payload.length === 0 && !fin) return;
    const unexpected = offset !== this.#peerOffset || this.finReceived || payload.length > this.#window();
    if (unexpected) return this.#acknowledge();
    if (payload.length > 0) {
      this.received.append(payload);
      this.#peerOffset += payload.length;
    }
    if (fin) {
      this.finReceived = true;
      this.#peerOffset += 1;
    }
    this.#unconfirmed += payload.length;
    if (fin || this.#unconfirmed >= 2 * segmentBytesMax) this.#acknowledge();
    else this.#acknowledgeSoon();
    this.readWait?.settle();
  }

  /** Data of ours will carry it, or it leaves after a while. */
  #acknowledgeSoon(): void {
    this.#ackPending = true;
    if (!this.#delayedAck.isSet) this.#delayedAck.set(this.stack.host.now + delayedAckUs);
  }

  #acknowledge(): void {
    this.#ackPending = true;
    this.stack.tcp.acknowledgeLater(this);
  }

  // A reader that waits takes what comes, whatever is buffered for its frame.
  #window(): number {
    return this.readWait !== null ? windowBytesMax : Math.max(0, windowBytesMax - this.received.length);
  }

  #finAcknowledged(): boolean {
    return this.#closing && this.#unacknowledged === this.#end + 1;
  }

  /** Sends what the peer's window admits. */
  #transmit(): void {
    if (this.state !== 'established') return;
    let index = 0;
    while (this.#next < this.#end) {
      const room = this.#peerWindow - (this.#next - this.#unacknowledged);
      if (room <= 0) break;
      while (this.#chunks[index]!.offset + this.#chunks[index]!.bytes.length <= this.#next) index++;
      const chunk = this.#chunks[index]!;
      const from = this.#next - chunk.offset;
      const size = Math.min(chunk.bytes.length - from, segmentBytesMax, room);
      const payload = size === chunk.bytes.length ? chunk.bytes : chunk.bytes.subarray(from, from + size);
      const last = this.#next + payload.length === this.#end;
      const finToo = last && this.#closing;
      const offset = this.#next;
      this.#next += payload.length + (finToo ? 1 : 0);
      this.#highest = Math.max(this.#highest, this.#next);
      this.#segment(offset, ACK | (last ? PSH : 0) | (finToo ? FIN : 0), payload);
    }
    if (this.#closing && this.#next === this.#end) {
      this.#next += 1;
      this.#highest = Math.max(this.#highest, this.#next);
      this.#segment(this.#end, FIN | ACK, noPayload);
    }
    if (this.#unacknowledged < this.#highest || this.#next < this.#end) this.#armTimer();
  }

  #goBack(): void {
    this.#next = Math.max(1, this.#unacknowledged);
    this.#transmit();
  }

  #retransmit(): void {
    const limit = this.state === 'established' ? retriesMax : synRetriesMax;
    if (++this.#retries > limit) return this.fail('timed-out');
    if (this.state === 'syn-sent') this.#segment(0, SYN, noPayload);
    else if (this.state === 'syn-received') this.#segment(0, SYN | ACK, noPayload);
    else if (this.#peerWindow === 0 && this.#unacknowledged === this.#highest) this.#probe();
    else this.#goBack();
    this.#armTimer();
  }

  // RFC 9293 §3.8.6.1: a closed window is probed with one octet.
  #probe(): void {
    const chunk = this.#chunks[0];
    if (chunk !== undefined)
      this.#segment(
        this.#next,
        ACK,
        chunk.bytes.subarray(this.#next - chunk.offset, this.#next - chunk.offset + 1),
      );
  }

  #armTimer(): void {
    if (this.#retransmission.isSet || this.state === 'closed') return;
    const wait = Math.min(retransmitUsMin * 2 ** this.#retries, retransmitUsMax);
    this.#retransmission.set(this.stack.host.now + wait);
  }

  #segment(offset: number, flags: number, payload: Uint8Array): string | null {
    const { stack, local, remote } = this;
    const seq = (this.#initialSequence + offset) >>> 0;
    const ack = (flags & ACK) !== 0 ? (this.#peerSequence + this.#peerOffset) >>> 0 : 0;
    const window = this.#window();
    this.#windowAdvertised = window;
    if ((flags & ACK) !== 0) {
      this.#ackPending = false;
      this.#unconfirmed = 0;
      this.#delayedAck.unset();
    }
    return stack.sendSegment({
      protocol: 'tcp', from: local.address, fromPort: local.port, to: remote.address, toPort: remote.port,
      seq, ack, flags, window, payload, at: 0, destination: 0, source: 0, sequence: 0, sent: 0,
    }, this.route); // prettier-ignore
  }

  #finish(state: 'closed' | TcpFailure): void {
    if (this.state === 'closed') return;
    if (this.#ackPending && state === 'closed') this.flushAck();
    this.state = 'closed';
    if (state === 'reset') this.failure ??= 'reset';
    this.#retransmission.clear();
    this.#delayedAck.clear();
    this.readDeadline.clear();
    if (this.#lingerTimer !== null) this.stack.host.cancel(this.#lingerTimer);
    this.#lingerTimer = null;
    this.#chunks = [];
    this.#changed(state);
    this.stack.tcp.forget(this);
    this.connectWait?.settle();
    this.readWait?.settle();
    this.writeWait?.settle();
  }

  #changed(state: 'syn-sent' | 'established' | 'closed' | TcpFailure): void {
    const { local, remote, role } = this;
    this.stack.host.emit({
      kind: 'tcp.state-changed',
      local: local.address,
      localPort: local.port,
      remote: remote.address,
      remotePort: remote.port,
      role,
      state,
    });
  }
}
