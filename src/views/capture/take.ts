/** take — the packets of a session as a capture file, and the keys of its TLS connections; fetched when asked for */
import type { VirtualTime } from '../../../workers/api.ts';

import { Capture, type CaptureScope } from '../../decode/capture.ts';
import type { Session } from '../../sim/session.svelte.ts';
import { saveFile } from '../../ui/save-file.ts';

/** What was taken. */
export interface Taken {
  file: string;
  packets: number;
  /** lines in the format of SSLKEYLOGFILE; '' = nothing was encrypted */
  keyLog: string;
  /** packets before this instant are no longer in memory; 0 = all are */
  since: VirtualTime;
}

const sliceEvents = 20_000; // between two looks at the page

/** Saves a pcapng file of what the page shows: of all that happened up to the cursor. */
export async function takeCapture(session: Session, scope: CaptureScope): Promise<Taken> {
  const { store, at } = session;
  const capture = new Capture(session.world, session.names, scope);
  const end = store.countUntil(at);
  let since = 0;
  for (let i = 0; i < end; i++) {
    if (i % sliceEvents === sliceEvents - 1) await new Promise((resolve) => setTimeout(resolve));
    const kind = store.kind(i);
    if (kind === null || store.isThin(i)) since = store.time(i + 1);
    else if (capture.kinds.has(kind)) capture.add(store.event(i)!);
  }
  const file = `${nameOf(session, scope)}.pcapng`;
  saveFile(file, capture.blocks(), 'application/x-pcapng');
  return { file, packets: capture.packetCount, keyLog: capture.keyLog, since };
}

/** Saves the keys beside the capture, for programs that do not look for them in it. */
export function saveKeyLog({ file, keyLog }: Taken): void {
  saveFile(file.replace(/pcapng$/, 'keys.txt'), [keyLog], 'text/plain');
}

function nameOf({ world, names }: Session, scope: CaptureScope): string {
  const ends =
    scope.of === 'world' ? [] : scope.of === 'host' ? [scope.host] : [scope.between[0], scope.between[1]];
  return ['postroom', world.name, ...ends.map((host) => names.short(host))].join('-');
}
