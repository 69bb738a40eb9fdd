// Asking why: the chain of causes leads to what a person did.
import { expect, test } from 'vitest';

import type { InputCommand, LinkFault } from '../../workers/input.ts';
import type { TraceEvent } from '../../workers/trace/event.ts';
import { playWorld } from '../views/played.ts';

const send: InputCommand = {
  kind: 'mua.send',
  host: 'ws-alice.far.example',
  user: 'alice@far.example',
  to: 'bob@acme.example',
  subject: 'Why?',
  text: 'Why?',
};

/** From the deferral back to its first cause, when the cable has `fault` before Alice sends. */
async function whyDeferred(fault: LinkFault): Promise<TraceEvent[]> {
  const broken: InputCommand = { kind: 'link.set', between: ['mx.far.example', 'mta1.acme.example'], fault };
  const { events, context } = await playWorld('two-islands', 100_000_000, [
    { at: 1_000_000, command: broken },
    { at: 2_000_000, command: send },
  ]);
  const chain: TraceEvent[] = [];
  let event = events.find((e) => e.kind === 'queue.file-moved' && e.to === 'deferred') ?? null;
  for (; event !== null; event = context.byId(event.cause)) chain.push(event);
  return chain;
}

for (const fault of ['down', 'blackhole', 'refuse'] as const)
  test(`a mail waits because the cable is ${fault}, and because somebody did that`, async () => {
    const chain = await whyDeferred(fault);
    expect(chain.map(({ kind }) => kind)).toContain('link.changed');
    const first = chain.at(-1)!;
    expect(first.kind === 'input.accepted' && first.text).toContain(`"fault":"${fault}"`);
  });
