/**
 * slab — small byte arrays cut from large ones
 *
 * A typed array above 64 bytes costs an engine microseconds (memory outside its heap, and the bookkeeping); a
 * view into a slab costs some ten nanoseconds. A view keeps its whole slab alive: what is large and kept for
 * long (stored mail) gets an array of its own.
 *
 * The position in the current slab is the one piece of state a module under workers/ has; nothing can tell, since
 * every byte is handed out once and is zero.
 */
const slabBytes = 65536;
const inHeapBytes = 64; // up to here a typed array is as cheap (V8)
const sharedBytesMax = 8192; // beyond it the rest of a slab would too often be wasted

const slab = { buffer: new ArrayBuffer(slabBytes), used: 0 };

/** @returns `count` bytes, all zero, that nobody else has */
export function allocate(count: number): Uint8Array {
  if (count <= inHeapBytes || count > sharedBytesMax) return new Uint8Array(count);
  if (slab.used + count > slabBytes) {
    slab.buffer = new ArrayBuffer(slabBytes);
    slab.used = 0;
  }
  const start = slab.used;
  slab.used = start + count;
  return new Uint8Array(slab.buffer, start, count);
}

/** @returns the bytes in a buffer of their own size, for who sends or keeps them without their slab */
export function detached(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}
