/**
 * directory — directories on a host's disk, which only has files: those on the way to a file, and empty ones
 *
 * mkdir(1) leaves a file named "." in the directory, which no listing shows.
 */
import type { Files, Os } from '../../os/os.ts';

/** What every Unix has, whether there is something in it or not. */
const alwaysThere = Object.freeze([
  '/',
  '/tmp',
  '/root',
  '/home',
  '/dev',
  '/var',
  '/var/log',
  '/etc',
  '/usr',
  '/usr/bin',
]);
const devices = Object.freeze([
  '/dev/null',
  '/dev/stdin',
  '/dev/stdout',
  '/dev/stderr',
  '/dev/tty',
  '/dev/zero',
]);

/** What a path leads to. */
export type PathKind = 'file' | 'directory' | 'device' | 'missing';

export function kindOfPath(files: Files, path: string): PathKind {
  if (files.exists(path)) return 'file';
  if (devices.includes(path)) return 'device';
  return isDirectory(files, path) ? 'directory' : 'missing';
}

/** Whether there is such a directory. */
export function isDirectory(files: Files, path: string): boolean {
  if (alwaysThere.includes(path)) return true;
  const below = `${path}/`;
  return files.directories().some((directory) => directory === path || directory.startsWith(below));
}

/** The names in a directory, in order of bytes, without "." and "..". */
export function namesIn(files: Files, path: string): string[] {
  const names = new Set<string>();
  const below = path === '/' ? '/' : `${path}/`;
  for (const file of files.list(path === '/' ? '' : path)) {
    const name = file.slice(below.length);
    if (name !== '.') names.add(name);
  }
  for (const directory of [...files.directories(), ...alwaysThere, ...devices])
    if (directory.startsWith(below)) {
      const [first] = directory.slice(below.length).split('/');
      if (first !== undefined && first !== '') names.add(first);
    }
  return [...names].sort(byBytes);
}

/** Makes one. */
export function makeDirectory(os: Os, path: string): void {
  os.files.write(`${path}/.`, new Uint8Array(0));
}

/** The order of the C locale. */
export function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** "/a/b" of "/a/b/c". */
export function parentOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end <= 0 ? '/' : path.slice(0, end);
}

/** "c" of "/a/b/c". */
export function baseName(path: string): string {
  const bare = path.length > 1 ? path.replace(/\/+$/, '') : path;
  return bare.slice(bare.lastIndexOf('/') + 1) || '/';
}
