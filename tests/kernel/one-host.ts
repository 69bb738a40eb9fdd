import { Partition } from '../../workers/kernel/partition.ts';

/** A partition of the one host one.example, which hears from nobody. */
export function oneHost(): Partition {
  return new Partition({
    hostNames: ['one.example'],
    runs: [0],
    seed: 1,
    keepTrace: false,
    code: { find: () => undefined, load: () => Promise.resolve() },
    onArrival: () => undefined,
  });
}
