/**
 * quota — a mailbox that is full takes no more
 *
 * Imitates Dovecot's quota-status service as Postfix's policy service: asked at each recipient, with the SIZE
 * of MAIL when the client said it. A message that turns out too large for a mailbox is refused at the end of
 * DATA, where Dovecot would fail in the delivery behind it. How full a mailbox is, is what its file has.
 */
import type { Proc } from '../../os/os.ts';

import { number, text, type Values } from './conf.ts';
import { mailboxPath } from './mailbox.ts';
import type { Occasion, Personality, Talk, Verdict } from './talk.ts';

/** The personality. */
export class Quota implements Personality {
  readonly #values: Values;

  constructor(values: Values) {
    this.#values = values;
  }

  *judge(talk: Talk, { at, recipient }: Occasion): Proc<Verdict | null> {
    if (at === 'rcpt' && this.#isFull(talk, recipient, talk.declaredBytes)) return this.#refuse(recipient);
    if (at !== 'eod' || talk.content === null) return null;
    const { bytes } = talk.content;
    const full = talk.recipients.find((address) => this.#isFull(talk, address, bytes.length));
    return full === undefined ? null : this.#refuse(full);
  }

  #isFull({ os }: Talk, recipient: string, bytes: number): boolean {
    const used = os.files.state(mailboxPath(recipient))?.size ?? 0;
    return used + Math.max(1, bytes) > number(this.#values, 'mailbox');
  }

  #refuse(recipient: string): Verdict {
    const code = text(this.#values, 'when_full') === 'defer' ? '452 4.2.2' : '552 5.2.2';
    return { reply: `${code} <${recipient}>: Recipient address rejected: ${text(this.#values, 'text')}` };
  }
}
