/** world-words — a world in one line: whose machines, and how many */
import type { World } from '../../../workers/api.ts';

/** Why one would choose a world that is built in. */
export const worldReasons: Readonly<Record<string, string>> = {
  postcard: 'The smallest one: mail within one machine, nothing to get lost in.',
  'hostile-internet':
    'One mail server among others that greylist, limit, stall, refuse or say nothing: watch it try again.',
  'two-islands':
    'Two mail systems and the DNS between them: queues, filters, a directory, and cables to cut.',
};

/** Whose machines, and how many. */
export function worldWords(world: World): string {
  const sites = [...new Set(world.hosts.map((host) => host.organisation))].filter((name) => name !== '');
  const machines = world.hosts.length === 1 ? 'one machine' : `${world.hosts.length} machines`;
  const people = world.people.map((person) => person.name).join(' and ');
  return sites.length > 0 ? `${sites.join(' and ')}, ${machines}` : `${people} on ${machines}`;
}
