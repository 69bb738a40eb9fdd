// The map of two-islands with a running simulation, and as many envelopes in flight as asked: window.measureMap(…). Driven by map.bench.mjs.
import { mount } from 'svelte';

import '../../../src/ui/tokens.css';
import { twoIslands } from '../../../lessons/worlds/two-islands/world.ts';
import { Session } from '../../../src/sim/session.svelte.ts';
import { speeds } from '../../../src/sim/speeds.ts';
import { MailsFold } from '../../../src/views/mails/fold.ts';
import type { Painter } from '../../../src/views/map/painter.ts';

import MapAlone from './MapAlone.svelte';

const flightUs = 2_000_000; // a letter takes two seconds of real time from host to host
const sendEveryMs = 250;

interface Measured {
  fps: number;
  fpsWorst: number;
  frames: number;
  /** median of what the frames showed */
  envelopes: number;
  events: number;
  framesWhenPaused: number;
}

async function measureMap(envelopes: number, ms: number): Promise<Measured> {
  const session = new Session({ world: twoIslands, keepAs: '' });
  let painter: Painter | null = null as Painter | null;
  mount(MapAlone, {
    target: document.body,
    props: { session, onpainter: (made: Painter) => (painter = made) },
  });
  await session.open();
  await session.setSpeed(speeds.find(({ id }) => id === 'real')!);
  await session.play();
  const stopFlights = keepFlying(session, envelopes);
  const sending = window.setInterval(() => void send(session), sendEveryMs);
  await sleep(flightUs / 1000 + 1500);
  const frames: { ms: number; letters: number }[] = [];
  painter!.frames = frames;
  const eventsBefore = session.store.length;
  await sleep(ms);
  window.clearInterval(sending);
  const events = session.store.length - eventsBefore;
  const shown = [...frames];
  stopFlights();
  await session.pause();
  await sleep(2500);
  frames.length = 0;
  await sleep(1000);
  const framesWhenPaused = frames.length;
  session.close();
  const gaps = inOrder(shown.slice(1).map(({ ms: at }, i) => at - shown[i]!.ms));
  const letters = inOrder(shown.map((frame) => frame.letters));
  return {
    fps: 1000 / gaps[gaps.length >> 1]!,
    fpsWorst: 1000 / gaps[Math.floor(gaps.length * 0.99)]!,
    frames: shown.length,
    envelopes: letters[letters.length >> 1]!,
    events,
    framesWhenPaused,
  };
}

const inOrder = (numbers: number[]) => numbers.sort((a, b) => a - b);

/** Keeps as many letters under way on all cables: one that has arrived is replaced by the next. @returns how to stop */
function keepFlying(session: Session, envelopes: number): () => void {
  const fold = session.read(MailsFold);
  const ends = twoIslands.links.map(
    ({ between }) => between.map((name) => session.names.indexOf(name)) as [number, number],
  );
  const arrivals: number[] = []; // in order
  let count = 0;
  const start = (startAt: number) => {
    const [fromHost, toHost] = ends[count % ends.length]!;
    const letter = { messageId: `<${count % envelopes}@bench>`, head: '', startAt, event: ++count };
    fold.letter(letter, { fromHost, toHost, port: 25, protocol: 'smtp' })(startAt + flightUs);
    arrivals.push(startAt + flightUs);
  };
  const timer = window.setInterval(() => {
    while (arrivals.length > 0 && arrivals[0]! <= session.now) arrivals.shift();
    const missing = Math.ceil(envelopes * 1.4) - arrivals.length;
    for (let i = 0; i < missing; i++)
      start(session.now - (missing > 100 ? flightUs * (1 - i / missing) : 0) + 1);
  }, 4);
  return () => window.clearInterval(timer);
}

async function send(session: Session): Promise<void> {
  const [alice, bob] = twoIslands.people;
  await session.send({
    kind: 'mua.send',
    host: alice!.host,
    user: alice!.address,
    to: bob!.address,
    subject: 'Hello',
    text: 'Hello Bob!\n',
  });
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

declare global {
  interface Window {
    measureMap: typeof measureMap;
  }
}

window.measureMap = measureMap;
