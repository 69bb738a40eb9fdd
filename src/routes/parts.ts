/** parts — the views of the first screen, and loaders of those that come when they are asked for */
import type { Component } from 'svelte';

import JourneyGraph from '../views/journey/JourneyGraph.svelte';
import Ladder from '../views/ladder/Ladder.svelte';
import WorldMap from '../views/map/Map.svelte';

export { JourneyGraph, Ladder, WorldMap };

type Part = Component<Record<string, unknown>>;

const loaders = {
  'queues/Queues': () => import('../views/queues/Queues.svelte'),
  'message/Message': () => import('../views/message/Message.svelte'),
  'dns/DnsWalk': () => import('../views/dns/DnsWalk.svelte'),
  'directory/Directory': () => import('../views/directory/Directory.svelte'),
  'panel/Panel': () => import('../views/panel/Panel.svelte'),
  'mailbox/MailClient': () => import('../views/mailbox/MailClient.svelte'),
  'events/Events': () => import('../views/events/Events.svelte'),
  'log/Log': () => import('../views/log/Log.svelte'),
  terminals: () => import('../terminal/Terminals.svelte'),
  'inspector/Inspector': () => import('../views/inspector/Inspector.svelte'),
};

/** A view by its place under src/views, or the terminals. */
export async function loadPart(path: keyof typeof loaders): Promise<Part> {
  return (await loaders[path]()).default as unknown as Part;
}
