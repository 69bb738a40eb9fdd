import { beforeAll, expect, test } from 'vitest';

import { MailsFold } from '../../../src/views/mails/fold.ts';
import { WiresFold } from '../../../src/views/map/fold.ts';
import { boardOf } from '../../../src/views/map/layout.ts';
import { hostsShown } from '../../../src/views/map/placing.ts';
import { sceneAt, type Scene } from '../../../src/views/map/scene.ts';
import { halves } from '../../../src/views/map/tale.ts';
import { ComingFold } from '../../../src/time/coming.ts';
import { QueuesFold } from '../../../src/views/queues/fold.ts';
import { playWorld, type Played } from '../played.ts';

const second = 1_000_000;
let played: Played;
let at: (seconds: number) => Scene;

beforeAll(async () => {
  played = await playWorld('two-islands', 33 * second);
  const { world, names, clock } = played;
  const board = boardOf(world, names, {
    layout: 'wide',
    width: 1200,
    isCompact: false,
    shown: hostsShown(world, true),
  });
  const folds = {
    wires: played.fold(WiresFold),
    mails: played.fold(MailsFold),
    queues: played.fold(QueuesFold),
    coming: played.fold(ComingFold),
  };
  at = (seconds) =>
    sceneAt({
      world,
      names,
      clock,
      board,
      ...folds,
      at: seconds * second,
      selection: null,
      highlight: [],
      captions: true,
    });
});

const cableOf = (scene: Scene, a: string, b: string) =>
  scene.cables.find(({ name }) => name.startsWith(`Cable between ${a} and ${b}`))!;

test('before anything is sent the cables are quiet and nothing lies anywhere', () => {
  const scene = at(0.9);
  expect(scene.rests).toEqual([]);
  expect(scene.caption).toBeNull();
  expect(cableOf(scene, 'mx.far.example', 'mta1.acme.example').wires).toEqual([]);
});

test('while mx talks to mta1 the connection is drawn, its plugs filled, the server’s port named', () => {
  const cable = cableOf(at(1.33), 'mx.far.example', 'mta1.acme.example');
  expect(cable.wires).toMatchObject([{ protocol: 'smtp' }]);
  expect(cable.plugs).toMatchObject([
    { protocol: 'smtp', label: '' },
    { protocol: 'smtp', label: '25' },
  ]);
  expect(cable.name).toContain('open: SMTP to mta1');
});

test('the letter lies where it is, and footprints count the steps so far', () => {
  const scene = at(1.33);
  expect(scene.rests.map(({ letters }) => letters[0]!.letter)).toEqual(['A']);
  const numbers = scene.footprints.map(({ number }) => number);
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  expect(scene.footprints.at(-1)!.state).toBe('now');
});

test('a cut cable says so, by whom and when, and the host that waits shows what lies in deferred', () => {
  const scene = at(32);
  const cable = cableOf(scene, 'mx.far.example', 'mta1.acme.example');
  expect(cable.cut).toMatchObject({ word: 'link cut', since: 'by you 09:00:25', isUpright: false });
  expect(cable.name).toContain('link cut since 09:00:25');
  expect(scene.hosts.find(({ host }) => host.label === 'mx')).toMatchObject({
    deferred: 1,
    name: 'MTA mx.far.example, running, 1 deferred',
  });
  expect(scene.rests[0]!.words[0]).toEqual({ text: 'deferred', tone: 'wait' });
});

test('a caption is told in two halves of about the same length', () => {
  expect(halves('mta1 names the recipient')).toEqual(['mta1 names', 'the recipient']);
  expect(halves('mx queues it')).toEqual(['mx queues it']);
});
