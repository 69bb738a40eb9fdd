/** parts — the views of the first screen, and loaders of those that come when they are asked for */
import type { Component } from 'svelte';

type Part = Component<Record<string, unknown>>;
const eager = import.meta.glob<{ default: Part }>(
  ['../views/map/Map.svelte', '../views/ladder/Ladder.svelte', '../views/journey/JourneyGraph.svelte'],
  { eager: true },
);
const lazy = import.meta.glob<{ default: Part }>([
  '../views/queues/Queues.svelte',
  '../views/message/Message.svelte',
  '../views/dns/DnsWalk.svelte',
  '../views/directory/Directory.svelte',
  '../views/mailbox/MailClient.svelte',
  '../views/events/Events.svelte',
  '../views/log/Log.svelte',
  '../views/why/Why.svelte',
  '../views/inspector/Inspector.svelte',
]);

export const WorldMap = eager['../views/map/Map.svelte']?.default ?? null;
export const Ladder = eager['../views/ladder/Ladder.svelte']?.default ?? null;
export const JourneyGraph = (eager['../views/journey/JourneyGraph.svelte']?.default ?? null) as Component<{
  height: number;
}> | null;

export function loadPart(path: string): Promise<Part | null> {
  return lazy[`../views/${path}.svelte`]?.().then((module) => module.default) ?? Promise.resolve(null);
}
