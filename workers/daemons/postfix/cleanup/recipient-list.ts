/**
 * recipient-list — the recipients of a message after expansion: duplicates dropped, expansions noted for who
 * asked
 *
 * STANDARDS  RFC 3461 §5.2.7.3 (NOTIFY=SUCCESS of an alias: an "expanded" report; its members get the rest)
 * SEE ALSO   cleanup_out_recipient(3)
 */
import type { Files } from '../../../os/os.ts';

import { appendBounceLog, bounceLogs } from '../bounce/bounce-log.ts';
import { notifyOfMembers } from '../delivery/record.ts';
import type { RequestRecipient } from '../delivery/request.ts';

import type { MailRecipient } from './mail-stream.ts';

type Recipient = Omit<RequestRecipient, 'index'>;

export class RecipientList {
  readonly all: Recipient[] = [];
  readonly #expanded: Recipient[] = [];
  #seen: Set<string> | null = null;

  /** @param mapping from = the address before virtual_alias_maps, to = what they made of it */
  add(recipient: MailRecipient, { from, to }: { from: string; to: readonly string[] }): void {
    const originalAddress = recipient.originalAddress || recipient.address;
    const dsnOriginalRecipient = recipient.dsnOriginalRecipient || `rfc822;${originalAddress}`;
    let { notify } = recipient;
    if (notify.includes('SUCCESS') && (to.length > 1 || to[0] !== from)) {
      this.#expanded.push({ address: from, originalAddress, dsnOriginalRecipient, notify });
      notify = notifyOfMembers(notify);
    }
    for (let i = 0; i < to.length; i++)
      this.#put({ address: to[i]!, originalAddress, dsnOriginalRecipient, notify });
  }

  /** Writes the trace log from which bounce(8) makes the report on expansions. */
  trace(files: Files, spool: string, queueId: string): void {
    for (const { address: recipient, originalAddress: originalRecipient, ...asked } of this.#expanded)
      appendBounceLog(bounceLogs(files, spool, 'trace'), queueId, {
        ...asked,
        recipient,
        originalRecipient,
        status: '2.0.0',
        action: 'expanded',
        reason: 'alias expanded',
        diagnostic: '',
        remoteMta: '',
        offset: 0,
      });
  }

  #put(recipient: Recipient): void {
    const { all } = this;
    if (all.length > 0) {
      this.#seen ??= new Set(all.map(identity));
      const key = identity(recipient);
      if (this.#seen.has(key)) return;
      this.#seen.add(key);
    }
    all.push(recipient);
  }
}

// been_here(3): what differs in case alone is the same.
function identity({ address, originalAddress, dsnOriginalRecipient, notify }: Recipient): string {
  return `${address}\n${originalAddress}\n${dsnOriginalRecipient}\n${notify}`.toLowerCase();
}

/** A recipient that no client named. */
export function plainRecipient(address: string, notify = ''): MailRecipient {
  return { address, originalAddress: address, dsnOriginalRecipient: '', notify };
}
