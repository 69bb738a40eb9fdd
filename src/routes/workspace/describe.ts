/** describe — the stage in words: hosts, cables, queues, and the mails that wait */
import type { Session } from '../../sim/session.svelte.ts';
import { ComingFold, nextTry } from '../../time/coming.ts';
import { StateFold } from '../../views/inspector/fold.ts';

/** The stage as it is shown, one sentence per fact. */
export function describe(session: Session): string[] {
  const { at, names, world, clock } = session;
  const state = session.read(StateFold);
  const coming = session.read(ComingFold);
  const faultOf = ([a, b]: readonly [string, string]) =>
    state.link(names.indexOf(a), names.indexOf(b), at).fault;
  const short = (name: string) => names.short(names.indexOf(name));

  const mode = session.isPast
    ? 'in the past'
    : session.playing
      ? 'and the clock runs'
      : 'and the clock is stopped';
  const down = world.hosts.filter((_, i) => (state.host(i, at)?.state ?? 'up') !== 'up');
  const cut = world.links.filter((link) => faultOf(link.between) !== '');
  const queues = world.hosts.flatMap((_, i) => {
    const full = [...state.queueCounts(i, at)].filter(([, count]) => count > 0);
    return full.length === 0
      ? []
      : [`${names.short(i)}: ${full.map(([queue, n]) => `${n} in ${queue}`).join(', ')}.`];
  });
  return [
    `It is ${clock.time(at)}, ${mode}.`,
    down.length === 0
      ? `All ${world.hosts.length} hosts are up.`
      : `Down: ${down.map((host) => short(host.name)).join(', ')}. The other hosts are up.`,
    ...cut.map(
      ({ between }) => `The cable ${between.map(short).join(' – ')} is ${faultWords(faultOf(between))}.`,
    ),
    ...(cut.length === 0 && world.links.length > 0 ? ['All cables are whole.'] : []),
    ...(queues.length === 0 ? ['All queues are empty.'] : queues),
    ...coming.waitingAt(at).map((wait) => {
      const next = nextTry(wait, at);
      const until = next === null ? '' : ` until ${clock.time(next)}`;
      return `${wait.queueId} waits on ${names.short(wait.hostIndex)}${until}: ${wait.reason}`;
    }),
  ];
}

/** What a cable with this fault does. */
export function faultWords(fault: string): string {
  switch (fault) {
    case 'down':
      return 'cut';
    case 'blackhole':
      return 'swallowing everything';
    case 'refuse':
      return 'refusing connections';
    default:
      return 'whole';
  }
}
