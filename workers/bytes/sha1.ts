/**
 * sha1 — the Secure Hash Algorithm 1, of short inputs such as passwords
 *
 * STANDARDS  RFC 3174
 */

const blockBytes = 64;

/** @returns the 20 bytes of the digest */
export function sha1(input: Uint8Array): Uint8Array {
  const blocks = Math.floor((input.length + 8) / blockBytes) + 1;
  const padded = new Uint8Array(blocks * blockBytes);
  padded.set(input);
  padded[input.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(input.length / 0x2000_0000));
  view.setUint32(padded.length - 4, (input.length << 3) >>> 0);
  const digest = new DataView(new ArrayBuffer(20));
  for (const [i, word] of [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0].entries())
    digest.setUint32(4 * i, word);
  for (let at = 0; at < padded.length; at += blockBytes) takeBlock(digest, view, at);
  return new Uint8Array(digest.buffer);
}

// RFC 3174 §6.1
function takeBlock(digest: DataView, view: DataView, at: number): void {
  const words = new Int32Array(80);
  for (let t = 0; t < 16; t++) words[t] = view.getInt32(at + 4 * t);
  for (let t = 16; t < 80; t++)
    words[t] = rotate(words[t - 3]! ^ words[t - 8]! ^ words[t - 14]! ^ words[t - 16]!, 1);
  let [a, b, c, d, e] = [0, 4, 8, 12, 16].map((i) => digest.getInt32(i)) as [
    number, number, number, number, number,
  ]; // prettier-ignore
  const state = [a, b, c, d, e];
  for (let t = 0; t < 80; t++) {
    const next = (rotate(a, 5) + mix(t, b, c, d) + e + words[t]!) | 0;
    [e, d, c, b, a] = [d, c, rotate(b, 30), a, next];
  }
  for (const [i, word] of [a, b, c, d, e].entries()) digest.setInt32(4 * i, (state[i]! + word) | 0);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function mix(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}
