/** words — what the terminal says in our own words; all of it stands here */

export const words = {
  title: 'Terminal',
  terminals: 'Terminals',
  open: 'Open a terminal',
  openOn: 'Open a terminal on',
  another: 'Another terminal',
  none: 'Every host has a terminal. A shell, the text tools and the commands of its mail system are there.',
  isDown: (host: string) => `${host} is down: nothing runs on it.`,
  tooMany: (host: string) => `${host} has 16 terminals open, and no more.`,
  ended: (host: string) => `The shell on ${host} has ended.`,
  lost: (host: string) => `${host} went down, and its terminal with it.`,
  openAgain: 'Open again',
  close: (name: string) => `Close the terminal ${name}`,
  closeName: 'Close',
  past: (time: string) => `This is the terminal as it was at ${time}. What you type runs now.`,
  live: 'Return to live',
  stands: 'The clock stands still, and the command waits for it.',
  play: 'Let time go on',
  loading: 'Loading…',
  failed: 'The terminal could not be loaded. Are you still online? Load the page again.',
  refused: (why: string) => `Not done: ${why}`,
  input: (host: string) => `Terminal of ${host}`,
  howToLeave:
    'Esc or Shift and Tab leave the terminal. Tab completes. Plain text for screen readers: the button Plain text.',
  leaveHint: 'Esc leaves',
  find: 'Find',
  findLabel: 'Find in the terminal',
  findNext: 'Next',
  findBefore: 'Before',
  found: (at: number, count: number) =>
    count === 0 ? 'not found' : at < 0 ? `${count} found` : `${at + 1} of ${count}`,
  plain: 'Plain text',
  keys: 'Keys',
  command: (host: string) => `Command for ${host}`,
  answer: (host: string) => `Line for the command that runs on ${host}`,
  transcript: (host: string) => `What the terminal of ${host} shows`,
  run: 'Run',
  interrupt: 'Ctrl-C',
  end: 'Ctrl-D',
  complete: 'Complete',
  summarise: 'Summarise the last output',
  choices: 'What it may become',
  choose: (count: number) => `${count} ways to go on`,
  moreChoices: (count: number) => `and ${count} more`,
  edited: (path: string, host: string) => `${path} of ${host}`,
  save: 'Save',
  back: 'Back to the terminal',
  saved: (path: string, next: string) => `${path} is saved.${next}`,
  editorLabel: (path: string, host: string) => `${path} of ${host}, editor`,
  searching: (query: string) => `(search back: ${query}) `,
  rewind: 'Undo by rewinding',
  rewindSays: (command: string) => `${command} cannot be undone by another command.`,
  dismiss: 'Leave it',
} as const;

/** What a person who does not see it hears of the last command. */
export function summary(command: string, status: number | null, lines: readonly string[]): string {
  const count = lines.length === 1 ? '1 line' : `${lines.length} lines`;
  const ended =
    status === null ? 'still runs' : status === 0 ? 'ended well' : `ended with exit code ${status}`;
  if (lines.length === 0) return `${command} ${ended}; it printed nothing.`;
  const ends = lines.length > 1 ? ` First: ${lines[0]!}. Last: ${lines.at(-1)!}.` : ` It says: ${lines[0]!}.`;
  return `${command} ${ended}; it printed ${count}.${ends}`;
}

/** What makes the host read a file that was saved. */
export function afterSaving(path: string): string {
  if (path === '/etc/postfix/master.cf' || path === '/etc/postfix/main.cf')
    return ' Postfix reads it after: postfix reload';
  if (path === '/etc/aliases') return ' It counts after: newaliases';
  if (path.startsWith('/etc/postfix/')) return ` If it is a hash: table, it counts after: postmap ${path}`;
  return '';
}
