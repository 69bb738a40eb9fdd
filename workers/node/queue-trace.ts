/**
 * queue-trace — what a queue scenario did, read from the log's lines
 *
 * Messages are called by the local part of their Message-ID; bounces, delay warnings and success notices of
 * m1 are m1.bounce, m1.warn and m1.dsn. Ports are dropped from texts.
 */
import type { QueuePlayed } from './queue-host.ts';

export interface QueueTraceLine {
  t: number;
  msg?: string;
  event: string;
  new?: string;
  rcpt?: string;
  agent?: string;
  relay?: string;
  delay?: number;
  dsn?: string;
  status?: string;
  text?: string;
  nrcpt?: number;
}

export interface QueueTrace {
  id: string;
  trace: QueueTraceLine[];
  /** "message recipient" → last status */
  final: Record<string, string>;
  /** most sessions at once, by far end */
  maxSessions: Record<string, number>;
  farEnd: Record<string, unknown>[];
  operations: { t: number; cmd: string; rc: number; out: string }[];
}

const suffixes: Readonly<Record<string, string>> = {
  'non-delivery': 'bounce',
  delay: 'warn',
  'delivery status': 'dsn',
};
const attemptLine = new RegExp(
  '^to=<(.*?)>, (?:orig_to=<(.*?)>, )?relay=(.*?), (?:conn_use=(\\d+), )?delay=([\\d.]+), ' +
    'delays=([\\d./]+), dsn=([\\d.]+), status=(\\w+) \\((.*)\\)$',
  's',
);

/** The trace of a scenario that was played. */
export function queueTrace(id: string, played: QueuePlayed): QueueTrace {
  const reader = new LogReader(played.queueIds);
  for (const { t, ident, text } of played.log) reader.read(rounded(t), ident, text);
  return {
    id,
    trace: reader.lines,
    final: finals(reader.lines),
    maxSessions: mostSessions(played),
    farEnd: played.far.map(({ body: _, ...event }) => ({ ...event, t: rounded(event.t) })),
    operations: played.operations.map(({ t, cmd, rc, out }) => ({
      t: rounded(t),
      cmd,
      rc,
      out: reader.labelled(out),
    })),
  };
}

function rounded(t: number): number {
  return Math.round(t * 100) / 100;
}

class LogReader {
  readonly lines: QueueTraceLine[] = [];
  readonly #labels: Map<string, string>;
  readonly #counts = new Map<string, number>();

  constructor(queueIds: ReadonlyMap<string, string>) {
    this.#labels = new Map([...queueIds].map(([label, queueId]) => [queueId, label]));
  }

  /** Queue ids in the output of a command as {QID:label}. */
  labelled(text: string): string {
    return text.replace(/\b[0-9A-F]{10,12}\b/g, (queueId) => {
      const label = this.#labels.get(queueId);
      return label === undefined ? queueId : `{QID:${label}}`;
    });
  }

  read(t: number, ident: string, text: string): void {
    const line = /^([0-9A-F]{6,}): (.*)$/s.exec(text);
    const done = line !== null && this.#readOfMessage({ t, ident, queueId: line[1]!, text: line[2]! });
    if (!done && ident.includes('postsuper') && !text.includes('warning'))
      this.lines.push({ t, event: 'postsuper', text: this.#withLabels(text) });
  }

  #readOfMessage(line: { t: number; ident: string; queueId: string; text: string }): boolean {
    const { t, ident, queueId, text } = line;
    const arrival = /^message-id=<(\w+)@scenario\.example>/.exec(text);
    if (arrival !== null) {
      if (!this.#labels.has(queueId)) this.#labels.set(queueId, arrival[1]!);
      const msg = this.#labels.get(queueId)!;
      if (!this.lines.some((e) => e.event === 'arrival' && e.msg === msg))
        this.lines.push({ t, msg, event: 'arrival' });
      return true;
    }
    const msg = this.#labels.get(queueId) ?? queueId;
    const notice = /^(sender|postmaster) (.*) notification: ([0-9A-F]+)$/.exec(text);
    if (notice !== null)
      return this.#notice({ t, msg, to: notice[1]!, what: notice[2]!, queueId: notice[3]! });
    const tried = attemptLine.exec(text);
    if (tried !== null) {
      const [, rcpt, , relay, , delay, , dsn, status, said] = tried as unknown as string[];
      this.lines.push({
        t,
        msg,
        event: 'attempt',
        rcpt: rcpt!,
        agent: ident.replace('postfix/', ''),
        relay: withoutPort(relay!),
        delay: Number(delay),
        dsn: dsn!,
        status: status!,
        text: this.#withLabels(withoutPort(said!)),
      });
      return true;
    }
    const active = /^from=<.*?>, size=\d+, nrcpt=(\d+) \(queue active\)/.exec(text);
    const event = eventOf(text);
    if (active !== null) this.lines.push({ t, msg, event: 'active', nrcpt: Number(active[1]) });
    else if (event !== null) this.lines.push({ t, msg, event });
    return active !== null || event !== null;
  }

  #notice(notice: { t: number; msg: string; to: string; what: string; queueId: string }): boolean {
    const { t, msg, to, what, queueId } = notice;
    const suffix = suffixes[what];
    if (to === 'sender' && suffix === undefined) return false;
    let label = `${msg}.postmaster`;
    if (to === 'sender') {
      const name = `${msg}.${suffix!}`;
      const count = (this.#counts.get(name) ?? 0) + 1;
      this.#counts.set(name, count);
      label = count > 1 ? `${name}${count}` : name;
    }
    this.#labels.set(queueId, label);
    for (const line of this.lines) if (line.msg === queueId) line.msg = label;
    const event = `${to === 'sender' ? '' : 'postmaster '}${what} notification`;
    this.lines.push({ t, msg, event, new: label });
    return true;
  }

  #withLabels(text: string): string {
    return text.replace(/\b[0-9A-F]{10,12}\b/g, (queueId) => this.#labels.get(queueId) ?? '{QID}');
  }
}

function withoutPort(text: string): string {
  return text.replace(/(\]):\d+/g, '$1');
}

function eventOf(text: string): string | null {
  const returned = /^from=<.*?>, status=(\S+), returned to sender/.exec(text);
  if (returned !== null) return returned[1]!;
  const [word] = /^(?:removed|placed on hold|released from hold|requeued|expired)/.exec(text) ?? [];
  return word === 'expired' ? 'marked expired' : (word ?? null);
}

function finals(lines: readonly QueueTraceLine[]): Record<string, string> {
  const final = new Map<string, string>();
  for (const line of lines) {
    if (line.event === 'attempt') final.set(`${line.msg!} ${line.rcpt!}`, line.status!);
    if (line.event !== 'expired') continue;
    for (const [key, status] of final)
      if (key.startsWith(`${line.msg!} `) && status === 'deferred') final.set(key, 'expired');
  }
  return Object.fromEntries(final);
}

function mostSessions({ far }: QueuePlayed): Record<string, number> {
  const most = new Map<string, number>();
  for (const event of far)
    if (event.event === 'open')
      most.set(event.far, Math.max(most.get(event.far) ?? 0, event['open'] as number));
  return Object.fromEntries(most);
}
