/**
 * idle — IDLE: what changes is told at once, until the client says DONE
 *
 * STANDARDS  RFC 2177
 */
import * as ascii from '../../../bytes/ascii.ts';

import { MINUTE, NEVER, type Os, type Proc } from '../../../os/os.ts';

import { syncMailbox } from './selected.ts';
import { bad, flush, ok, put, type Completion, type ImapSession } from './state.ts';

const idleUs = 30 * MINUTE;

/** Waits for DONE; a proc of its own tells the changes. */
export function* idle(os: Os, session: ImapSession): Proc<Completion> {
  put(session, '+ idling');
  if (!(yield* flush(os, session))) return ok('Idle completed');
  const changes = os.channel<true>();
  const wake = (): void => changes.put(true);
  const mailbox = session.selected?.mailbox;
  mailbox?.watchers.add(wake);
  const teller = os.spawn('imap idle', (child) =>
    tell(child, session, () => changes.take({ deadline: NEVER })),
  );
  try {
    const line = yield* session.conn.readLine({ bytesMax: 8192, deadline: os.now() + idleUs });
    if (typeof line === 'string') return ok('Idle completed');
    return ascii.decode(line.bytes).toUpperCase() === 'DONE' ? ok('Idle completed') : bad('Expected DONE.');
  } finally {
    teller.kill();
    mailbox?.watchers.delete(wake);
  }
}

function* tell(os: Os, session: ImapSession, next: () => Proc<true | 'timeout'>): Proc<void> {
  for (;;) {
    yield* next();
    if (session.selected === null) continue;
    syncMailbox(os, session, session.selected, { expunges: true });
    if (!(yield* flush(os, session))) return;
  }
}
