/**
 * mail-flow — tokens that cleanup(8) takes for each message and qmgr(8) gives back: the brake on mail that
 * comes in faster than it goes out
 *
 * SEE ALSO  mail_flow(3), postconf(5) "in_flow_delay"
 */
export class MailFlow {
  readonly #tokensMax: number;
  #tokens: number;

  /** @param tokensMax $default_process_limit */
  constructor(tokensMax: number) {
    this.#tokensMax = tokensMax;
    this.#tokens = tokensMax;
  }

  /** @returns false when there is none */
  take(): boolean {
    if (this.#tokens === 0) return false;
    this.#tokens--;
    return true;
  }

  /** After a turn of qmgr: one message came out of incoming, or nothing is left in there. */
  refill({ fed, isEmpty }: { fed: boolean; isEmpty: boolean }): void {
    if (this.#tokens >= this.#tokensMax) return;
    if (fed) this.#tokens++;
    else if (isEmpty) this.#tokens = this.#tokensMax;
  }
}
