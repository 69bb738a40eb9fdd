/**
 * log — lines of Zimbra's mailbox.log
 *
 * SIMPLIFIED: in /var/log/mail.log; Zimbra has a file of its own, with stamps in milliseconds.
 */
import type { Os } from '../../../os/os.ts';

import type { LmtpSession } from './session.ts';

/** @param text with its category in front: "lmtp - …" */
export function logZimbra(os: Os, session: LmtpSession, text: string): void {
  os.log('mailboxd', `INFO  [LmtpServer-${os.pid}] [ip=${session.conn.remote.address};] ${text}`);
}
