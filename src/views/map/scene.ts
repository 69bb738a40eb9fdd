/**
 * scene — everything the map shows at the cursor, as plain values: states, words, colours and places
 */
import type { VirtualTime, World } from '../../../workers/api.ts';

import type { Clock } from '../../decode/clock.ts';
import type { Names, Protocol } from '../../decode/names.ts';

import type { Selection } from '../../sim/selection.ts';
import type { ComingFold } from '../../time/coming.ts';
import { currentMail, type MailsFold } from '../mails/fold.ts';
import type { Mail } from '../mails/mail.ts';
import type { QueuesFold } from '../queues/fold.ts';

import type { Connection, HostState, WiresFold } from './fold.ts';
import { linkKey } from './fold.ts';
import {
  keepsMail,
  pathOf,
  pointAlong,
  type Board,
  type Box,
  type Cable,
  type PlacedHost,
  type Plug,
  type Point,
} from './layout.ts';
import { captionOf, footprintsOf, restsOf } from './tale.ts';

export interface Showing {
  world: World;
  names: Names;
  clock: Clock;
  board: Board;
  wires: WiresFold;
  mails: MailsFold;
  queues: QueuesFold;
  coming: ComingFold;
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
  /** the server's port */
  label: string;
  /** its host keeps mail, which lies below it: words go under that */
  isKeeper: boolean;
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

/** A numbered mark of a step, or of several where there is no room for each. */
export interface Footprint {
  /** of its last step */
  number: number;
  label: string;
  box: Box;
  state: 'past' | 'now';
  /** in order */
  steps: { number: number; text: string; event: number }[];
}

export interface Scene {
  hosts: HostView[];
  cables: CableView[];
  rests: RestView[];
  footprints: Footprint[];
  caption: { at: Point; lines: string[]; tone: string; anchor: 'start' | 'middle' | 'end' } | null;
  current: Mail | null;
}

const targetThick = 26;

/** All the map shows at the cursor. */
export function sceneAt(showing: Showing): Scene {
  const { mails, selection, at } = showing;
  const current = currentMail(mails, selection, at);
  const lit = litCables(showing);
  const connections = byCable(showing.wires.connections.at(at));
  const failures = byCable(showing.wires.failures.at(at));
  const bright = new Set(showing.highlight.map((name) => showing.names.indexOf(name)));
  const footprints = footprintsOf(showing, current);
  const rests = restsOf(showing, current);
  return {
    hosts: showing.board.hosts.map((host) => hostView(showing, host, bright)),
    cables: showing.board.cables.map((cable) =>
      cableView(showing, cable, connections, failures, lit, bright),
    ),
    rests,
    footprints,
    caption: captionOf(showing, current, rests),
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
  const isKeeper = keepsMail.has(showing.world.hosts[host]!.kind);
  return { ...plug, protocol, label: port === undefined ? '' : `${port}`, isKeeper };
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
