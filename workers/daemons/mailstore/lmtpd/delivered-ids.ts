/**
 * delivered-ids — the Message-IDs that Zimbra delivered lately, the oldest forgotten first
 *
 * The order is in a ring beside the set: the first value of a set whose first values are always taken away
 * costs more the larger the set is.
 *
 * SEE ALSO  zimbraMessageIdDedupeCacheSize
 */

/** A set with room for so many. */
export class DeliveredIds {
  readonly #sizeMax: number;
  readonly #ids = new Set<string>();
  readonly #order: string[] = [];
  #next = 0;

  /** @param sizeMax at least 1 */
  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** @returns whether it was there already */
  remember(id: string): boolean {
    if (this.#ids.has(id)) return true;
    const oldest = this.#order[this.#next];
    if (oldest !== undefined) this.#ids.delete(oldest);
    this.#ids.add(id);
    this.#order[this.#next] = id;
    this.#next = (this.#next + 1) % this.#sizeMax;
    return false;
  }
}
