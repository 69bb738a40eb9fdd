/**
 * threads — which messages a message answers, of those that the user agent has seen
 *
 * SIMPLIFIED: kept in memory, the latest thousand; a real user agent keeps it with its copy of the mailbox.
 */

const messagesMax = 1000;

/** References by Message-ID. */
export class Threads {
  readonly #references = new Map<string, readonly string[]>();

  /** Oldest first; [] when nothing is known. */
  referencesOf(messageId: string): readonly string[] {
    return this.#references.get(messageId) ?? [];
  }

  remember(messageId: string, references: readonly string[]): void {
    this.#references.delete(messageId);
    this.#references.set(messageId, references);
    if (this.#references.size <= messagesMax) return;
    const oldest = this.#references.keys().next();
    if (oldest.done !== true) this.#references.delete(oldest.value);
  }
}
