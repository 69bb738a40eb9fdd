/** desk-layout — the panes of a lesson: what there is on the stage and below it, wide and narrow */
import type { Selection } from '../sim/selection.ts';

export type StageView = 'map' | 'ladder' | 'queues' | 'message' | 'dns' | 'directory' | 'why';
export type LowView = 'mail' | 'events' | 'log';
export type Pane = 'story' | 'stage' | 'mail' | 'events';

export interface StageTab {
  id: StageView;
  name: string;
  key: string;
  /** under views/, without .svelte */
  part: string;
}

export const stageTabs: readonly StageTab[] = [
  { id: 'map', name: 'Map', key: '1', part: 'map/Map' },
  { id: 'ladder', name: 'Ladder', key: '2', part: 'ladder/Ladder' },
  { id: 'queues', name: 'Queues', key: '3', part: 'queues/Queues' },
  { id: 'message', name: 'Message', key: '4', part: 'message/Message' },
  { id: 'dns', name: 'DNS', key: '5', part: 'dns/DnsWalk' },
  { id: 'directory', name: 'Directory', key: '6', part: 'directory/Directory' },
  { id: 'why', name: 'Why', key: '7', part: 'why/Why' },
];

export const lowTabs: readonly { id: LowView; name: string; part: string }[] = [
  { id: 'mail', name: 'Mail', part: 'mailbox/MailClient' },
  { id: 'events', name: 'Events', part: 'events/Events' },
  { id: 'log', name: 'Log', part: 'log/Log' },
];

export const panes: readonly { id: Pane; name: string }[] = [
  { id: 'story', name: 'Story' },
  { id: 'stage', name: 'Stage' },
  { id: 'mail', name: 'Mail' },
  { id: 'events', name: 'Events' },
];

/** The view that shows what a learner asked to see. */
export function viewFor(selection: Selection): StageView {
  switch (selection.kind) {
    case 'event':
      return 'why';
    case 'conversation':
      return 'ladder';
    case 'mail':
      return 'message';
    case 'host':
    case 'link':
      return 'map';
  }
}
