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

import type { FileState, TextPiece } from './os.ts';

interface FileNode {
  inode: number;
  /** joined on reading: appending stays cheap */
  chunks: (Uint8Array | TextPiece)[];
  bytes: number;
  modifiedAt: VirtualTime;
  /** what a crash leaves; null = nothing was fsync'ed */
  durable: Uint8Array | null;
  /** what was last made of the content; null when it has changed since */
  parsed: { parse: unknown; value: unknown } | null;
}

/** What the directories of a disk share. */
class Disk {
  readonly now: () => VirtualTime;
  inodeLast = 0x26_0000; // a disk that is in use for a while: queue ids have six digits of it
  /** who waits for a file to change (tail -f) */
  readonly watching = new Set<Wait>();

  constructor(now: () => VirtualTime) {
    this.now = now;
  }
  wakeWatchers(): void {
    for (const wait of [...this.watching]) wait.settle();
  }
}

/** The files of one directory by name, in order of creation. */
export class FileDirectory {
  readonly #disk: Disk;
  readonly #files = new Map<string, FileNode>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  get isEmpty(): boolean {
    return this.#files.size === 0;
  }

  names(): string[] {
    return [...this.#files.keys()];
  }
  exists(name: string): boolean {
    return this.#files.has(name);
  }
  read(name: string): Uint8Array | null {
    const node = this.#files.get(name);
    return node === undefined ? null : contentOf(node);
  }
  parsed<T>(name: string, parse: (bytes: Uint8Array | null) => T): T {
    const node = this.#files.get(name);
    if (node === undefined) return parse(null);
    if (node.parsed?.parse !== parse) node.parsed = { parse, value: parse(contentOf(node)) };
    return node.parsed.value as T;
  }
  readFrom(name: string, start: number): Uint8Array {
    const node = this.#files.get(name);
    return node === undefined ? new Uint8Array(0) : endOf(node, start);
  }
  pieces(name: string): readonly (Uint8Array | TextPiece)[] | null {
    return this.#files.get(name)?.chunks ?? null;
  }
  write(name: string, bytes: Uint8Array): void {
    const node = this.#findOrMake(name);
    node.chunks = [bytes];
    node.bytes = bytes.length;
    this.#changed(node);
  }
  /** @returns the size of the file */
  append(name: string, piece: Uint8Array | TextPiece): number {
    const node = this.#findOrMake(name);
    node.chunks.push(piece);
    node.bytes += piece.length;
    this.#changed(node);
    return node.bytes;
  }
  move(name: string, to: FileDirectory, newName = name): boolean {
    const node = this.#files.get(name);
    if (node === undefined) return false;
    this.#files.delete(name);
    to.#files.set(newName, node);
    if (this.#disk.watching.size > 0) this.#disk.wakeWatchers();
    return true;
  }
  remove(name: string): boolean {
    return this.#files.delete(name);
  }
  keep(name: string): void {
    const node = this.#files.get(name);
    if (node === undefined) return;
    const content = contentOf(node);
    const own = detached(content);
    if (own === content) return;
    if (node.durable === content) node.durable = own;
    node.chunks = [own];
    node.parsed = null; // it may hold views of the old memory
  }
  sync(name: string): void {
    const node = this.#files.get(name);
    if (node !== undefined) node.durable = contentOf(node);
  }
  modifiedAt(name: string): VirtualTime | null {
    return this.#files.get(name)?.modifiedAt ?? null;
  }
  setModifiedAt(name: string, at: VirtualTime): void {
    const node = this.#files.get(name);
    if (node !== undefined) node.modifiedAt = at;
  }
  inode(name: string): number {
    return this.#findOrMake(name).inode;
  }
  state(name: string): FileState | null {
    const node = this.#files.get(name);
    return node === undefined ? null : { inode: node.inode, size: node.bytes, modifiedAt: node.modifiedAt };
  }
  /** Whether it is another file, or has been written, since `since`. */
  isOther(name: string, since: FileState | null): boolean {
    const node = this.#files.get(name);
    return (
      node?.inode !== since?.inode || node?.modifiedAt !== since?.modifiedAt || node?.bytes !== since?.size
    );
  }

  syncAll(): void {
    for (const node of this.#files.values()) node.durable = contentOf(node);
  }
  crash(): void {
    for (const [name, node] of this.#files) {
      if (node.durable === null) this.#files.delete(name);
      else {
        node.chunks = [node.durable];
        node.bytes = node.durable.length;
        node.parsed = null;
      }
    }
  }

  #changed(node: FileNode): void {
    node.modifiedAt = this.#disk.now();
    node.parsed = null;
    if (this.#disk.watching.size > 0) this.#disk.wakeWatchers();
  }
  #findOrMake(name: string): FileNode {
    const found = this.#files.get(name);
    if (found !== undefined) return found;
    const node: FileNode = {
      inode: ++this.#disk.inodeLast,
      chunks: [],
      bytes: 0,
      modifiedAt: this.#disk.now(),
      durable: null,
      parsed: null,
    };
    this.#files.set(name, node);
    return node;
  }
}

/** All files of a host, by full path. */
export class FileSystem {
  readonly #disk: Disk;
  readonly #directories = new Map<string, FileDirectory>();

  constructor(now: () => VirtualTime) {
    this.#disk = new Disk(now);
  }

  /** The directory itself, there or not: it is as soon as a file is in it. */
  directory(path: string): FileDirectory {
    let directory = this.#directories.get(path);
    if (directory === undefined) this.#directories.set(path, (directory = new FileDirectory(this.#disk)));
    return directory;
  }

  read(path: string): Uint8Array | null {
    return this.#find(path)?.read(nameOf(path)) ?? null;
  }
  readFrom(path: string, start: number): Uint8Array {
    return this.#find(path)?.readFrom(nameOf(path), start) ?? new Uint8Array(0);
  }
  parsed<T>(path: string, parse: (bytes: Uint8Array | null) => T): T {
    const directory = this.#find(path);
    return directory === undefined ? parse(null) : directory.parsed(nameOf(path), parse);
  }
  exists(path: string): boolean {
    return this.#find(path)?.exists(nameOf(path)) ?? false;
  }
  write(path: string, bytes: Uint8Array): void {
    this.directory(parentOf(path)).write(nameOf(path), bytes);
  }
  /** @returns the size of the file */
  append(path: string, piece: Uint8Array | TextPiece): number {
    return this.directory(parentOf(path)).append(nameOf(path), piece);
  }
  rename(from: string, to: string): boolean {
    return this.#find(from)?.move(nameOf(from), this.directory(parentOf(to)), nameOf(to)) ?? false;
  }
  remove(path: string): boolean {
    return this.#find(path)?.remove(nameOf(path)) ?? false;
  }
  keep(path: string): void {
    this.#find(path)?.keep(nameOf(path));
  }
  list(directory: string): string[] {
    const names = this.#directories.get(directory)?.names() ?? [];
    for (let i = 0; i < names.length; i++) names[i] = `${directory}/${names[i]!}`;
    return names;
  }
  directories(): string[] {
    return [...this.#directories].filter(([, directory]) => !directory.isEmpty).map(([path]) => path);
  }
  sync(path: string): void {
    this.#find(path)?.sync(nameOf(path));
  }
  modifiedAt(path: string): VirtualTime | null {
    return this.#find(path)?.modifiedAt(nameOf(path)) ?? null;
  }
  setModifiedAt(path: string, at: VirtualTime): void {
    this.#find(path)?.setModifiedAt(nameOf(path), at);
  }
  inode(path: string): number {
    return this.directory(parentOf(path)).inode(nameOf(path));
  }
  state(path: string): FileState | null {
    return this.#find(path)?.state(nameOf(path)) ?? null;
  }
  /** Has a result once the file is another one, or has been written, since `since`. */
  change(path: string, since: FileState | null): WaitSource {
    const { watching } = this.#disk;
    const directory = this.directory(parentOf(path));
    const name = nameOf(path);
    let listed: Wait | null = null;
    return {
      poll: () => (directory.isOther(name, since) ? 'changed' : undefined),
      enlist: (wait) => {
        if (wait !== null) watching.add(wait);
        else if (listed !== null) watching.delete(listed);
        listed = wait;
      },
    };
  }

  /** Makes all there is durable (boot, clean stop). */
  syncAll(): void {
    for (const directory of this.#directories.values()) directory.syncAll();
  }
  /** Goes back to what a crash leaves. */
  crash(): void {
    for (const directory of this.#directories.values()) directory.crash();
  }

  #find(path: string): FileDirectory | undefined {
    return this.#directories.get(parentOf(path));
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

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
