/** fold — the log files of the hosts, line by line as syslogd wrote them, with queue ids as threads */
import type { EventId, TraceEvent, TraceKind, VirtualTime } from '../../../workers/api.ts';

import type { Fold } from '../../sim/fold.ts';

export interface LogLine {
  event: EventId;
  at: VirtualTime;
  hostIndex: number;
  ident: string;
  pid: number;
  text: string;
  /** the queue id that the line begins with; '' = none */
  queueId: string;
}

/** Every line that was logged, in order of time. */
export class LogFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>(['log.line-written']);
  readonly lines: LogLine[] = [];

  add(event: TraceEvent): void {
    if (event.kind !== 'log.line-written') return;
    const { id, at, hostIndex, ident, pid, text } = event;
    const queueId = /^([0-9A-F]{6,}|[0-9A-Za-z]{10,}z[0-9A-Za-z]+): /.exec(text)?.[1] ?? '';
    this.lines.push({ event: id, at, hostIndex, ident, pid, text, queueId });
  }
}

export interface LogFilter {
  /** -1 = all hosts */
  host: number;
  /** '' = all */
  queueId: string;
  /** lower case */
  words: string;
}

/** The last `limit` lines at or before the cursor that pass the filter. */
export function linesAt(
  fold: LogFold,
  at: VirtualTime,
  filter: LogFilter,
  limit: number,
): { lines: LogLine[]; total: number } {
  const lines: LogLine[] = [];
  let total = 0;
  for (let i = fold.lines.length - 1; i >= 0; i--) {
    const line = fold.lines[i]!;
    if (line.at > at || (filter.host >= 0 && line.hostIndex !== filter.host)) continue;
    if (filter.queueId !== '' && line.queueId !== filter.queueId) continue;
    if (filter.words !== '' && !`${line.ident} ${line.text}`.toLowerCase().includes(filter.words)) continue;
    total++;
    if (lines.length < limit) lines.push(line);
  }
  return { lines: lines.reverse(), total };
}

export interface LogPart {
  text: string;
  role: 'plain' | 'queue-id' | 'address' | 'sent' | 'deferred' | 'bounced' | 'warning';
}

/** The text in parts to be coloured; joined they are the text again. */
export function partsOf(text: string): LogPart[] {
  const parts: LogPart[] = [];
  const pattern =
    /^[0-9A-F]{6,}(?=: )|^[0-9A-Za-z]{10,}z[0-9A-Za-z]+(?=: )|status=\w+|<[^<>\s]*>|warning:|reject:|fatal:/g;
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), role: 'plain' });
    parts.push({ text: match[0], role: roleOf(match[0]) });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), role: 'plain' });
  return parts;
}

function roleOf(text: string): LogPart['role'] {
  if (text.startsWith('<')) return 'address';
  if (text === 'status=sent') return 'sent';
  if (text === 'status=deferred' || text === 'warning:') return text === 'warning:' ? 'warning' : 'deferred';
  if (text.startsWith('status=') || text === 'reject:' || text === 'fatal:') return 'bounced';
  return 'queue-id';
}
