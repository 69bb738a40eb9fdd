// Plays a world's demo in real Web Workers and tells its hash: window.hashOf(world, placement, untilUs). Driven by placements.test.ts.
import { transfer, wrap } from 'comlink';

import type { Placement, SimulationApi, TraceMessage, World } from '../../workers/api.ts';
import { engineVersion } from '../../workers/input.ts';

async function hashOf(
  world: World,
  placement: Placement,
  until: number,
): Promise<{ hash: string; wallMs: number }> {
  const worker = new Worker(new URL('../../workers/simulation.worker.ts', import.meta.url), {
    type: 'module',
    name: 'simulation',
  });
  const api = wrap<SimulationApi>(worker);
  const { port1, port2 } = new MessageChannel();

  await api.connectTrace(transfer(port2, [port2]));
  const started = performance.now();
  const done = new Promise<void>((resolve, reject) => {
    port1.onmessage = (event: MessageEvent<TraceMessage>) => {
      if (event.data.type === 'failed') reject(new Error(event.data.text));
      if (event.data.type === 'clock' && event.data.now >= until) resolve();
    };
  });
  await api.load({ run: { version: engineVersion, world, seed: 1, inputs: world.demo }, placement });
  await api.play({ pace: { mode: 'fast' }, until });
  await done;
  const hash = await api.hash();
  worker.terminate();
  return { hash, wallMs: performance.now() - started };
}

declare global {
  interface Window {
    hashOf: typeof hashOf;
  }
}

window.hashOf = hashOf;
