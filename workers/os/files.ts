/**
 * files — the file system of a host: whole files in memory, with fsync, crash and rotation
 *
 * A crash goes back to what was fsync'ed; renames and removals are durable at once (SIMPLIFIED: as on a file
 * system with an ordered journal; a learner sees the difference only in a crash within the same instant).
 */
import * as ascii from '../bytes/ascii.ts';
import { detached } from '../bytes/slab.ts';

import type { Wait, WaitSource } from '../kernel/host-kernel.ts';
import type { VirtualTime } from '../trace/event.ts';

import type { FileState } from './os.ts';

/** A line that is composed when somebody reads it; one character per byte. */
export interface TextLine {
  readonly length: number;
  toString(): string;
}

interface FileNode {
  inode: number;
  /** joined on reading: appending stays cheap */
  chunks: (Uint8Array | TextLine)[];
  bytes: number;
  modifiedAt: VirtualTime;
  /** what a crash leaves; null = nothing was fsync'ed */
  durable: Uint8Array | null;
  /** what was last made of the content; null when it has changed since */
  parsed: { parse: unknown; value: unknown } | null;
}

export class FileSystem {
  readonly #now: () => VirtualTime;
  readonly #files = new Map<string, FileNode>();
  /** full paths by directory, in order of creation */
  readonly #directories = new Map<string, Set<string>>();
  /** who waits for a file to change (tail -f) */
  readonly #watching = new Set<Wait>();
  #inodeLast = 0x26_0000; // a disk that is in use for a while: queue ids have six digits of it

  constructor(now: () => VirtualTime) {
    this.#now = now;
  }

  read(path: string): Uint8Array | null {
    const node = this.#files.get(path);
    return node === undefined ? null : contentOf(node);
  }
  readFrom(path: string, start: number): Uint8Array {
    const node = this.#files.get(path);
    return node === undefined ? new Uint8Array(0) : endOf(node, start);
  }
  parsed<T>(path: string, parse: (bytes: Uint8Array | null) => T): T {
    const node = this.#files.get(path);
    if (node === undefined) return parse(null);
    if (node.parsed?.parse !== parse) node.parsed = { parse, value: parse(contentOf(node)) };
    return node.parsed.value as T;
  }
  exists(path: string): boolean {
    return this.#files.has(path);
  }
  write(path: string, bytes: Uint8Array): void {
    const node = this.#findOrMake(path);
    node.chunks = [bytes];
    node.bytes = bytes.length;
    this.#changed(node);
  }
  append(path: string, bytes: Uint8Array): void {
    const node = this.#findOrMake(path);
    node.chunks.push(bytes);
    node.bytes += bytes.length;
    this.#changed(node);
  }
  /** @returns the size of the file */
  appendLine(path: string, line: TextLine): number {
    const node = this.#findOrMake(path);
    node.chunks.push(line);
    node.bytes += line.length;
    this.#changed(node);
    return node.bytes;
  }
  rename(from: string, to: string): boolean {
    const node = this.#files.get(from);
    if (node === undefined) return false;
    this.remove(from);
    node.parsed = null; // what was made of it is of use where it was
    this.#files.set(to, node);
    this.#directoryOf(to).add(to);
    if (this.#watching.size > 0) this.#wakeWatchers();
    return true;
  }
  remove(path: string): boolean {
    if (!this.#files.delete(path)) return false;
    const directory = parentOf(path);
    const paths = this.#directories.get(directory)!;
    paths.delete(path);
    if (paths.size === 0) this.#directories.delete(directory);
    return true;
  }
  keep(path: string): void {
    const node = this.#files.get(path);
    if (node === undefined) return;
    const content = contentOf(node);
    const own = detached(content);
    if (node.durable === content) node.durable = own;
    node.chunks = [own];
  }
  list(directory: string): string[] {
    const paths = this.#directories.get(directory);
    return paths === undefined ? [] : [...paths];
  }
  directories(): string[] {
    return [...this.#directories.keys()];
  }
  state(path: string): FileState | null {
    const node = this.#files.get(path);
    return node === undefined ? null : { inode: node.inode, size: node.bytes, modifiedAt: node.modifiedAt };
  }
  /** Has a result once the file is another one, or longer or shorter, than in `since`. */
  change(path: string, since: FileState | null): WaitSource {
    const watching = this.#watching;
    let listed: Wait | null = null;
    return {
      poll: () => {
        const node = this.#files.get(path);
        return node?.inode === since?.inode && node?.bytes === since?.size ? undefined : 'changed';
      },
      enlist: (wait) => {
        if (wait !== null) watching.add(wait);
        else if (listed !== null) watching.delete(listed);
        listed = wait;
      },
    };
  }
  sync(path: string): void {
    const node = this.#files.get(path);
    if (node !== undefined) node.durable = contentOf(node);
  }
  modifiedAt(path: string): VirtualTime | null {
    return this.#files.get(path)?.modifiedAt ?? null;
  }
  setModifiedAt(path: string, at: VirtualTime): void {
    const node = this.#files.get(path);
    if (node !== undefined) node.modifiedAt = at;
  }
  inode(path: string): number {
    return this.#findOrMake(path).inode;
  }
  size(path: string): number {
    return this.#files.get(path)?.bytes ?? 0;
  }

  /** Makes all there is durable (boot, clean stop). */
  syncAll(): void {
    for (const node of this.#files.values()) node.durable = contentOf(node);
  }

  /** Goes back to what a crash leaves. */
  crash(): void {
    for (const [path, node] of [...this.#files]) {
      if (node.durable === null) this.remove(path);
      else {
        node.chunks = [node.durable];
        node.bytes = node.durable.length;
        node.parsed = null;
      }
    }
  }

  #changed(node: FileNode): void {
    node.modifiedAt = this.#now();
    node.parsed = null;
    if (this.#watching.size > 0) this.#wakeWatchers();
  }
  #wakeWatchers(): void {
    for (const wait of [...this.#watching]) wait.settle();
  }
  #findOrMake(path: string): FileNode {
    const found = this.#files.get(path);
    if (found !== undefined) return found;
    const node: FileNode = {
      inode: ++this.#inodeLast,
      chunks: [],
      bytes: 0,
      modifiedAt: this.#now(),
      durable: null,
      parsed: null,
    };
    this.#files.set(path, node);
    this.#directoryOf(path).add(path);
    return node;
  }
  #directoryOf(path: string): Set<string> {
    const directory = parentOf(path);
    let paths = this.#directories.get(directory);
    if (paths === undefined) this.#directories.set(directory, (paths = new Set()));
    return paths;
  }
}

function contentOf(node: FileNode): Uint8Array {
  const [first] = node.chunks;
  if (node.chunks.length === 1 && first instanceof Uint8Array) return first;
  const whole = new Uint8Array(node.bytes);
  let at = 0;
  for (const chunk of node.chunks) {
    whole.set(chunk instanceof Uint8Array ? chunk : ascii.encode(chunk.toString()), at);
    at += chunk.length;
  }
  node.chunks = [whole];
  return whole;
}

/** The bytes from `start` on, without joining those before it. */
function endOf(node: FileNode, start: number): Uint8Array {
  const end = new Uint8Array(Math.max(0, node.bytes - start));
  let at = node.bytes;
  for (let i = node.chunks.length - 1; i >= 0 && at > start; i--) {
    const chunk = node.chunks[i]!;
    at -= chunk.length;
    const bytes = chunk instanceof Uint8Array ? chunk : ascii.encode(chunk.toString());
    end.set(at < start ? bytes.subarray(start - at) : bytes, Math.max(0, at - start));
  }
  return end;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
