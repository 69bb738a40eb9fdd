import { expect, test } from 'vitest';

import { ComingFold, nextTry } from '../../src/time/coming.ts';
import type { InputCommand } from '../../workers/api.ts';
import { playWorld } from '../views/played.ts';

const second = 1_000_000;
const cut: InputCommand = {
  kind: 'link.set',
  between: ['mx.far.example', 'mta1.acme.example'],
  fault: 'down',
};
const send: InputCommand = {
  kind: 'mua.send',
  host: 'ws-alice.far.example',
  user: 'alice@far.example',
  to: 'bob@acme.example',
  subject: 'x',
  text: 'x',
};

test('each next try foretold for a deferred letter is when the queue manager tries it', async () => {
  const played = await playWorld('two-islands', 3 * 3600 * second, [
    { at: second, command: cut },
    { at: 2 * second, command: send },
  ]);
  const coming = played.fold(ComingFold);
  const tries = played.events.filter((event) => event.kind === 'delivery.attempted').map((event) => event.at);
  expect(tries.length).toBeGreaterThan(4);
  for (const [i, at] of tries.slice(0, -1).entries()) {
    const [wait] = coming.waitingAt(at + second);
    const foretold = nextTry(wait!, at + second)!;
    expect(Math.abs(tries[i + 1]! - foretold), `try ${i + 2}`).toBeLessThan(second);
    expect(coming.next(at + second)).toMatchObject({ kind: 'retry', at: foretold, hostIndex: 1 });
  }
});

test('with no mail waiting nothing comes by itself; after a crash a waiting mail has no next try', async () => {
  const played = await playWorld('two-islands', 20 * second, [
    { at: second, command: cut },
    { at: 2 * second, command: send },
    { at: 10 * second, command: { kind: 'host.crash', host: 'mx.far.example' } },
  ]);
  const coming = played.fold(ComingFold);
  expect(coming.next(second)).toBeNull();
  expect(coming.next(5 * second)).toMatchObject({ kind: 'retry', hostIndex: 1 });
  expect(coming.next(15 * second)).toBeNull();
  expect(nextTry(coming.waits[0]!, 5 * second)).not.toBeNull();
  expect(nextTry(coming.waits[0]!, 15 * second)).toBeNull();
});
