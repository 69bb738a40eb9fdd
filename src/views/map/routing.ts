/**
 * routing — the way of each cable between the hosts on the board: straight where nothing stands between, else through
 * the channels between the rows. Cables of one hub share a bed in a channel, as they share a duct in a real house.
 */
import type { Grid, PlacedHost } from './placing.ts';

export type Side = 'left' | 'right' | 'top' | 'bottom';

export interface LinkEnds {
  /** indexes of hosts */
  a: number;
  b: number;
}

/** A cable before it has pixels. */
export interface Way {
  link: number;
  a: PlacedHost;
  b: PlacedHost;
  sideA: Side;
  sideB: Side;
  kind: 'straight' | 'channel' | 'side' | 'around';
  /** channel k lies above row k; kind 'channel' and 'around' */
  channel: number;
  /** which of its tracks, from the top */
  track: number;
  /** the hub whose bed it shares in the channel; -1 = none */
  hub: number;
  /** kind 'side' and 'around': it runs up and down beside this column, on this side of it */
  beside: { col: number; side: 'left' | 'right'; track: number };
}

export interface Ways {
  ways: Way[];
  /** tracks of channel k, which lies above row k */
  tracks: number[];
}

/** A way for each cable around the hosts. */
export function findWays(grid: Grid, links: readonly LinkEnds[]): Ways {
  const byIndex = new Map(grid.hosts.map((host) => [host.index, host]));
  const ways: Way[] = [];
  for (const [link, ends] of links.entries()) {
    const a = byIndex.get(ends.a);
    const b = byIndex.get(ends.b);
    if (a !== undefined && b !== undefined) ways.push(wayOf(grid, link, a, b));
  }
  chooseSides(ways);
  return { ways, tracks: shareTracks(grid, ways) };
}

function wayOf(grid: Grid, link: number, a: PlacedHost, b: PlacedHost): Way {
  const way: Way = {
    link,
    a,
    b,
    sideA: 'right',
    sideB: 'left',
    kind: 'straight',
    channel: 0,
    track: 0,
    hub: -1,
    beside: { col: 0, side: 'left', track: 0 },
  };
  const taken = (col: number, row: number) => grid.hosts.some((host) => host.col === col && host.row === row);
  if (a.row === b.row) {
    if (between(a.col, b.col).every((col) => !taken(col, a.row)))
      return a.col < b.col ? way : { ...way, sideA: 'left', sideB: 'right' };
    return { ...way, kind: 'channel', channel: a.row, sideA: 'top', sideB: 'top' };
  }
  const down = a.row < b.row;
  const vertical = { sideA: down ? 'bottom' : 'top', sideB: down ? 'top' : 'bottom' } as const;
  if (a.col === b.col) {
    if (between(a.row, b.row).every((row) => !taken(a.col, row))) return { ...way, ...vertical };
    return {
      ...way,
      kind: 'side',
      sideA: 'left',
      sideB: 'left',
      beside: { col: a.col, side: 'left', track: 0 },
    };
  }
  const [upper, lower] = down ? [a, b] : [b, a];
  const isFree = (host: PlacedHost) => between(upper.row, lower.row).every((row) => !taken(host.col, row));
  if (isFree(upper)) return { ...way, ...vertical, kind: 'channel', channel: lower.row };
  if (isFree(lower)) return { ...way, ...vertical, kind: 'channel', channel: upper.row + 1 };
  const isInner = grid.layout === 'wide'; // two columns leave more room outside than between them
  const side = upper.col < lower.col === isInner ? 'left' : 'right';
  const around = {
    kind: 'around' as const,
    channel: upper.row + 1,
    beside: { col: lower.col, side: side as 'left' | 'right', track: 0 },
  };
  return down
    ? { ...way, ...around, sideA: 'bottom', sideB: side }
    : { ...way, ...around, sideA: side, sideB: 'bottom' };
}

/** A cable up and down one column takes the side with fewer cables on it. */
function chooseSides(ways: Way[]): void {
  const uses = (col: number, side: Side) =>
    ways.filter(
      (way) => (way.a.col === col && way.sideA === side) || (way.b.col === col && way.sideB === side),
    ).length;
  for (const way of ways) {
    if (way.kind !== 'side') continue;
    const side = uses(way.a.col, 'right') < uses(way.a.col, 'left') - 1 ? 'right' : 'left';
    way.sideA = way.sideB = way.beside.side = side;
  }
  const besides = new Map<string, Way[]>();
  for (const way of ways) {
    if (way.kind !== 'side' && way.kind !== 'around') continue;
    const key = `${way.beside.col} ${way.beside.side}`;
    const others = besides.get(key) ?? [];
    way.beside.track = others.filter((other) => overlap(rowsOf(other), rowsOf(way))).length;
    besides.set(key, [...others, way]);
  }
}

/** Gives each hub in a channel a track of its own where they would meet. @returns tracks by channel */
function shareTracks(grid: Grid, ways: Way[]): number[] {
  const tracks: number[] = [];
  for (let channel = 0; channel <= grid.rows; channel++) {
    const nets = netsOf(ways.filter((way) => inChannel(way) && way.channel === channel));
    const taken: [number, number][][] = [];
    for (const net of nets) {
      const extent = extentOf(net);
      let track = taken.findIndex((others) => others.every((other) => !overlap(other, extent)));
      if (track < 0) track = taken.push([]) - 1;
      taken[track]!.push(extent);
      for (const way of net) way.track = track;
    }
    tracks[channel] = taken.length;
  }
  return tracks;
}

/** Cables of a channel by the host that has most of them, then the next. */
function netsOf(ways: readonly Way[]): Way[][] {
  const nets: Way[][] = [];
  let rest = [...ways];
  while (rest.length > 0) {
    const counts = new Map<PlacedHost, number>();
    for (const way of rest) for (const host of [way.a, way.b]) counts.set(host, (counts.get(host) ?? 0) + 1);
    const [hub] = [...counts].sort((one, two) => two[1] - one[1] || one[0].index - two[0].index)[0]!;
    const net = rest.filter((way) => way.a === hub || way.b === hub);
    for (const way of net) way.hub = net.length > 1 ? hub.index : -1;
    rest = rest.filter((way) => !net.includes(way));
    nets.push(net);
  }
  return nets;
}

const inChannel = (way: Way) => way.kind === 'channel' || way.kind === 'around';

function extentOf(net: readonly Way[]): [number, number] {
  const cols = net.flatMap((way) => [way.a.col, way.b.col]);
  return [Math.min(...cols), Math.max(...cols)];
}

const rowsOf = (way: Way): [number, number] => [
  Math.min(way.a.row, way.b.row),
  Math.max(way.a.row, way.b.row),
];

function overlap(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] <= b[1] && b[0] <= a[1];
}

/** The whole numbers strictly between two. */
function between(a: number, b: number): number[] {
  const [low, high] = a < b ? [a, b] : [b, a];
  return Array.from({ length: Math.max(0, high - low - 1) }, (_, i) => low + 1 + i);
}
