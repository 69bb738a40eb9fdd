/**
 * slab — small byte arrays cut from large ones
 *
 * A typed array of its own costs an engine microseconds: memory outside its heap and the bookkeeping, for
 * small ones (V8: up to 64 bytes) as soon as a view is taken of them. A view into a slab costs some ten
 * nanoseconds. It keeps its whole slab alive: what is kept for long (stored mail, deferred mail) is cut from
 * a `Slab` of its own or detached.
 *
 * The position in the shared slab is the one piece of state a module under workers/ has; nothing can tell,
 * since every byte is handed out once and is zero.
 */
const slabBytes = 65536;
const sharedBytesMax = 8192; // beyond it the rest of a slab would too often be wasted

/** Memory for one kind of thing: what is forgotten together is free together. */
export class Slab {
  #buffer = new ArrayBuffer(0);
  #used = 0;

  /** @returns `count` bytes, all zero, that nobody else has */
  allocate(count: number): Uint8Array {
    if (count > sharedBytesMax) return new Uint8Array(count);
    if (this.#used + count > this.#buffer.byteLength) {
      this.#buffer = new ArrayBuffer(slabBytes);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used = start + count;
    return new Uint8Array(this.#buffer, start, count);
  }
}

const shared = new Slab();

/** For what is soon forgotten. @returns `count` bytes, all zero, that nobody else has */
export function allocate(count: number): Uint8Array {
  return shared.allocate(count);
}

/** @returns the bytes in a buffer of their own size, for who sends or keeps them without their slab */
export function detached(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}
