/**
 * files — the file system of a host: whole files in memory, with fsync, crash and rotation
 *
 * A crash goes back to what was fsync'ed; renames and removals are durable at once (SIMPLIFIED: as on a file
 * system with an ordered journal; a learner sees the difference only in a crash within the same instant).
 */
import type { VirtualTime } from '../trace/event.ts';

interface FileNode {
  inode: number;
  /** chunks, joined on reading: appending stays cheap */
  chunks: Uint8Array[];
  bytes: number;
  modifiedAt: VirtualTime;
  /** what a crash leaves; null = nothing was fsync'ed */
  durable: Uint8Array | null;
}

export class FileSystem {
  readonly #now: () => VirtualTime;
  #directories = new Map<string, Map<string, FileNode>>();
  #inodeLast = 2048;

  constructor(now: () => VirtualTime) {
    this.#now = now;
  }

  read(path: string): Uint8Array | null {
    const node = this.#find(path);
    return node === undefined ? null : contentOf(node);
  }
  exists(path: string): boolean {
    return this.#find(path) !== undefined;
  }
  write(path: string, bytes: Uint8Array): void {
    const node = this.#findOrMake(path);
    node.chunks = [bytes];
    node.bytes = bytes.length;
    node.modifiedAt = this.#now();
  }
  append(path: string, bytes: Uint8Array): void {
    const node = this.#findOrMake(path);
    node.chunks.push(bytes);
    node.bytes += bytes.length;
    node.modifiedAt = this.#now();
  }
  rename(from: string, to: string): boolean {
    const node = this.#find(from);
    if (node === undefined) return false;
    this.remove(from);
    const { directory, name } = split(to);
    this.#directory(directory).set(name, node);
    return true;
  }
  remove(path: string): boolean {
    const { directory, name } = split(path);
    const entries = this.#directories.get(directory);
    const removed = entries?.delete(name) ?? false;
    if (entries !== undefined && entries.size === 0) this.#directories.delete(directory);
    return removed;
  }
  list(directory: string): string[] {
    const entries = this.#directories.get(directory);
    return entries === undefined ? [] : [...entries.keys()].map((name) => `${directory}/${name}`);
  }
  sync(path: string): void {
    const node = this.#find(path);
    if (node !== undefined) node.durable = contentOf(node);
  }
  modifiedAt(path: string): VirtualTime | null {
    return this.#find(path)?.modifiedAt ?? null;
  }
  setModifiedAt(path: string, at: VirtualTime): void {
    const node = this.#find(path);
    if (node !== undefined) node.modifiedAt = at;
  }
  inode(path: string): number {
    return this.#findOrMake(path).inode;
  }
  size(path: string): number {
    return this.#find(path)?.bytes ?? 0;
  }

  /** Makes all there is durable (boot, clean stop). */
  syncAll(): void {
    for (const entries of this.#directories.values())
      for (const node of entries.values()) node.durable = contentOf(node);
  }

  /** Goes back to what a crash leaves. */
  crash(): void {
    for (const [directory, entries] of this.#directories) {
      for (const [name, node] of entries) {
        if (node.durable === null) entries.delete(name);
        else {
          node.chunks = [node.durable];
          node.bytes = node.durable.length;
        }
      }
      if (entries.size === 0) this.#directories.delete(directory);
    }
  }

  #find(path: string): FileNode | undefined {
    const { directory, name } = split(path);
    return this.#directories.get(directory)?.get(name);
  }
  #findOrMake(path: string): FileNode {
    const { directory, name } = split(path);
    const entries = this.#directory(directory);
    let node = entries.get(name);
    if (node === undefined) {
      node = { inode: ++this.#inodeLast, chunks: [], bytes: 0, modifiedAt: this.#now(), durable: null };
      entries.set(name, node);
    }
    return node;
  }
  #directory(path: string): Map<string, FileNode> {
    let entries = this.#directories.get(path);
    if (entries === undefined) this.#directories.set(path, (entries = new Map()));
    return entries;
  }
}

function contentOf(node: FileNode): Uint8Array {
  if (node.chunks.length === 1) return node.chunks[0]!;
  const whole = new Uint8Array(node.bytes);
  let at = 0;
  for (const chunk of node.chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  node.chunks = [whole];
  return whole;
}

function split(path: string): { directory: string; name: string } {
  const slash = path.lastIndexOf('/');
  return { directory: path.slice(0, slash), name: path.slice(slash + 1) };
}
