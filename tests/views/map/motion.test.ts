import { expect, test } from 'vitest';

import { ShownClock, Travel, travelMsMax, travelMsMin } from '../../../src/views/map/motion.ts';
import { Packets } from '../../../src/views/map/packets.ts';

test('the shown time runs after the clock over the time of one jump, never longer than the longest travel', () => {
  const clock = new ShownClock();
  clock.jump(1000, 0, 0);
  expect(clock.at(0)).toBe(1000);
  clock.jump(2000, 100, 200);
  expect(clock.at(100)).toBe(1000);
  expect(clock.at(200)).toBe(1500);
  expect(clock.at(400)).toBe(2000);
  expect(clock.isRunning(299)).toBe(true);
  expect(clock.isRunning(300)).toBe(false);
  clock.jump(3000, 400, 99_999);
  expect(clock.at(400 + travelMsMax)).toBe(3000);
});

test('looking back shows the past at once', () => {
  const clock = new ShownClock();
  clock.jump(5000, 0, 0);
  clock.jump(1000, 10, 250);
  expect(clock.at(10)).toBe(1000);
});

test('a packet is where its time puts it, but crosses no cable in less than the least travel', () => {
  const travel = new Travel();
  const packet = { key: 1, from: 0, until: 100 };
  travel.begin();
  expect(travel.place(packet, 50, 0, false)).toBe(0.5);
  travel.begin();
  expect(travel.place(packet, 0, 1000, true)).toBe(0);
  travel.begin();
  expect(travel.place(packet, 100, 1000 + travelMsMin / 2, true)).toBe(0.5);
  expect(travel.hasWayToGo(packet, 100)).toBe(true);
  travel.begin();
  expect(travel.place(packet, 100, 1000 + travelMsMin, true)).toBe(2);
});

test('a letter whose end is not known yet waits half way', () => {
  const travel = new Travel();
  const letter = { key: 1, from: 0, until: Infinity };
  expect(travel.place(letter, 10, 0, false)).toBe(0.5);
  travel.begin();
  travel.place(letter, 10, 0, true);
  travel.begin();
  expect(travel.place(letter, 10, 10_000, true)).toBe(0.5);
  expect(travel.hasWayToGo(letter, 10)).toBe(false);
});

test('packets are found by the time they were on a cable, also in the past', () => {
  const packets = new Packets();
  const base = { fromHost: 1, toHost: 2, protocol: 'dns' as const, carriesBytes: true };
  for (let i = 0; i < 3000; i++) packets.add({ ...base, from: i * 10, until: i * 10 + 25 });
  packets.ends(5, 51, true);
  expect(packets.during(100, 100, 99).map(({ from }) => from)).toEqual([80, 90, 100]);
  expect(packets.packet(5)).toMatchObject({
    from: 50,
    until: 51,
    lost: true,
    protocol: 'dns',
    fromHost: 1,
    toHost: 2,
  });
  expect(packets.during(29_995, 29_995, 2)).toHaveLength(2);
});
