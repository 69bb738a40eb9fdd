import { describe, expect, test } from 'vitest';

import { worlds, worldNamed } from '../../../lessons/worlds/index.ts';
import { namesOf } from '../../../src/decode/names.ts';
import { boardOf, pathOf, pointAlong, type Board, type Box } from '../../../src/views/map/layout.ts';
import { hostsShown, layoutFor } from '../../../src/views/map/placing.ts';
import { walk, type Spot } from '../../../src/views/map/walk.ts';

function board(worldName: string, width: number, withNames = true): Board {
  const world = worldNamed(worldName)!;
  const wanted = layoutFor(undefined, width);
  return boardOf(world, namesOf(world), { ...wanted, width, shown: hostsShown(world, withNames) });
}

const touches = (a: Box, b: Box, apart = 0) =>
  a.x < b.x + b.width + apart &&
  b.x < a.x + a.width + apart &&
  a.y < b.y + b.height + apart &&
  b.y < a.y + a.height + apart;

for (const { name } of worlds)
  for (const width of [344, 358, 500, 640, 944, 1400])
    describe(`${name} at ${width} px`, () => {
      const placed = board(name, width);

      test('no two hosts touch, and none leaves the board', () => {
        for (const [i, a] of placed.hosts.entries()) {
          for (const b of placed.hosts.slice(i + 1))
            expect(touches(a, b, 10), `${a.label} ${b.label}`).toBe(false);
          expect(a.x).toBeGreaterThanOrEqual(0);
          expect(a.x + a.width).toBeLessThanOrEqual(placed.width);
          expect(a.y + a.height).toBeLessThanOrEqual(placed.height);
        }
      });

      test('organisations do not touch, and hold none but their own hosts', () => {
        for (const [i, a] of placed.enclosures.entries()) {
          for (const b of placed.enclosures.slice(i + 1)) expect(touches(a, b)).toBe(false);
          for (const host of placed.hosts)
            expect(touches(a, host), host.label).toBe(host.organisation === a.name);
        }
      });

      test('it fits the width', () => expect(placed.width).toBe(width));

      test('every cable of the world is drawn, level or upright, and crosses no host', () => {
        expect(placed.cables.length).toBe(worldNamed(name)!.links.length);
        for (const cable of placed.cables)
          for (let i = 1; i < cable.points.length; i++) {
            const [from, to] = [cable.points[i - 1]!, cable.points[i]!];
            expect(from.x === to.x || from.y === to.y, `${cable.a}-${cable.b}`).toBe(true);
            const run = {
              x: Math.min(from.x, to.x),
              y: Math.min(from.y, to.y),
              width: Math.abs(from.x - to.x),
              height: Math.abs(from.y - to.y),
            };
            for (const host of placed.hosts)
              expect(touches(run, host), `${cable.a}-${cable.b} over ${host.label}`).toBe(false);
          }
      });

      test('what is pressed of a cable is nobody else’s', () => {
        const middles = placed.cables.map(
          ({ own: { from, to } }) => `${(from.x + to.x) / 2} ${(from.y + to.y) / 2}`,
        );
        expect(new Set(middles).size).toBe(middles.length);
      });
    });

test('on a phone the hosts that only answer DNS are left out until they are asked for', () => {
  const placed = board('two-islands', 358, false);
  expect(placed.hosts.map(({ label }) => label)).toEqual([
    'ws-alice',
    'mx',
    'mta1',
    'ldap1',
    'mbox1',
    'ws-bob',
  ]);
  const [mx, mta1] = ['mx', 'mta1'].map((label) => placed.hosts.find((host) => host.label === label)!);
  expect(mta1!.x).toBe(mx!.x); // one under the other, as the mail goes
});

test('a point along a bent cable is on it', () => {
  const points = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 30 },
  ];
  expect(pointAlong({ points, length: 40 }, 0)).toEqual({ x: 0, y: 0 });
  expect(pointAlong({ points, length: 40 }, 0.5)).toEqual({ x: 10, y: 10 });
  expect(pointAlong({ points, length: 40 }, 2)).toEqual({ x: 10, y: 30 });
  expect(pathOf(points, 4)).toBe('M0 0L6 0L10 4L10 30');
});

test('arrow keys go along cables: from a host to a cable, on to the next host, and back', () => {
  const placed = board('two-islands', 1200);
  const index = (label: string): Spot => `host ${placed.hosts.find((host) => host.label === label)!.index}`;
  const cable = walk(placed, index('mx'), 'ArrowRight');
  expect(cable).toMatch(/^link/);
  expect(walk(placed, cable, 'ArrowRight')).toBe(index('mta1'));
  expect(walk(placed, cable, 'ArrowLeft')).toBe(index('mx'));
  expect(walk(placed, index('ws-alice'), 'ArrowLeft')).toBe(index('ws-alice'));
});
