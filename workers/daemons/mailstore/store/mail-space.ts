/**
 * mail-space — memory for stored mail, cut from pieces that hold nothing else
 *
 * An array of its own costs each message microseconds, and the garbage collector a look at each of ten
 * thousand. What is deleted is free when all of its piece is.
 *
 * SEE ALSO  ../../../bytes/slab.ts (memory for what is soon forgotten)
 */
const pieceBytes = 65_536;
const sharedBytesMax = 8192; // beyond it the rest of a piece would too often be wasted

/** Where the mail of one store is. */
export class MailSpace {
  #piece = new ArrayBuffer(0);
  #used = 0;

  /** @returns `count` bytes, all zero */
  take(count: number): Uint8Array {
    if (count > sharedBytesMax) return new Uint8Array(count);
    if (this.#used + count > this.#piece.byteLength) {
      this.#piece = new ArrayBuffer(pieceBytes);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += count;
    return new Uint8Array(this.#piece, start, count);
  }
}
