/**
 * frames — when what came from the simulation is shown: once a frame, however many messages it came in
 *
 * While time is skipped, ten times a second: what is not spent on drawing is left to the simulation.
 */

const skipFrameMs = 100;

export class Frames {
  readonly #show: () => void;
  #frame = 0;
  #timer = 0;
  #skips = 0;
  /** when it was shown last, or a skip began */
  #shownAt = 0;

  constructor(show: () => void) {
    this.#show = show;
  }

  /** Shows what came, soon. */
  soon(): void {
    if (document.hidden) return this.now();
    if (this.#frame !== 0 || this.#timer !== 0) return;
    const wait = this.#skips === 0 ? 0 : this.#shownAt + skipFrameMs - performance.now();
    if (wait <= 0) this.#request();
    else this.#timer = window.setTimeout(() => this.#request(), wait);
  }

  /** Shows it without waiting for a frame. */
  now(): void {
    this.cancel();
    this.#shownAt = performance.now();
    this.#show();
  }

  cancel(): void {
    cancelAnimationFrame(this.#frame);
    window.clearTimeout(this.#timer);
    this.#frame = this.#timer = 0;
  }

  /** Time is skipped until `skip` has ended. */
  async during(skip: () => Promise<void>): Promise<void> {
    if (this.#skips++ === 0) this.#shownAt = performance.now();
    await skip().finally(() => this.#skips--);
  }

  #request(): void {
    this.#timer = 0;
    this.#frame = requestAnimationFrame(() => this.now());
  }
}
