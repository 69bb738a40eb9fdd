/**
 * placing — where the hosts and the organisations stand on the board, in pixels, at a fixed size of text
 *
 * Wide: columns and rows of the world's own grid, spread over the width there is. Tall: one organisation under the
 * other, two hosts side by side, for a phone. Rows leave room for what the router needs between them.
 */
import type { World } from '../../../workers/api.ts';

import type { Names } from '../../decode/names.ts';

export type Layout = 'wide' | 'tall';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedHost extends Box {
  index: number;
  col: number;
  row: number;
  label: string;
  role: string;
  organisation: string;
}

export interface Grid {
  layout: Layout;
  hosts: PlacedHost[];
  /** columns and rows that are used, counted from 0 */
  cols: number;
  rows: number;
  isCompact: boolean;
  /** least distance between neighbours */
  gap: { near: number; far: number };
}

export const hostHeight = 48;
const charWidth = 7.25; // Plex Mono at 12 px
const padding = 10;

/** Width of the glyph's compartment. */
export const glyphWidth = (isCompact: boolean) => (isCompact ? 28 : 36);

/** Columns and rows without pixels yet: which host stands in which cell, and how wide it is. */
export function gridOf(
  world: World,
  names: Names,
  layout: Layout,
  isCompact: boolean,
  shown: readonly number[],
): Grid {
  const cells = layout === 'wide' ? wideCells(world, shown) : tallCells(world, shown);
  const hosts = shown.map((index, i): PlacedHost => {
    const host = world.hosts[index]!;
    const label = labelOf(host.name, host.organisation) ?? names.short(index);
    const text = Math.max(label.length * charWidth, host.role.length * 5.8 + 4);
    const least = isCompact ? 104 : 138;
    const width = 2 * Math.ceil(Math.max(least, glyphWidth(isCompact) + 9 + text + (isCompact ? 6 : 10)) / 2);
    const { col, row } = cells[i]!;
    const { role, organisation } = host;
    return { index, col, row, label, role, organisation, x: 0, y: 0, width, height: hostHeight };
  });
  return {
    layout,
    hosts,
    cols: 1 + Math.max(0, ...hosts.map(({ col }) => col)),
    rows: 1 + Math.max(0, ...hosts.map(({ row }) => row)),
    isCompact,
    gap:
      layout === 'tall' ? { near: 36, far: 36 } : isCompact ? { near: 30, far: 48 } : { near: 56, far: 120 },
  };
}

/** Inside an organisation its domain goes without saying. */
function labelOf(name: string, organisation: string): string | null {
  return organisation !== '' && name.endsWith(`.${organisation}`)
    ? name.slice(0, -organisation.length - 1)
    : null;
}

function wideCells(world: World, shown: readonly number[]): { col: number; row: number }[] {
  const places = shown.map((index) => world.hosts[index]!.at);
  const xs = distinct(places.map(({ x }) => x));
  const ys = distinct(places.map(({ y }) => y));
  return places.map(({ x, y }) => ({ col: xs.indexOf(x), row: ys.indexOf(y) }));
}

/** Organisations from left to right become groups of rows; every second column of a wider one wraps under the first. */
function tallCells(world: World, shown: readonly number[]): { col: number; row: number }[] {
  const groups = groupsOf(world, shown);
  const cells = new Map<number, { col: number; row: number }>();
  let row = 0;
  for (const group of groups) {
    const places = group.map((index) => world.hosts[index]!.at);
    const xs = distinct(places.map(({ x }) => x));
    const ys = distinct(places.map(({ y }) => y));
    const wraps = Math.ceil(xs.length / 2);
    const local = places.map(({ x, y }) => ({
      col: xs.indexOf(x) % 2,
      row: ys.indexOf(y) * wraps + Math.floor(xs.indexOf(x) / 2),
    }));
    const mirrored = local.map((cell) => ({ col: xs.length < 2 ? 1 : 1 - cell.col, row: cell.row }));
    const better =
      reach(world, group, mirrored, cells) < reach(world, group, local, cells) ? mirrored : local;
    const used = distinct(better.map((cell) => cell.row));
    for (const [i, index] of group.entries())
      cells.set(index, { col: better[i]!.col, row: row + used.indexOf(better[i]!.row) });
    row += used.length;
  }
  return shown.map((index) => cells.get(index)!);
}

/** How far the cables to what is placed already go sideways. */
function reach(
  world: World,
  group: readonly number[],
  cells: readonly { col: number }[],
  placed: ReadonlyMap<number, { col: number }>,
): number {
  let sum = 0;
  for (const { between } of world.links) {
    const [a, b] = between.map((name) => world.hosts.findIndex((host) => host.name === name)) as [
      number,
      number,
    ];
    for (const [inside, outside] of [
      [a, b],
      [b, a],
    ] as const) {
      const i = group.indexOf(inside);
      const other = placed.get(outside);
      const isMail = world.hosts[inside]!.role.includes('MTA') ? 10 : 1; // the mail's own way comes first
      if (i >= 0 && other !== undefined) sum += Math.abs(cells[i]!.col - other.col) * isMail;
    }
  }
  return sum;
}

function groupsOf(world: World, shown: readonly number[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const index of shown) {
    const { organisation } = world.hosts[index]!;
    groups.set(organisation, [...(groups.get(organisation) ?? []), index]);
  }
  const middle = (group: readonly number[]) =>
    group.reduce((sum, index) => sum + world.hosts[index]!.at.x, 0) / group.length;
  return [...groups.values()].sort((a, b) => middle(a) - middle(b));
}

/** Gives the columns their x, at most `width` wide where that is possible. @returns the width that was used */
export function placeColumns(grid: Grid, width: number): number {
  const least = columnsAt(grid, 1);
  let low = 1;
  let high = 3.2;
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (columnsAt(grid, middle) <= width) low = middle;
    else high = middle;
  }
  const used = least > width ? columnsAt(grid, 1) : columnsAt(grid, low);
  const shift = Math.max(0, Math.floor((width - used) / 2));
  for (const host of grid.hosts) host.x += shift;
  return Math.max(width, used);
}

/** The longest way through what must stand apart: neighbours in a row, and one organisation from the next. */
function columnsAt(grid: Grid, stretch: number): number {
  const centre: number[] = [];
  const halfOf = (col: number) =>
    Math.max(
      0,
      ...grid.hosts
        .filter((host) => host.col === col && host.organisation !== '')
        .map(({ width }) => width / 2),
    );
  for (let col = 0; col < grid.cols; col++) {
    let least = 0;
    for (const host of grid.hosts) {
      if (host.col !== col) continue;
      least = Math.max(least, padding + inset(grid, host) + host.width / 2);
      for (const other of grid.hosts) {
        if (other.col >= col) continue;
        const apart = leastApart(other, host, halfOf);
        if (apart > 0)
          least = Math.max(least, centre[other.col]! + apart + gapOf(grid, other, host) * stretch);
      }
    }
    if (col > 0) least = Math.max(least, centre[col - 1]! + 40);
    centre[col] = Math.round(least);
  }
  for (const host of grid.hosts) host.x = Math.round(centre[host.col]! - host.width / 2);
  return Math.max(...grid.hosts.map((host) => host.x + host.width + inset(grid, host))) + padding;
}

function leastApart(left: PlacedHost, right: PlacedHost, halfOf: (col: number) => number): number {
  if (left.organisation !== '' && right.organisation !== '' && left.organisation !== right.organisation)
    return halfOf(left.col) + halfOf(right.col);
  return left.row === right.row ? (left.width + right.width) / 2 : 0;
}

function gapOf(grid: Grid, left: PlacedHost, right: PlacedHost): number {
  return left.organisation === right.organisation ? grid.gap.near : grid.gap.far;
}

const inset = (grid: Grid, host: PlacedHost) => (host.organisation === '' ? 0 : enclosurePad(grid));

/** Between a host and the line round its organisation. */
export const enclosurePad = ({ layout, isCompact }: Grid) => (isCompact && layout === 'wide' ? 14 : 20);

/** Each value once, in ascending order. */
export function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/** Which layout fits a width, unless one is asked for. */
export function layoutFor(asked: Layout | undefined, width: number): { layout: Layout; isCompact: boolean } {
  const layout = asked ?? (width > 0 && width < 632 ? 'tall' : 'wide');
  return { layout, isCompact: layout === 'tall' || width < 900 };
}

/** Indexes of the hosts on the board: all of them, or only those a mail itself meets. */
export function hostsShown(world: World, withNames: boolean): number[] {
  const isName = (kind: string) => kind === 'resolver' || kind === 'dns-server';
  return world.hosts.flatMap(({ kind }, index) => (withNames || !isName(kind) ? [index] : []));
}
