// A terminal on a host of two-islands, with all its servers running, and a link between any two of them.
import { worldNamed } from '../../../lessons/worlds/index.ts';
import { SECOND } from '../../../workers/os/os.ts';

import { TestWorld } from '../../simulate.ts';
import { TypedTerminal } from '../shell/typed.ts';

export function islandTerminal(
  host = 'ws-alice.far.example',
  files: Record<string, string> = {},
): TypedTerminal {
  const { hosts, startsAt } = worldNamed('two-islands')!;
  const world = new TestWorld(
    hosts.map(({ name, addresses, kind, files: its }) => ({
      name,
      address: addresses[0]!,
      kind,
      files: name === host ? { ...its, ...files } : its,
    })),
    { startsAt },
  );
  world.run(SECOND);
  return new TypedTerminal(world, host);
}
