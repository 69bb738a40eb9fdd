/** words — what is said about a capture */
import type { VirtualTime } from '../../../workers/api.ts';

import type { CaptureScope } from '../../decode/capture.ts';
import type { Clock } from '../../decode/clock.ts';

import type { Taken } from './take.ts';

export const captureWords = {
  title: 'Capture',
  download: 'Download capture',
  keys: 'Save its TLS keys',
  failed: 'The capture could not be taken. Load the page again and retry.',
};

/** What the button gives, before it is pressed. */
export function captureHint(scope: CaptureScope, past: boolean): string {
  const until = past ? 'up to the moment that is shown' : 'so far';
  const what = {
    world: 'Every packet on every cable',
    host: 'Every packet this machine sent or got',
    link: 'Every packet on this cable',
  }[scope.of];
  return `${what} ${until}, as a file for Wireshark or tshark.`;
}

/** What was saved. */
export function takenWords({ file, packets, keyLog, since }: Taken, clock: Clock): string {
  const count = packets === 1 ? '1 packet' : `${packets.toLocaleString('en')} packets`;
  const keys =
    keyLog === '' ? '' : ' It holds the keys of its TLS connections: whoever gets it can read them.';
  return `${count} in ${file}.${beginning(since, clock)}${keys}`;
}

function beginning(since: VirtualTime, clock: Clock): string {
  return since === 0 ? '' : ` It begins at ${clock.time(since)}: what was before is no longer in memory.`;
}
