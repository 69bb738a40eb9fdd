// Random runs of two-islands: mail to good and bad addresses while cables are cut and hosts crash; then all is mended.
import { twoIslands } from '../../lessons/worlds/two-islands/world.ts';
import type { Placement } from '../../workers/api.ts';
import { roles } from '../../workers/hosts/all-roles.ts';
import type { Input, InputCommand, Run } from '../../workers/input.ts';
import { HOUR, SECOND } from '../../workers/os/os.ts';
import { LocalPartition } from '../../workers/partition-port.ts';
import { Simulation } from '../../workers/simulation.ts';
import { eventAt } from '../../workers/trace/batch.ts';
import type { TraceEvent } from '../../workers/trace/event.ts';

import { Dice } from '../dice.ts';

/**
 * Plays a run to the end.
 * @returns what happened, the hash, and the hosts as they are then
 * @throws Error when a program failed
 */
export async function playToEnd(
  run: Run,
  placement: Placement,
): Promise<{ events: TraceEvent[]; hash: string; partitions: LocalPartition[] }> {
  const partitions: LocalPartition[] = [];
  const simulation = await Simulation.boot({
    run,
    placement,
    keepTrace: true,
    start: (spec) => {
      partitions.push(new LocalPartition(spec, roles));
      return partitions.at(-1)!;
    },
  });
  const events: TraceEvent[] = [];
  const take = (): void => {
    const chunk = simulation.takeTrace();
    for (let i = 0; chunk !== null && i < chunk.count; i++) events.push(eventAt(chunk, i));
  };
  while (await simulation.window(endOfRandomRun)) take();
  take();
  const failures = simulation.failures.map(({ host, proc, stack }) => `${host} ${proc}: ${stack}`);
  if (failures.length > 0) throw new Error(failures.join('\n'));
  return { events, hash: await simulation.hash(), partitions };
}

const stormSeconds = 120;
const calmFrom = 150 * SECOND; // all is mended by then
/** Beyond the second retry of what was deferred. */
export const endOfRandomRun = calmFrom + 3 * HOUR;

const alice = { host: 'ws-alice.far.example', user: 'alice@far.example' };
const bob = { host: 'ws-bob.acme.example', user: 'bob@acme.example' };
const addresses = [
  'bob@acme.example',
  'sales@acme.example',
  'nobody@acme.example',
  'alice@far.example',
  'alice+shop@far.example',
  'nobody@far.example',
  'postmaster@far.example',
  'x@nowhere.example',
  'bob@acme.example, alice@far.example',
  'sales@acme.example, nobody@acme.example',
];
const servers = twoIslands.hosts.filter(({ kind }) => kind !== 'workstation').map(({ name }) => name);

// Where mail is, so that half of what happens happens to it.
const mtas = ['mx.far.example', 'mta1.acme.example'];
const mailLinks = twoIslands.links.filter(
  ({ between: [a, b] }) => (mtas.includes(a) && mtas.includes(b)) || [a, b].includes('mbox1.acme.example'),
);

/** What people do: a storm of mail and faults, then everything is mended. */
export function randomInputs(seed: number): Input[] {
  const dice = new Dice(seed);
  const inputs: Input[] = [];
  const at = (seconds: number, command: InputCommand): void =>
    void inputs.push({ at: Math.round(seconds * SECOND) + dice.below(1_000_000), command });
  for (let i = 0; i < 14; i++)
    at(1 + dice.below(stormSeconds), {
      kind: 'mua.send',
      ...dice.pick([alice, bob]),
      to: dice.pick(addresses),
      subject: `No. ${i}`,
      text: 'x'.repeat(dice.below(3000)) + '\n.\n..ü\n',
    });
  for (let i = 0; i < 4; i++) {
    const { between } = dice.pick(i < 2 ? mailLinks : twoIslands.links);
    const from = 1 + dice.below(stormSeconds);
    at(from, { kind: 'link.set', between, fault: dice.pick(['down', 'blackhole', 'refuse']) });
    at(from + 1 + dice.below(20), { kind: 'link.set', between, fault: '' });
  }
  for (let i = 0; i < 4; i++) {
    const link = dice.pick(twoIslands.links);
    const latencyUs = 200 + dice.below(300_000);
    at(1 + dice.below(stormSeconds), {
      kind: 'link.tune',
      between: link.between,
      latencyUs,
      lossPerMille: dice.below(200),
    });
  }
  for (let i = 0; i < 3; i++) {
    const host = dice.pick(i < 2 ? mtas : servers);
    const from = 1 + dice.below(stormSeconds);
    at(from, { kind: i < 2 ? 'host.crash' : dice.pick(['host.stop', 'host.crash']), host });
    at(from + 1 + dice.below(20), { kind: 'host.start', host });
  }
  for (let i = 0; i < 4; i++)
    at(1 + dice.below(stormSeconds), {
      kind: 'queue.flush',
      host: dice.pick(['mx.far.example', 'mta1.acme.example']),
    });
  for (const { between, latencyUs } of twoIslands.links)
    inputs.push({ at: calmFrom - 1, command: { kind: 'link.tune', between, latencyUs, lossPerMille: 0 } });
  return inputs.sort((a, b) => a.at - b.at);
}
