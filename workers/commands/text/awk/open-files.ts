/**
 * open-files — the files that an awk program reads with getline and writes with print >
 */
import type { Proc } from '../../../os/os.ts';

import type { Process } from '../../shell/process.ts';
import { openFile, RedirectionError } from '../../shell/redirect.ts';
import type { Stream } from '../../shell/stream.ts';

import { AwkError } from './tree.ts';

/** Each is opened once, and then goes on where it was. */
export class OpenFiles {
  readonly #me: Process;
  readonly #open = new Map<string, Stream>();

  constructor(me: Process) {
    this.#me = me;
  }
  *write(name: string, mode: 'write' | 'append', text: string): Proc<void> {
    yield* this.#stream(name, mode).write(this.#me.os, text);
  }
  /** line null = the end */
  *readLine(name: string): Proc<{ line: string | null } | 'missing'> {
    if (!this.#me.os.files.exists(this.#me.path(name)) && !name.startsWith('/dev/')) return 'missing';
    const read = yield* this.#stream(name, 'read').readLine(this.#me.os);
    return { line: read === '' ? null : read.replace(/\n$/, '') };
  }
  #stream(name: string, mode: 'read' | 'write' | 'append'): Stream {
    const key = `${mode === 'read' ? '<' : '>'}${name}`;
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const { os, descriptors } = this.#me;
    try {
      const stream = openFile(os, { name, path: this.#me.path(name), descriptors, mode });
      this.#open.set(key, stream);
      return stream;
    } catch (error) {
      if (error instanceof RedirectionError) throw new AwkError(`cannot open ${error.text}`);
      throw error;
    }
  }
}
