/** keys — the one table of keyboard shortcuts: the help shows it, the workspace obeys it */
export type Command =
  | 'toggle'
  | 'step'
  | 'step-back'
  | 'step-any'
  | 'step-any-back'
  | 'next-interesting'
  | 'previous-interesting'
  | 'slower'
  | 'faster'
  | 'start'
  | 'live'
  | 'focus'
  | 'events'
  | 'log'
  | 'terminal'
  | 'left'
  | 'inspector'
  | 'why'
  | 'describe'
  | 'next-mail'
  | 'previous-mail'
  | 'help'
  | 'back'
  | `view-${1 | 2 | 3 | 4 | 5 | 6 | 7}`;

export interface KeyRow {
  /** as shown: "Shift+→" */
  keys: string;
  says: string;
  command: Command;
  /** KeyboardEvent.key, and the modifiers it needs */
  key: string;
  shift?: boolean;
  alt?: boolean;
}

const views = ['Map', 'Ladder', 'Queues', 'Message', 'DNS', 'Directory', 'MTA'] as const;

export const keyTable: readonly KeyRow[] = [
  { keys: 'Space', key: ' ', command: 'toggle', says: 'Pause, play' },
  {
    keys: '→',
    key: 'ArrowRight',
    command: 'step',
    says: 'Next event here (of the selected host), or anywhere',
  },
  { keys: '←', key: 'ArrowLeft', command: 'step-back', says: 'Back to the last event here' },
  { keys: 'Shift+→', key: 'ArrowRight', shift: true, command: 'step-any', says: 'Next event anywhere' },
  { keys: 'Shift+←', key: 'ArrowLeft', shift: true, command: 'step-any-back', says: 'Last event anywhere' },
  {
    keys: 'Alt+→',
    key: 'ArrowRight',
    alt: true,
    command: 'next-interesting',
    says: 'Next interesting event',
  },
  {
    keys: 'Alt+←',
    key: 'ArrowLeft',
    alt: true,
    command: 'previous-interesting',
    says: 'Last interesting event',
  },
  { keys: '[', key: '[', command: 'slower', says: 'Slower' },
  { keys: ']', key: ']', command: 'faster', says: 'Faster' },
  { keys: 'Home', key: 'Home', command: 'start', says: 'To the start of the run' },
  { keys: 'End', key: 'End', command: 'live', says: 'Back to live' },
  { keys: 'g', key: 'g', command: 'live', says: 'Back to live' },
  ...views.map((name, i): KeyRow => {
    const digit = (i + 1) as 1 | 2 | 3 | 4 | 5 | 6 | 7;
    return { keys: String(digit), key: String(digit), command: `view-${digit}`, says: `Show ${name}` };
  }),
  { keys: 's', key: 's', command: 'left', says: 'To the left pane: story or mail' },
  { keys: 'e', key: 'e', command: 'events', says: 'To the events' },
  { keys: 'l', key: 'l', command: 'log', says: 'To the log' },
  { keys: 't', key: 't', command: 'terminal', says: 'To the terminals; Esc leaves them' },
  { keys: 'i', key: 'i', command: 'inspector', says: 'To the inspector' },
  { keys: 'w', key: 'w', command: 'why', says: 'Why did the selected thing happen?' },
  { keys: 'n', key: 'n', command: 'next-mail', says: 'Select the next mail' },
  { keys: 'Shift+n', key: 'n', shift: true, command: 'previous-mail', says: 'Select the mail before' },
  { keys: 'd', key: 'd', command: 'describe', says: 'Describe the stage now, in words' },
  { keys: 'z', key: 'z', command: 'focus', says: 'Fill the window with the pane in use, and back' },
  { keys: 'Esc', key: 'Escape', command: 'back', says: 'Close, let go, return to live' },
  { keys: '?', key: '?', command: 'help', says: 'This table' },
];

/** Where the keyboard is: in a field keys write, on a button the space bar presses it. */
export type Place = 'page' | 'button' | 'field';

type Press = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'>;

/** What a key press asks for; null = nothing of ours. */
export function commandOf(press: Press, place: Place, singleKeys: boolean): Command | null {
  const { key: pressed, altKey, shiftKey } = press;
  if (press.ctrlKey || press.metaKey) return null;
  if (pressed !== 'Escape') {
    if (place === 'field' || (!singleKeys && !altKey)) return null;
    if (pressed === ' ' && place === 'button') return null;
  }
  const key = pressed.length === 1 ? pressed.toLowerCase() : pressed;
  const shifted = shiftKey && (key.length > 1 || /[a-z]/.test(key)); // "?" needs Shift on many keyboards
  const row = keyTable.find(
    (one) => one.key === key && (one.shift ?? false) === shifted && (one.alt ?? false) === altKey,
  );
  return row?.command ?? null;
}

/** Whether a single key is free for the page: not typed into a field, and no dialog lies open over it. */
export function isForThePage(event: KeyboardEvent, singleKeys: boolean): boolean {
  if (!singleKeys || event.ctrlKey || event.metaKey || event.altKey) return false;
  return placeOf(event.target) !== 'field' && document.querySelector('dialog[open]') === null;
}

/** Where an event of the keyboard went to. */
export function placeOf(target: EventTarget | null): Place {
  if (!(target instanceof Element)) return 'page';
  if (target.closest('input, textarea, select, [contenteditable], dialog') !== null) return 'field';
  return target.closest('button, a, summary, [role="button"], [role="tab"]') === null ? 'page' : 'button';
}
