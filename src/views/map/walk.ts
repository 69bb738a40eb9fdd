/** walk — arrow keys on the map: from a host along a cable, from a cable to the host at its end */
import type { Board, Point } from './layout.ts';

/** "host 3", "link 7": what has the focus. */
export type Spot = `host ${number}` | `link ${number}`;

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

const arrows: Record<Direction, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** @returns where the focus goes; the same spot when nothing lies that way */
export function walk(board: Board, from: Spot, direction: Direction): Spot {
  const here = placeOf(board, from);
  if (here === null) return from;
  const along = best(board, here, linkedTo(board, from), direction);
  return (
    along ??
    best(
      board,
      here,
      board.hosts.map((host): Spot => `host ${host.index}`).filter((spot) => spot !== from),
      direction,
    ) ??
    from
  );
}

function linkedTo(board: Board, from: Spot): Spot[] {
  const number = Number(from.split(' ')[1]);
  if (from.startsWith('link')) {
    const cable = board.cables.find((one) => one.link === number);
    return cable === undefined ? [] : [`host ${cable.a}`, `host ${cable.b}`];
  }
  return board.cables
    .filter((cable) => cable.a === number || cable.b === number)
    .map((cable): Spot => `link ${cable.link}`);
}

function best(board: Board, here: Point, spots: readonly Spot[], direction: Direction): Spot | null {
  const arrow = arrows[direction];
  let found: Spot | null = null;
  let leastCost = Infinity;
  for (const spot of spots) {
    const place = placeOf(board, spot);
    if (place === null) continue;
    const ahead = (place.x - here.x) * arrow.x + (place.y - here.y) * arrow.y;
    const aside = Math.abs((place.x - here.x) * arrow.y) + Math.abs((place.y - here.y) * arrow.x);
    if (ahead <= 1 || aside > ahead * 3) continue;
    const cost = ahead + aside * 2;
    if (cost < leastCost) [found, leastCost] = [spot, cost];
  }
  return found;
}

function placeOf(board: Board, spot: Spot): Point | null {
  const number = Number(spot.split(' ')[1]);
  if (spot.startsWith('host')) {
    const host = board.hosts.find((one) => one.index === number);
    return host === undefined ? null : { x: host.x + host.width / 2, y: host.y + host.height / 2 };
  }
  const own = board.cables.find((one) => one.link === number)?.own;
  return own === undefined ? null : { x: (own.from.x + own.to.x) / 2, y: (own.from.y + own.to.y) / 2 };
}
