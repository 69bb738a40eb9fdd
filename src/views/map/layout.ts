/**
 * layout — the board of the map in pixels: hosts, organisations, cables with their plugs, and points along a cable
 */
import type { World } from '../../../workers/api.ts';

import type { Names } from '../../decode/names.ts';

import {
  enclosurePad,
  gridOf,
  hostHeight,
  placeColumns,
  type Box,
  type Grid,
  type Layout,
  type PlacedHost,
} from './placing.ts';
import { findWays, type LinkEnds, type Side, type Way, type Ways } from './routing.ts';

export type { Box, Layout, PlacedHost } from './placing.ts';

export interface Point {
  x: number;
  y: number;
}

export interface Plug extends Point {
  side: Side;
}

export interface Cable {
  /** index in world.links */
  link: number;
  a: number;
  b: number;
  /** from the plug at a to the plug at b */
  points: Point[];
  plugA: Plug;
  plugB: Plug;
  length: number;
  /** its own stretch, shared with no other cable: where it is pressed, and where it is cut */
  own: { from: Point; to: Point };
}

export interface Enclosure extends Box {
  name: string;
  /** where its name is written: between the cables that come in from above */
  label: Point;
}

export interface Board {
  width: number;
  height: number;
  isCompact: boolean;
  hosts: PlacedHost[];
  enclosures: Enclosure[];
  cables: Cable[];
}

const plugDepth = 5;
const trackStep = 13;
const restZone = 36; // below a host that keeps mail: a letter at rest
const titleRoom = 22;
/** Kinds of hosts at which a letter may rest. */
export const keepsMail: ReadonlySet<string> = new Set([
  'workstation',
  'mail-host',
  'mta',
  'mailstore',
  'receiver',
  'outside',
]);

export interface BoardOptions {
  layout: Layout;
  width: number;
  isCompact: boolean;
  /** indexes of hosts */
  shown: readonly number[];
}

/** Where hosts, cables and ports of a world lie. */
export function boardOf(world: World, names: Names, options: BoardOptions): Board {
  const grid = gridOf(world, names, options.layout, options.isCompact, options.shown);
  const links = world.links.map(({ between: [a, b] }): LinkEnds => ({
    a: names.indexOf(a),
    b: names.indexOf(b),
  }));
  const ways = findWays(grid, links);
  const width = placeColumns(grid, options.width);
  const { height, channelTop } = placeRows(world, grid, ways);
  const plugs = plugsOf(ways.ways);
  const cables = ways.ways.map((way) => cableOf(grid, way, plugs, channelTop));
  return {
    width,
    height,
    isCompact: options.isCompact,
    hosts: grid.hosts,
    enclosures: enclosuresOf(grid, cables),
    cables,
  };
}

/** Gives the rows their y. channelTop[k]: y of the first track above row k. */
function placeRows(world: World, grid: Grid, { tracks }: Ways): { height: number; channelTop: number[] } {
  const channelTop: number[] = [];
  let y = 10;
  for (let row = 0; row <= grid.rows; row++) {
    const above = grid.hosts.filter((host) => host.row === row - 1);
    const below = grid.hosts.filter((host) => host.row === row);
    const rests = above.some((host) => keepsMail.has(world.hosts[host.index]!.kind));
    const opens = below.filter(
      (host) => host.organisation !== '' && firstRow(grid, host.organisation) === row,
    );
    const closes = above.some(
      (host) => host.organisation !== '' && lastRow(grid, host.organisation) === row - 1,
    );
    const count = tracks[row] ?? 0;
    y += rests ? restZone : row > 0 ? 14 : 0;
    if (closes && row < grid.rows && opens.length > 0) y += 14;
    channelTop[row] = y + 8;
    y += count * trackStep + (count > 0 ? 12 : 0);
    if (row < grid.rows) y += opens.length > 0 ? titleRoom + 14 : row === 0 ? 0 : 16;
    if (row < grid.rows && row > 0 && y - channelTop[row]! < 24) y = channelTop[row]! + 24;
    for (const host of below) host.y = y;
    if (row < grid.rows) y += hostHeight;
  }
  return { height: y + 14, channelTop };
}

const rowsIn = (grid: Grid, organisation: string) =>
  grid.hosts.filter((host) => host.organisation === organisation).map(({ row }) => row);
const firstRow = (grid: Grid, organisation: string) => Math.min(...rowsIn(grid, organisation));
const lastRow = (grid: Grid, organisation: string) => Math.max(...rowsIn(grid, organisation));

function enclosuresOf(grid: Grid, cables: readonly Cable[]): Enclosure[] {
  const names = [...new Set(grid.hosts.map(({ organisation }) => organisation))].filter(
    (name) => name !== '',
  );
  return names.map((name) => {
    const hosts = grid.hosts.filter((host) => host.organisation === name);
    const x = Math.min(...hosts.map((host) => host.x)) - enclosurePad(grid);
    const y = Math.min(...hosts.map((host) => host.y)) - titleRoom - 10;
    const right = Math.max(...hosts.map((host) => host.x + host.width)) + enclosurePad(grid);
    const bottom = Math.max(...hosts.map((host) => host.y + host.height)) + restZone + 4;
    const box = { x, y, width: right - x, height: bottom - y };
    return { name, ...box, label: { x: labelX(name, box, cables), y: y + 20 } };
  });
}

const nameCharWidth = 7;

/** The first place from the left where no cable runs up and down through the name; the corner when there is none. */
function labelX(name: string, box: Box, cables: readonly Cable[]): number {
  const width = name.length * nameCharWidth;
  const crossings = cables.flatMap(({ points }) =>
    points
      .slice(1)
      .map((to, i) => ({ from: points[i]!, to }))
      .filter(
        ({ from, to }) =>
          from.x === to.x && Math.min(from.y, to.y) < box.y + 26 && Math.max(from.y, to.y) > box.y + 4,
      )
      .map(({ to }) => to.x),
  );
  const isFree = (x: number) => crossings.every((at) => at < x - 12 || at > x + width + 12);
  for (let x = box.x + 14; x + width < box.x + box.width - 8; x += 6) if (isFree(x)) return x;
  return box.x + 14;
}

// ---- plugs ----------------------------------------------------------------------------------------------

interface PlugPlace {
  host: PlacedHost;
  side: Side;
  /** cables of one hub in one channel share a plug there */
  key: string;
  kind: 'straight' | 'bent';
  /** which way it goes on: -1 left or up, 1 right or down */
  leans: number;
  at: number;
}

/** The key of the plug of a way at one of its hosts. */
function plugKey(way: Way, host: PlacedHost, side: Side): string {
  const shared = way.hub === host.index && (side === 'top' || side === 'bottom');
  return `${host.index} ${side} ${shared ? `channel ${way.channel} ${way.track}` : `link ${way.link}`}`;
}

function plugsOf(ways: readonly Way[]): Map<string, PlugPlace> {
  const places = new Map<string, PlugPlace>();
  for (const way of ways)
    for (const [host, other, side] of [
      [way.a, way.b, way.sideA],
      [way.b, way.a, way.sideB],
    ] as const) {
      const key = plugKey(way, host, side);
      const vertical = side === 'left' || side === 'right';
      const leans = Math.sign(vertical ? other.row - host.row : other.col - host.col);
      places.set(key, { host, side, key, kind: way.kind === 'straight' ? 'straight' : 'bent', leans, at: 0 });
    }
  const bySide = new Map<string, PlugPlace[]>();
  for (const place of places.values()) {
    const key = `${place.host.index} ${place.side}`;
    bySide.set(key, [...(bySide.get(key) ?? []), place]);
  }
  for (const group of bySide.values()) spread(group);
  return places;
}

/** Straight cables in the middle of a side, bent ones beside them, on the side they lean to. */
function spread(group: PlugPlace[]): void {
  const { side, host } = group[0]!;
  const isFlat = side === 'left' || side === 'right';
  const length = isFlat ? host.height : host.width;
  // a cable going up and one coming down in the same column must not share a line
  const first = isFlat ? 14 : side === 'top' ? 36 : 19;
  const step = isFlat ? 12 : 19;
  const counts = { less: 0, more: 0 };
  for (const place of group) {
    if (place.kind === 'straight') place.at = length / 2;
    else if (place.leans <= 0) place.at = length / 2 - first - step * counts.less++;
    else place.at = length / 2 + first + step * counts.more++;
    place.at = Math.min(length - 11, Math.max(11, Math.round(place.at)));
  }
}

function plugPoint({ host, side, at }: PlugPlace): Plug {
  switch (side) {
    case 'left':
      return { side, x: host.x - plugDepth, y: host.y + at };
    case 'right':
      return { side, x: host.x + host.width + plugDepth, y: host.y + at };
    case 'top':
      return { side, x: host.x + at, y: host.y - plugDepth };
    case 'bottom':
      return { side, x: host.x + at, y: host.y + host.height + plugDepth };
  }
}

// ---- cables ---------------------------------------------------------------------------------------------

function cableOf(
  grid: Grid,
  way: Way,
  plugs: ReadonlyMap<string, PlugPlace>,
  channelTop: readonly number[],
): Cable {
  const plugA = plugPoint(plugs.get(plugKey(way, way.a, way.sideA))!);
  const plugB = plugPoint(plugs.get(plugKey(way, way.b, way.sideB))!);
  const trackY = (channelTop[way.channel] ?? 0) + way.track * trackStep;
  const points = tidy(bends(grid, way, plugA, plugB, trackY));
  return {
    link: way.link,
    a: way.a.index,
    b: way.b.index,
    points,
    plugA,
    plugB,
    length: lengthOf(points),
    own: ownStretch(way, points),
  };
}

function bends(grid: Grid, way: Way, a: Plug, b: Plug, trackY: number): Point[] {
  switch (way.kind) {
    case 'straight':
      return [a, b];
    case 'channel':
      return [a, { x: a.x, y: trackY }, { x: b.x, y: trackY }, b];
    case 'side': {
      const x = besideX(grid, way);
      return [a, { x, y: a.y }, { x, y: b.y }, b];
    }
    case 'around': {
      const x = besideX(grid, way);
      const [top, bottom] = way.sideA === 'bottom' ? [a, b] : [b, a];
      const points = [top, { x: top.x, y: trackY }, { x, y: trackY }, { x, y: bottom.y }, bottom];
      return way.sideA === 'bottom' ? points : points.reverse();
    }
  }
}

function besideX(grid: Grid, { beside }: Way): number {
  const hosts = grid.hosts.filter((host) => host.col === beside.col);
  const off = grid.isCompact ? 13 + beside.track * 9 : 17 + beside.track * 12;
  return beside.side === 'left'
    ? Math.min(...hosts.map((host) => host.x)) - off
    : Math.max(...hosts.map((host) => host.x + host.width)) + off;
}

/** The longest stretch that no other cable of its hub shares. */
function ownStretch(way: Way, points: readonly Point[]): { from: Point; to: Point } {
  const stretches = points.slice(1).map((to, i) => ({ from: points[i]!, to }));
  if (way.hub >= 0) {
    const end = way.hub === way.a.index ? stretches.at(-1)! : stretches[0]!;
    if (distance(end.from, end.to) >= 16) return end;
  }
  return stretches.reduce((best, next) =>
    distance(next.from, next.to) > distance(best.from, best.to) ? next : best,
  );
}

function tidy(points: Point[]): Point[] {
  return points
    .map(({ x, y }) => ({ x, y }))
    .filter((point, i, all) => i === 0 || distance(point, all[i - 1]!) > 0.5);
}

const distance = (a: Point, b: Point) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);

function lengthOf(points: readonly Point[]): number {
  return points.slice(1).reduce((sum, point, i) => sum + distance(points[i]!, point), 0);
}

/** The point at a fraction of the way along it, 0 … 1. */
export function pointAlong(
  { points, length }: { points: readonly Point[]; length: number },
  fraction: number,
): Point {
  let left = Math.min(1, Math.max(0, fraction)) * length;
  for (let i = 1; i < points.length; i++) {
    const from = points[i - 1]!;
    const to = points[i]!;
    const step = distance(from, to);
    if (left <= step) {
      const part = step === 0 ? 0 : left / step;
      return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
    }
    left -= step;
  }
  return points.at(-1) ?? { x: 0, y: 0 };
}

/** The same points as an SVG path, its corners cut at 45 degrees. */
export function pathOf(points: readonly Point[], cut = 7): string {
  let path = `M${points[0]!.x} ${points[0]!.y}`;
  for (let i = 1; i < points.length; i++) {
    const here = points[i]!;
    const next = points[i + 1];
    if (next === undefined) return `${path}L${here.x} ${here.y}`;
    const before = toward(here, points[i - 1]!, cut);
    const after = toward(here, next, cut);
    path += `L${before.x} ${before.y}L${after.x} ${after.y}`;
  }
  return path;
}

function toward(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to);
  const part = whole === 0 ? 0 : Math.min(by, whole / 2) / whole;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
