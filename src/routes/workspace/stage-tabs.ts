/** stage-tabs — the views of the stage and the keys that choose them */
export const stageTabs = [
  { id: 'map', name: 'Map', key: '1' },
  { id: 'ladder', name: 'Ladder', key: '2' },
  { id: 'queues', name: 'Queues', key: '3' },
  { id: 'message', name: 'Message', key: '4' },
  { id: 'dns', name: 'DNS', key: '5' },
  { id: 'directory', name: 'Directory', key: '6' },
  { id: 'mta', name: 'MTA', key: '7' },
] as const;

export type StageView = (typeof stageTabs)[number]['id'];

/** The panes of a workspace. */
export type Pane = 'left' | 'stage' | 'inspector' | 'low';

/** What a phone shows at a time: the terminals are a pane of their own there. */
export type PhoneTab = Pane | 'terminal';
