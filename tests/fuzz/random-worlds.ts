// Random runs by seed: links fail, hosts crash in the middle of DATA and at each place of a delivery; mail is conserved, a
// queue id is used once, log lines are whole, and the hash is the same with the hosts apart or together.
import { twoIslands } from '../../lessons/worlds/two-islands/world.ts';
import { engineVersion, type Input, type Run } from '../../workers/input.ts';
import { SECOND } from '../../workers/os/os.ts';
import type { TraceEvent } from '../../workers/trace/event.ts';

import { Dice } from '../dice.ts';
import { AcknowledgedMail } from '../worlds/acknowledged-mail.ts';
import { playToEnd, randomInputs } from '../worlds/random-run.ts';

/** What was seen in a run. */
export interface RandomRun {
  hash: string;
  acknowledged: number;
  crashes: number;
}

/**
 * Plays one seed; every fourth a second time, with the hosts apart.
 * @throws Error what does not hold
 */
export async function playRandomWorld(seed: number): Promise<RandomRun> {
  const rough = randomInputs(seed);
  const first = await playToEnd(runOf(seed, rough), 'one');
  const inputs = withAimedCrashes(seed, rough, first.events);
  const run = runOf(seed, inputs);
  const { events, hash, partitions } = await playToEnd(run, 'one');
  const exists = (host: number, path: string): boolean =>
    partitions.some(({ booted }) => booted.machines[host]?.disk.exists(path) === true);
  const mail = new AcknowledgedMail(events);
  mail.check(exists);
  checkLog(events);
  if (seed % 4 === 0)
    for (const placement of ['one', 'site', 'host'] as const) {
      const again = await playToEnd(run, placement);
      if (again.hash !== hash)
        throw new Error(`hash ${again.hash} with placement ${placement}, and ${hash} before`);
    }
  const crashes = events.filter(({ kind }) => kind === 'host.crashed').length;
  return { hash, acknowledged: mail.acknowledged.length, crashes };
}

function runOf(seed: number, inputs: Input[]): Run {
  return { version: engineVersion, world: twoIslands, seed, inputs };
}

/**
 * One more crash, microseconds around a step of a mail that the same run took without it: a queue file moved, an answer sent,
 * a message stored. fsync takes 200 µs: a file is written, and not yet safe.
 */
function withAimedCrashes(seed: number, inputs: readonly Input[], events: readonly TraceEvent[]): Input[] {
  const dice = new Dice(seed, 77);
  const steps = events.filter(
    (event) =>
      event.at < 150 * SECOND &&
      (event.kind === 'queue.file-moved' ||
        event.kind === 'mailbox.message-appended' ||
        (event.kind === 'tcp.segment-sent' &&
          [25, 587, 7025, 24, 10025].includes(event.fromPort) &&
          event.payload.length > 0)),
  );
  if (steps.length === 0) return [...inputs];
  const step = dice.pick(steps);
  const host = twoIslands.hosts[step.hostIndex]!.name;
  const at = Math.max(1, step.at - 250 + dice.below(500));
  const crash: Input = { at, command: { kind: 'host.crash', host } };
  const start: Input = { at: at + (1 + dice.below(20)) * SECOND, command: { kind: 'host.start', host } };
  return [...inputs, crash, start].sort((a, b) => a.at - b.at);
}

function checkLog(events: readonly TraceEvent[]): void {
  for (const event of events)
    if (
      event.kind === 'log.line-written' &&
      (!/^[\w./-]+$/.test(event.ident.replaceAll(/[() ]/g, '')) || /[\0-\x1f\x7f]/.test(event.text))
    )
      throw new Error(`log line ${JSON.stringify(`${event.ident}: ${event.text}`)}`);
}
