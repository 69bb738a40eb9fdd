/** world-words — a world in one line: whose machines, and how many */
import type { World } from '../../../workers/api.ts';

export function worldWords(world: World): string {
  const sites = [...new Set(world.hosts.map((host) => host.organisation))].filter((name) => name !== '');
  const machines = world.hosts.length === 1 ? 'one machine' : `${world.hosts.length} machines`;
  const people = world.people.map((person) => person.name).join(' and ');
  return sites.length > 0 ? `${sites.join(' and ')}, ${machines}` : `${people} on ${machines}`;
}
