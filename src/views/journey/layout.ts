/**
 * layout — the journey graph after Marey: one lane per stop, time to the right; a slope is bytes moving, a level run is
 * waiting, a short stroke with a cross is a failed try
 */
import type { EventId, VirtualTime } from '../../../workers/api.ts';

import type { Names, Protocol } from '../../decode/names.ts';

import type { Mail, Stay } from '../mails/mail.ts';

import { stretchFor, type Stretch } from './axis.ts';

export interface Lane {
  hostIndex: number;
  label: string;
}

export interface Run {
  key: string;
  kind: 'level' | 'slope';
  from: VirtualTime;
  until: VirtualTime;
  /** positions of lanes; a level has the same twice */
  fromLane: number;
  toLane: number;
  /** a letter that got no farther, or not yet: its slope ends half way */
  isBroken: boolean;
}

export interface Mark {
  key: EventId;
  kind: 'lookup' | 'failed' | 'delivered' | 'returned';
  at: VirtualTime;
  lane: number;
  protocol: Protocol;
  text: string;
}

/** What is known to come. */
export interface Coming {
  at: VirtualTime;
  lane: number;
  kind: 'scan' | 'try';
  text: string;
}

export interface Journey {
  lanes: Lane[];
  runs: Run[];
  marks: Mark[];
  coming: Coming[];
  stretch: Stretch;
  origin: VirtualTime;
}

export interface Telling {
  mail: Mail;
  /** the notification about it, if there is one */
  report: Mail | null;
  names: Names;
  at: VirtualTime;
  now: VirtualTime;
  /** of a queue file: when it is tried next, and the next scan; null = nothing planned */
  planned: (hostIndex: number, queueId: string) => { next: VirtualTime | null; scan: VirtualTime | null };
}

const lanesMax = 6;
const settledAfter = 0.25; // of the journey's length: then the clock has left it behind

export function journeyOf(telling: Telling): Journey {
  const { mail, report, names, now } = telling;
  const stops = stopsOf(report === null ? [mail] : [mail, report]);
  const lanes = stops.map((hostIndex): Lane => ({ hostIndex, label: names.short(hostIndex) }));
  const laneOf = (host: number) => stops.indexOf(host);
  const mails = report === null ? [mail] : [mail, report];
  const runs = mails.flatMap((one) => runsOf(one, laneOf));
  const marks = mails.flatMap((one) => marksOf(one, laneOf));
  const coming = comingOf(telling, laneOf);
  const stretch = stretchOf(telling, runs, marks, coming);
  for (const run of runs) run.until = Math.min(run.until, Math.max(now, run.from));
  return { lanes, runs, marks, coming, stretch, origin: mail.firstSeen };
}

/** Hosts in the order the mail came to them. */
function stopsOf(mails: readonly Mail[]): number[] {
  const seen = mails.flatMap(({ stays, carriages }) => [
    ...stays.map(({ hostIndex, from }) => ({ hostIndex, from })),
    ...carriages.flatMap((one) => [
      { hostIndex: one.fromHost, from: one.from },
      { hostIndex: one.toHost, from: one.from + 1 },
    ]),
  ]);
  seen.sort((a, b) => a.from - b.from);
  return [...new Set(seen.map(({ hostIndex }) => hostIndex))].filter((host) => host >= 0).slice(0, lanesMax);
}

function runsOf(mail: Mail, laneOf: (host: number) => number): Run[] {
  const runs: Run[] = [];
  const push = (run: Omit<Run, 'key'>) => {
    if (run.fromLane >= 0 && run.toLane >= 0 && run.until >= run.from)
      runs.push({ key: `${mail.number} ${runs.length}`, ...run });
  };
  for (const stay of mail.stays) {
    const lane = laneOf(stay.hostIndex);
    push({
      kind: 'level',
      from: stay.from,
      until: leftAt(mail, stay),
      fromLane: lane,
      toLane: lane,
      isBroken: false,
    });
  }
  for (const carriage of mail.carriages) {
    const { from, until, lost, fromHost, toHost } = carriage;
    if (fromHost === toHost) continue;
    const toLane = laneOf(toHost);
    push({
      kind: 'slope',
      from,
      until,
      fromLane: laneOf(fromHost),
      toLane,
      isBroken: lost || until === Infinity,
    });
    const next = mail.stays.find((stay) => stay.hostIndex === toHost && stay.from >= until);
    if (!lost && next !== undefined && next.from > until && until !== Infinity)
      push({ kind: 'level', from: until, until: next.from, fromLane: toLane, toLane, isBroken: false });
  }
  return runs;
}

/** When the letter left a place: with the carriage that brought it on, though the file is removed a little later. */
function leftAt(mail: Mail, stay: Stay): VirtualTime {
  if (stay.kind === 'mailbox') return stay.until;
  const last = mail.carriages.findLast(
    ({ fromHost, toHost, from, lost }) =>
      fromHost === stay.hostIndex && toHost !== fromHost && !lost && from >= stay.from && from <= stay.until,
  );
  return last === undefined ? stay.until : last.from;
}

function marksOf(mail: Mail, laneOf: (host: number) => number): Mark[] {
  const marks: Mark[] = [];
  const arrived = new Set<number>();
  for (const { event, at, fromHost, toHost, protocol, text } of mail.steps)
    if (fromHost === toHost && (protocol === 'dns' || protocol === 'ldap'))
      marks.push({
        key: event,
        kind: 'lookup',
        at,
        lane: laneOf(fromHost),
        protocol,
        text: text.replace(/^\S+ /, ''),
      });
  for (const { event, at, hostIndex, status, text } of mail.tries)
    if (status !== 'sent')
      marks.push({
        key: event,
        kind: status === 'deferred' ? 'failed' : 'returned',
        at,
        lane: laneOf(hostIndex),
        protocol: 'smtp',
        text,
      });
  for (const stay of mail.stays) {
    if (stay.kind !== 'mailbox' || arrived.has(stay.hostIndex)) continue;
    arrived.add(stay.hostIndex);
    marks.push({
      key: stay.event,
      kind: 'delivered',
      at: stay.from,
      lane: laneOf(stay.hostIndex),
      protocol: 'smtp',
      text: mail.reportsOn < 0 ? 'delivered' : `returned to ${personOf(stay.whose)}`,
    });
  }
  return marks.filter(({ lane }) => lane >= 0);
}

/** "alice@far.example" as "Alice". */
function personOf(address: string): string {
  const name = address.split('@')[0]!;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function comingOf({ mail, planned, now }: Telling, laneOf: (host: number) => number): Coming[] {
  const coming: Coming[] = [];
  for (const stay of mail.stays) {
    if (stay.queue !== 'deferred' || stay.until !== Infinity) continue;
    const { next, scan } = planned(stay.hostIndex, stay.queueId);
    const lane = laneOf(stay.hostIndex);
    if (scan !== null && scan > now && (next === null || scan < next))
      coming.push({ at: scan, lane, kind: 'scan', text: 'scan, not due' });
    if (next !== null && next > now) coming.push({ at: next, lane, kind: 'try', text: 'next try' });
  }
  return coming;
}

function stretchOf(
  { mail, report, at, now }: Telling,
  runs: readonly Run[],
  marks: readonly Mark[],
  coming: readonly Coming[],
): Stretch {
  const from = mail.firstSeen;
  const mails = report === null ? [mail] : [mail, report];
  const isSettled = runs.every((run) => run.until !== Infinity || isHome(mails, run)) && coming.length === 0;
  const ends = [
    ...runs.map((run) => (run.until === Infinity ? run.from : run.until)),
    ...marks.map((mark) => mark.at),
  ];
  const end = Math.max(from + 1, ...ends, ...coming.map((one) => one.at));
  const isNear = now <= end + (end - from) * settledAfter;
  const shown = isSettled && !isNear ? end : Math.max(end, isSettled ? Math.max(at, end) : now);
  return stretchFor(from, shown, isSettled || coming.length > 0 ? 0.88 : 0.66);
}

/** Whether an open run is one that stays so: in a mailbox, or shown to its reader. */
function isHome(mails: readonly Mail[], run: Run): boolean {
  return mails.some(({ stays }) =>
    stays.some(
      (stay, i) =>
        stay.from === run.from &&
        stay.until === Infinity &&
        (stay.kind === 'mailbox' || (stay.kind === 'user-agent' && i > 0)),
    ),
  );
}
