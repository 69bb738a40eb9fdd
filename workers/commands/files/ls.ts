/**
 * ls — lists directories
 *
 * SIMPLIFIED: files have no owners, modes or links of their own; what is shown is what they would have on a
 * mail server where everything is root's. A directory has the time of its newest file.
 */
import type { Proc } from '../../os/os.ts';

import { civilTime, formatTime } from '../host/civil-time.ts';
import { byBytes, isDirectory, kindOfPath, namesIn } from '../shell/directory.ts';
import type { Process } from '../shell/process.ts';
import type { Options, Tool } from '../shell/tool.ts';

export const ls: Tool = {
  summary: 'list directories',
  synopsis: '[-l] [-a] [-t] [-S] [-r] [-R] [-h] [-d] [-1] [FILE]…',
  usageStatus: 2,
  options: [
    ['-l', 'with mode, owner, size and time'],
    ['-a, --all', 'also names that begin with a dot'],
    ['-A, --almost-all', 'the same, without "." and ".."'],
    ['-t', 'the newest first'],
    ['-S', 'the largest first'],
    ['-r, --reverse', 'the other way round'],
    ['-R, --recursive', 'also what is in directories below'],
    ['-d, --directory', 'directories themselves, not what is in them'],
    ['-h, --human-readable', 'sizes as 1.2K'],
    ['-1', 'one name a line'],
    ['-i, --inode', 'the number of each file'],
    ['-F, --classify', 'a slash behind directories'],
    ['-n', 'numbers of owners'],
    ['-p', 'a slash behind directories'],
    ['--color', 'no effect'],
    ['--full-time', 'with the whole time'],
  ],
  missing:
    '-b -B -c -C -D -f -g -G -H -I -k -L -m -N -o -q -Q -s -T -u -U -v -w -x -X -Z --sort --time ' +
    '--time-style --hide',
  *run(me, options) {
    const names = options.operands.length > 0 ? options.operands : ['.'];
    const files: Entry[] = [];
    const directories: Entry[] = [];
    let status = 0;
    for (const name of names) {
      const path = me.path(name);
      const kind = kindOfPath(me.os.files, path);
      if (kind === 'missing')
        status = yield* me.fail(`cannot access '${name}': No such file or directory`, 2);
      else if (kind === 'directory' && !options.has('d')) directories.push(entryOf(me, name, path));
      else files.push(entryOf(me, name, path));
    }
    if (files.length > 0) yield* me.print(listing(me, sorted(files, options), options));
    const titled = names.length > 1 || options.has('R');
    let isFirst = files.length === 0;
    for (const directory of sorted(directories, options)) {
      yield* listDirectory(me, directory, { options, titled, isFirst });
      isFirst = false;
    }
    return status;
  },
};

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly isDirectory: boolean;
  readonly isDevice: boolean;
  readonly size: number;
  readonly epochUs: number;
  readonly inode: number;
}

const depthMax = 20;

function* listDirectory(
  me: Process,
  directory: Entry,
  given: { options: Options; titled: boolean; isFirst: boolean; depth?: number },
): Proc<void> {
  const { options, titled, isFirst, depth = 0 } = given;
  const all = options.has('a') || options.has('A');
  const entries = namesIn(me.os.files, directory.path)
    .filter((name) => all || !name.startsWith('.'))
    .map((name) => entryOf(me, name, directory.path === '/' ? `/${name}` : `${directory.path}/${name}`));
  const dots = options.has('a')
    ? ['.', '..'].map((name) => entryOf(me, name, me.path(`${directory.path}/${name}`)))
    : [];
  const shown = [...dots, ...sorted(entries, options)];
  if (titled) yield* me.print(`${isFirst ? '' : '\n'}${directory.name}:\n`);
  if (options.has('l') || options.has('n'))
    yield* me.print(`total ${shown.reduce((sum, one) => sum + blocksOf(one), 0)}\n`);
  yield* me.print(listing(me, shown, options));
  if (!options.has('R') || depth >= depthMax) return;
  for (const entry of sorted(entries, options).filter((one) => one.isDirectory)) {
    const below = { ...entry, name: `${directory.name.replace(/\/$/, '')}/${entry.name}` };
    yield* listDirectory(me, below, { options, titled, isFirst: false, depth: depth + 1 });
  }
}

function entryOf(me: Process, name: string, path: string): Entry {
  const { files } = me.os;
  const state = files.state(path);
  if (state !== null) {
    const epochUs = me.os.epochUs(state.modifiedAt);
    return { name, path, isDirectory: false, isDevice: false, size: state.size, epochUs, inode: state.inode };
  }
  const isDevice = !isDirectory(files, path);
  const newest = isDevice
    ? 0
    : Math.max(0, ...files.list(path === '/' ? '' : path).map((file) => files.modifiedAt(file) ?? 0));
  return {
    name,
    path,
    isDirectory: !isDevice,
    isDevice,
    size: 4096,
    epochUs: me.os.epochUs(newest),
    inode: 2,
  };
}

function blocksOf({ isDirectory, isDevice, size }: Entry): number {
  return isDirectory ? 4 : isDevice ? 0 : 4 * Math.ceil(size / 4096);
}

function sorted(entries: readonly Entry[], options: Options): Entry[] {
  const order = (a: Entry, b: Entry): number => {
    const first = options.has('S') ? b.size - a.size : options.has('t') ? b.epochUs - a.epochUs : 0;
    return first || byBytes(a.name, b.name);
  };
  const result = [...entries].sort(order);
  return options.has('r') ? result.reverse() : result;
}

function listing(me: Process, entries: readonly Entry[], options: Options): string {
  const shown = entries.map((entry) => {
    const mark = entry.isDirectory && (options.has('F') || options.has('p')) ? '/' : '';
    return { entry, name: `${options.has('i') ? `${entry.inode} ` : ''}${entry.name}${mark}` };
  });
  if (options.has('l') || options.has('n') || options.has('full-time'))
    return longListing(me, entries, options);
  const names = shown.map(({ name }) => name);
  return options.has('1') || !me.writesToTerminal
    ? names.map((name) => `${name}\n`).join('')
    : inColumns(names, me.columns);
}

function longListing(me: Process, entries: readonly Entry[], options: Options): string {
  const rows = entries.map((entry) => {
    const mode = entry.isDirectory ? 'drwxr-xr-x' : entry.isDevice ? 'crw-rw-rw-' : '-rw-r--r--';
    const owner = options.has('n') ? '0 0' : ownerOf(entry.path);
    const size = entry.isDevice ? '1, 3' : options.has('h') ? humanSize(entry.size) : String(entry.size);
    const mark = entry.isDirectory && (options.has('F') || options.has('p')) ? '/' : '';
    const inode = options.has('i') ? `${entry.inode} ` : '';
    return {
      inode,
      mode,
      links: entry.isDirectory ? '2' : '1',
      owner,
      size,
      time: timeOf(me, entry, options),
      name: entry.name + mark,
    };
  });
  const width = Math.max(0, ...rows.map(({ size }) => size.length));
  const owners = Math.max(0, ...rows.map(({ owner }) => owner.length));
  return rows
    .map(
      (r) =>
        `${r.inode}${r.mode} ${r.links} ${r.owner.padEnd(owners)} ${r.size.padStart(width)} ` +
        `${r.time} ${r.name}\n`,
    )
    .join('');
}

/** Postfix's own directories are Postfix's. */
export function ownerOf(path: string): string {
  return /^\/var\/(spool|lib)\/postfix\/./.test(path) && !path.includes('/etc')
    ? 'postfix postfix'
    : 'root root';
}

const halfYearUs = 15_778_476_000_000;

function timeOf(me: Process, { epochUs }: Entry, options: Options): string {
  if (options.has('full-time')) return formatTime('%F %T.%N +0000', epochUs);
  const now = me.os.epochUs();
  const isFar = epochUs > now || now - epochUs > halfYearUs;
  return formatTime(isFar ? '%b %e  %Y' : '%b %e %H:%M', epochUs);
}

/** "1.2K" as du and ls -h print it: rounded up. */
export function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let size = bytes;
  let unit = -1;
  while (size >= 1024 && unit < 3) {
    size /= 1024;
    unit++;
  }
  const text = size < 10 ? (Math.ceil(size * 10) / 10).toFixed(1) : String(Math.ceil(size));
  return text + 'KMGT'[unit]!;
}

function inColumns(names: readonly string[], columns: number): string {
  if (names.length === 0) return '';
  for (let rows = 1; ; rows++) {
    const count = Math.ceil(names.length / rows);
    const widths = Array.from({ length: count }, (_, c) =>
      Math.max(...names.slice(c * rows, c * rows + rows).map((name) => name.length)),
    );
    if (rows < names.length && widths.reduce((sum, width) => sum + width + 2, -2) > columns) continue;
    let out = '';
    for (let row = 0; row < rows; row++) {
      const cells = widths.map((width, c) => (names[c * rows + row] ?? '').padEnd(width));
      out += `${cells.join('  ').trimEnd()}\n`;
    }
    return out;
  }
}

/** How old, for find -mtime. */
export function ageSeconds(me: Process, epochUs: number): number {
  return civilTime(me.os.epochUs()).seconds - civilTime(epochUs).seconds;
}
