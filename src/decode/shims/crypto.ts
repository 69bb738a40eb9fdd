/** crypto — Node's createHash and randomBytes, as far as mailparser goes: it hashes attachments only when asked to */
import { md5 } from '@noble/hashes/legacy.js';
import { Buffer } from 'buffer/';

class Md5 {
  readonly #state = md5.create();
  update(bytes: Uint8Array): this {
    this.#state.update(bytes);
    return this;
  }
  digest(): Buffer {
    return Buffer.from(this.#state.digest());
  }
}

function createHash(name: string): Md5 {
  if (name !== 'md5') throw new Error(`Digest method not supported: ${name}`);
  return new Md5();
}

function randomBytes(count: number): Buffer {
  return Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(count)));
}

const nodeCrypto = { createHash, randomBytes };
export { createHash, randomBytes, nodeCrypto as default };
