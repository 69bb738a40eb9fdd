/**
 * scene — everything the map shows at the cursor, as plain values: states, words, colours and places
 */
import type { VirtualTime, World } from '../../../workers/api.ts';

import type { Clock } from '../../decode/clock.ts';
import type { Names, Protocol } from '../../decode/names.ts';

import { currentMail, placesAt, type MailsFold } from '../mails/fold.ts';
import type { Mail, Step } from '../mails/mail.ts';
import type { QueuesFold } from '../queues/fold.ts';
import type { Selection } from '../../sim/selection.ts';

import type { Connection, HostState, WiresFold } from './fold.ts';
import { linkKey } from './fold.ts';
import {
  pathOf,
  pointAlong,
  type Board,
  type Box,
  type Cable,
  type PlacedHost,
  type Plug,
  type Point,
} from './layout.ts';

export interface Showing {
  world: World;
  names: Names;
  clock: Clock;
  board: Board;
  wires: WiresFold;
  mails: MailsFold;
  queues: QueuesFold;
  at: VirtualTime;
  selection: Selection | null;
  highlight: readonly string[];
  /** a caption tells what happens, so that words need not */
  captions: boolean;
}

export interface HostView {
  host: PlacedHost;
  kind: string;
  state: HostState;
  /** letters in deferred; null = it has no queue */
  deferred: number | null;
  isSelected: boolean;
  isDim: boolean;
  /** accessible name: role, name, state, counts */
  name: string;
}

export interface PlugView extends Plug {
  protocol: Protocol | null;
  label: string;
}

export interface WireView {
  key: number;
  path: string;
  protocol: Protocol;
  /** where its arrow points to: the server's plug */
  head: Plug;
}

export interface CableView {
  cable: Cable;
  path: string;
  plugs: [PlugView, PlugView];
  wires: WireView[];
  /** a connection that failed just now: how far it came, and the reason */
  failed: { path: string; at: Point; text: string } | null;
  cut: { at: Point; isUpright: boolean; word: string; since: string } | null;
  isSelected: boolean;
  isDim: boolean;
  name: string;
  /** what is pressed */
  target: Box;
}

export interface RestView {
  key: string;
  at: Point;
  letters: { letter: string; paper: string; isNotice: boolean; mail: number }[];
  more: number;
  /** what it does there: "deferred", "tries in 07:12" */
  words: { text: string; tone: 'plain' | 'wait' | 'ok' }[];
}

export interface Footprint {
  number: number;
  at: Point;
  state: 'past' | 'now';
  text: string;
  event: number;
}

export interface Scene {
  hosts: HostView[];
  cables: CableView[];
  rests: RestView[];
  footprints: Footprint[];
  caption: { at: Point; lines: string[]; tone: string; anchor: 'start' | 'middle' | 'end' } | null;
  current: Mail | null;
}

const lettersMax = 3;
const targetThick = 26;

export function sceneAt(showing: Showing): Scene {
  const { mails, selection, at } = showing;
  const current = currentMail(mails, selection, at);
  const lit = litCables(showing);
  const connections = byCable(showing.wires.connections.at(at));
  const failures = byCable(showing.wires.failures.at(at));
  const bright = new Set(showing.highlight.map((name) => showing.names.indexOf(name)));
  const footprints = footprintsOf(showing, current);
  return {
    hosts: showing.board.hosts.map((host) => hostView(showing, host, bright)),
    cables: showing.board.cables.map((cable) =>
      cableView(showing, cable, connections, failures, lit, bright),
    ),
    rests: restsOf(showing, current),
    footprints,
    caption: captionOf(showing, current),
    current,
  };
}

// ---- hosts ----------------------------------------------------------------------------------------------

function hostView(showing: Showing, host: PlacedHost, bright: ReadonlySet<number>): HostView {
  const { world, wires, queues, at, selection } = showing;
  const state = wires.hostAt(host.index, at);
  const { kind, name, role } = world.hosts[host.index]!;
  const hasQueue = kind === 'mta' || kind === 'mail-host';
  const { deferred, active } = queues.countsAt(host.index, at);
  const counts = hasQueue ? [`${deferred} deferred`, ...(active > 0 ? [`${active} active`] : [])] : [];
  return {
    host,
    kind,
    state,
    deferred: hasQueue ? deferred : null,
    isSelected: selection?.kind === 'host' && selection.host === host.index,
    isDim: bright.size > 0 && !bright.has(host.index),
    name: [`${role} ${name}`, state, ...counts].join(', '),
  };
}

// ---- cables ---------------------------------------------------------------------------------------------

function cableView(
  showing: Showing,
  cable: Cable,
  connections: ReadonlyMap<string, Connection[]>,
  failures: ReadonlyMap<string, Connection[]>,
  lit: ReadonlyMap<string, Protocol>,
  bright: ReadonlySet<number>,
): CableView {
  const { wires, names, clock, at, selection } = showing;
  const key = linkKey(cable.a, cable.b);
  const open = connections.get(key) ?? [];
  const fault = wires.faultAt(cable.a, cable.b, at);
  const words = { down: 'link cut', blackhole: 'swallows all', refuse: 'refuses all' } as Record<
    string,
    string
  >;
  const word = fault === null ? '' : (words[fault.fault] ?? fault.fault);
  const cut = fault === null ? null : { ...cutPlace(cable), word, since: `by you ${clock.time(fault.at)}` };
  const talks = [
    ...new Set(
      open.map((connection) => `${connection.protocol.toUpperCase()} to ${names.short(connection.server)}`),
    ),
  ];
  const state =
    cut === null
      ? talks.length > 0
        ? `open: ${talks.join(' and ')}`
        : 'quiet'
      : `${word} since ${clock.time(fault!.at)}`;
  const selected = selection?.kind === 'link' && linkKey(...selection.between) === key;
  return {
    cable,
    path: pathOf(cable.points),
    plugs: [
      plugView(showing, cable.plugA, cable.a, cable.b, open, lit.get(key)),
      plugView(showing, cable.plugB, cable.b, cable.a, open, lit.get(key)),
    ],
    wires: open.map((connection) => wireView(cable, connection)),
    failed: failedView(cable, failures.get(key) ?? []),
    cut,
    isSelected: selected,
    isDim: bright.size > 0 && !(bright.has(cable.a) && bright.has(cable.b)),
    name: `Cable between ${names.full(cable.a)} and ${names.full(cable.b)}, ${state}`,
    target: targetOf(cable),
  };
}

function plugView(
  showing: Showing,
  plug: Plug,
  host: number,
  other: number,
  open: readonly Connection[],
  lit: Protocol | undefined,
): PlugView {
  const ports = showing.wires.portsAt(other, host, showing.at);
  const talking = open.findLast((connection) => connection.server === host);
  const port = talking?.port ?? ports.at(-1);
  const protocol = open.at(-1)?.protocol ?? lit ?? null;
  return { ...plug, protocol, label: port === undefined ? '' : `${port}` };
}

function wireView(cable: Cable, connection: Connection): WireView {
  const toB = connection.server === cable.b;
  const points = toB ? cable.points : [...cable.points].reverse();
  return {
    key: connection.event,
    path: pathOf(points),
    protocol: connection.protocol,
    head: toB ? cable.plugB : cable.plugA,
  };
}

function failedView(cable: Cable, failures: readonly Connection[]): CableView['failed'] {
  const failure = failures.at(-1);
  if (failure === undefined) return null;
  const points = failure.client === cable.a ? cable.points : [...cable.points].reverse();
  const at = pointAlong({ points, length: cable.length }, 0.5);
  return { path: pathOf([points[0]!, ...until(points, at)]), at, text: failure.end.replace('-', ' ') };
}

/** The corners before a point on the way, and the point. */
function until(points: readonly Point[], at: Point): Point[] {
  const passed: Point[] = [];
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1]!, points[i]!];
    const inX = (at.x - from.x) * (at.x - to.x) <= 0;
    const inY = (at.y - from.y) * (at.y - to.y) <= 0;
    if (inX && inY) break;
    passed.push(to);
  }
  return [...passed, at];
}

function cutPlace(cable: Cable): { at: Point; isUpright: boolean } {
  const { from, to } = cable.own;
  return { at: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, isUpright: from.x === to.x };
}

function targetOf(cable: Cable): Box {
  const { from, to } = cable.own;
  const isUpright = from.x === to.x;
  const width = isUpright ? targetThick : Math.max(targetThick, Math.abs(from.x - to.x) - 4);
  const height = isUpright ? Math.max(targetThick, Math.abs(from.y - to.y) - 4) : targetThick;
  return { x: (from.x + to.x - width) / 2, y: (from.y + to.y - height) / 2, width, height };
}

function byCable(connections: readonly Connection[]): Map<string, Connection[]> {
  const found = new Map<string, Connection[]>();
  for (const connection of connections) {
    const key = linkKey(connection.client, connection.server);
    const list = found.get(key);
    if (list === undefined) found.set(key, [connection]);
    else list.push(connection);
  }
  return found;
}

/** Cables with packets on them now. */
function litCables({ wires, at }: Showing): Map<string, Protocol> {
  const lit = new Map<string, Protocol>();
  for (const packet of wires.packets.during(at - 1, at, 400))
    lit.set(linkKey(packet.fromHost, packet.toHost), packet.protocol);
  return lit;
}

// ---- letters --------------------------------------------------------------------------------------------

const restOffset = { x: 0, y: 56 };

/** Letters at rest: all in queues, and wherever the current one lies. */
function restsOf(showing: Showing, current: Mail | null): RestView[] {
  const { board, mails, at } = showing;
  const byHost = new Map<number, Set<number>>();
  const put = (host: number, mail: number) =>
    byHost.set(host, (byHost.get(host) ?? new Set<number>()).add(mail));
  for (const stay of mails.waiting.at(at)) put(stay.hostIndex, stay.mail);
  if (current !== null) {
    for (const stay of placesAt(current, at).stays) put(stay.hostIndex, current.number);
    for (const carriage of placesAt(current, at).carriages)
      byHost.get(carriage.fromHost)?.delete(current.number);
  }
  const rests: RestView[] = [];
  for (const host of board.hosts) {
    const there = [...(byHost.get(host.index) ?? [])].sort((a, b) => a - b);
    if (there.length === 0) continue;
    const shown =
      current !== null && there.includes(current.number)
        ? [...there.filter((mail) => mail !== current.number).slice(0, lettersMax - 1), current.number]
        : there.slice(0, lettersMax);
    rests.push({
      key: `${host.index}`,
      at: { x: host.x + restOffset.x, y: host.y + restOffset.y },
      letters: shown.map((number) => paperOf(mails.mails[number]!)),
      more: there.length - shown.length,
      words: current !== null && there.includes(current.number) ? wordsOf(showing, current, host.index) : [],
    });
  }
  return rests;
}

function paperOf(mail: Mail): RestView['letters'][number] {
  return {
    letter: mail.letter,
    paper: mail.paper,
    isNotice: mail.sender === '' && mail.messageId !== '',
    mail: mail.number,
  };
}

function wordsOf({ queues, clock, at, captions }: Showing, mail: Mail, host: number): RestView['words'] {
  const stay = placesAt(mail, at).stays.findLast((one) => one.hostIndex === host);
  if (stay === undefined) return [];
  if (stay.kind === 'mailbox') return captions ? [] : [{ text: 'delivered', tone: 'ok' }];
  if (stay.kind !== 'queue' || stay.queue === '') return [];
  if (stay.queue !== 'deferred') return captions ? [] : [{ text: stay.queue, tone: 'plain' }];
  const retry = queues.file(host, stay.queueId)?.retries.findLast((one) => one.at <= at);
  const next =
    retry === undefined ? [] : [{ text: `tries at ${clock.time(retry.due)}`, tone: 'plain' as const }];
  return [{ text: 'deferred', tone: 'wait' }, ...next];
}

// ---- footprints and caption -----------------------------------------------------------------------------

function footprintsOf({ board, at }: Showing, current: Mail | null): Footprint[] {
  const steps = current?.steps.filter((step) => step.at <= at) ?? [];
  const prints: Footprint[] = [];
  const byPlace = new Map<string, number[]>();
  for (const [i, { fromHost, toHost }] of steps.entries()) {
    const key = linkKey(fromHost, toHost);
    byPlace.set(key, [...(byPlace.get(key) ?? []), i]);
  }
  for (const there of byPlace.values()) {
    const places = printPlaces(board, steps[there[0]!]!, there.length);
    for (const [i, at] of places.entries()) {
      const number = there[there.length - places.length + i]!;
      const { text, event } = steps[number]!;
      prints.push({
        number: number + 1,
        at,
        state: number === steps.length - 1 ? 'now' : 'past',
        text,
        event,
      });
    }
  }
  return prints.sort((a, b) => a.number - b.number);
}

const printStep = 23;

/** Places for the last steps at a host (on its upper edge) or on a cable, as many as there is room for. */
function printPlaces(board: Board, { fromHost, toHost }: Step, count: number): Point[] {
  const numbers = (room: number) => Array.from({ length: Math.max(1, Math.min(count, room)) }, (_, i) => i);
  if (fromHost === toHost) {
    const host = board.hosts.find((one) => one.index === fromHost);
    if (host === undefined) return [];
    const places = numbers(Math.floor((host.width - 24) / printStep));
    return places.map((i) => ({
      x: host.x + host.width - 12 - printStep * (places.length - 1 - i),
      y: host.y - 3,
    }));
  }
  const cable = cableBetween(board, fromHost, toHost);
  if (cable === null) return [];
  const room = Math.floor((cable.length - 34) / printStep);
  if (room < 2) return [pointAlong(cable, 0.5)];
  const points = cable.a === fromHost ? cable.points : [...cable.points].reverse();
  return numbers(room).map((i) =>
    pointAlong({ points, length: cable.length }, (26 + i * printStep) / cable.length),
  );
}

function captionOf(showing: Showing, current: Mail | null): Scene['caption'] {
  const { board, at } = showing;
  const step = current?.steps.findLast((one) => one.at <= at);
  if (step === undefined || step.tone === 'wait') return null; // who waits has words of its own
  const { tone, text } = step;
  if (step.fromHost === step.toHost) {
    const host = board.hosts.find((one) => one.index === step.fromHost);
    if (host === undefined) return null;
    const rests = placesAt(current!, at).stays.some((stay) => stay.hostIndex === host.index);
    const x = Math.min(host.x + (rests ? 43 : 2), board.width - text.length * captionCharWidth - 4);
    return { at: { x: Math.max(4, x), y: host.y + host.height + 24 }, lines: [text], tone, anchor: 'start' };
  }
  const cable = cableBetween(board, step.fromHost, step.toHost);
  if (cable === null) return null;
  const middle = pointAlong(cable, 0.5);
  const isUpright = cable.own.from.x === cable.own.to.x;
  if (!isUpright)
    return { at: { x: middle.x, y: middle.y + 32 }, lines: halves(text), tone, anchor: 'middle' };
  const isRightFull = middle.x + 26 + text.length * captionCharWidth > board.width;
  return {
    at: { x: middle.x + (isRightFull ? -26 : 26), y: middle.y + 5 },
    lines: [text],
    tone,
    anchor: isRightFull ? 'end' : 'start',
  };
}

const captionCharWidth = 6.6;

function cableBetween(board: Board, a: number, b: number): Cable | null {
  return board.cables.find((one) => linkKey(one.a, one.b) === linkKey(a, b)) ?? null;
}

/** Two lines of about the same length. */
export function halves(text: string): string[] {
  const words = text.split(' ');
  if (text.length < 18 || words.length < 2) return [text];
  let best = 1;
  const off = (at: number) =>
    Math.abs(words.slice(0, at).join(' ').length - words.slice(at).join(' ').length);
  for (let at = 2; at < words.length; at++) if (off(at) < off(best)) best = at;
  return [words.slice(0, best).join(' '), words.slice(best).join(' ')];
}
