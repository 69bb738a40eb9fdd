/**
 * look — stat, du, df, file, basename, dirname, realpath: about files
 */
import { formatTime } from '../host/civil-time.ts';
import { baseName, isDirectory, kindOfPath, namesIn, parentOf } from '../shell/directory.ts';
import type { Process } from '../shell/process.ts';
import type { Tool } from '../shell/tool.ts';

import { filesBelow } from './change.ts';
import { humanSize } from './ls.ts';

export const stat: Tool = {
  summary: 'show size and times of files',
  synopsis: '[-c FORMAT] FILE…',
  options: [
    [
      '-c, --format FORMAT',
      '%n name, %s size, %Y time in seconds, %y time, %i inode, %F kind, %U owner, %a mode',
    ],
  ],
  missing: '-f -L -t --printf',
  *run(me, options) {
    let status = 0;
    for (const name of options.operands) {
      const path = me.path(name);
      const kind = kindOfPath(me.os.files, path);
      if (kind === 'missing') {
        status = yield* me.fail(`cannot statx '${name}': No such file or directory`);
        continue;
      }
      const state = me.os.files.state(path);
      const at = me.os.epochUs(state?.modifiedAt ?? 0);
      const isFile = kind === 'file';
      const type = isFile
        ? state!.size === 0
          ? 'regular empty file'
          : 'regular file'
        : kind === 'directory'
          ? 'directory'
          : 'character special file';
      const facts: Record<string, string> = {
        n: name,
        s: String(state?.size ?? 4096),
        Y: String(Math.floor(at / 1_000_000)),
        y: formatTime('%F %T.%N +0000', at),
        i: String(state?.inode ?? 2),
        F: type,
        U: 'root',
        G: 'root',
        a: isFile ? '644' : '755',
        A: isFile ? '-rw-r--r--' : 'drwxr-xr-x',
      };
      const blocks = String(8 * Math.ceil(Number(facts['s']) / 4096));
      const format = options.value('c');
      if (format !== null)
        yield* me.print(`${format.replace(/%([a-zA-Z])/g, (all, letter: string) => facts[letter] ?? all)}\n`);
      else
        yield* me.print(
          `  File: ${name}\n  Size: ${facts['s']!.padEnd(10)}\tBlocks: ${blocks.padEnd(10)} ` +
            `IO Block: 4096   ${type}\n` +
            `Device: 8,1\tInode: ${facts['i']!.padEnd(11)} Links: ${isFile ? 1 : 2}\n` +
            `Access: (0${facts['a']!}/${facts['A']!})  Uid: (    0/    root)   ` +
            `Gid: (    0/    root)\nModify: ${facts['y']!}\n`,
        );
    }
    return status;
  },
};

export const du: Tool = {
  summary: 'how much room directories take',
  synopsis: '[-s] [-h] [-a] [-b] [-c] [FILE]…',
  options: [
    ['-s, --summarize', 'only the sum of each'],
    ['-h, --human-readable', 'sizes as 1.2K'],
    ['-a, --all', 'files too'],
    ['-b, --bytes', 'in bytes'],
    ['-k', 'in kilobytes, which is the default'],
    ['-c, --total', 'a sum of all at the end'],
    ['-d, --max-depth NUM', 'directories down to this depth'],
  ],
  missing: '-x -L -m -S -0 --exclude --time --apparent-size',
  *run(me, options) {
    let status = 0;
    let total = 0;
    const show = (bytes: number): string =>
      options.has('b')
        ? String(bytes)
        : options.has('h')
          ? humanSize(bytes)
          : String(Math.ceil(bytes / 1024));
    const depthMax = options.has('s') ? 0 : Number(options.value('d') ?? '20');
    const measure = (path: string, shown: string, depth: number, out: string[]): number => {
      const state = me.os.files.state(path);
      if (state !== null) {
        const size = options.has('b') ? state.size : 4096 * Math.ceil(state.size / 4096);
        if (options.has('a') && depth > 0 && depth <= depthMax) out.push(`${show(size)}\t${shown}\n`);
        if (depth === 0) out.push(`${show(size)}\t${shown}\n`);
        return size;
      }
      let sum = 4096;
      for (const name of namesIn(me.os.files, path))
        if (depth < 40)
          sum += measure(
            path === '/' ? `/${name}` : `${path}/${name}`,
            `${shown.replace(/\/$/, '')}/${name}`,
            depth + 1,
            out,
          );
      if (depth <= depthMax) out.push(`${show(sum)}\t${shown}\n`);
      return sum;
    };
    for (const name of options.operands.length > 0 ? options.operands : ['.']) {
      const path = me.path(name);
      if (kindOfPath(me.os.files, path) === 'missing') {
        status = yield* me.fail(`cannot access '${name}': No such file or directory`);
        continue;
      }
      const out: string[] = [];
      total += measure(path, name, 0, out);
      yield* me.print(out.join(''));
    }
    if (options.has('c')) yield* me.print(`${show(total)}\ttotal\n`);
    return status;
  },
};

/** SIMPLIFIED: a disk of 20 GB; the simulator's has no limit but 32 MB a file. */
const diskBytes = 20 * 1024 * 1024 * 1024;

export const df: Tool = {
  summary: 'how much room is left on the disk',
  synopsis: '[-h] [-i] [FILE]…',
  options: [
    ['-h, --human-readable', 'sizes as 1.2G'],
    ['-i, --inodes', 'files instead of room'],
    ['-k', 'in kilobytes, which is the default'],
  ],
  missing: '-a -l -t -T -x -P --output --total',
  *run(me, options) {
    const files = filesBelow(me, '/');
    const used = files.reduce(
      (sum, path) => sum + 4096 * Math.ceil((me.os.files.state(path)?.size ?? 0) / 4096),
      0,
    );
    const show = (bytes: number): string =>
      options.has('h') ? humanSize(bytes) : String(Math.ceil(bytes / 1024));
    const percent = (part: number, whole: number): string => `${Math.ceil((100 * part) / whole)}%`;
    if (options.has('i')) {
      const inodes = 1_310_720;
      yield* me.print(`Filesystem      Inodes  IUsed   IFree IUse% Mounted on\n`);
      yield* me.print(
        `/dev/sda1      ${inodes} ${String(files.length).padStart(6)} ${inodes - files.length} ` +
          `${percent(files.length, inodes).padStart(5)} /\n`,
      );
      return 0;
    }
    const [size, taken] = [show(diskBytes), show(used)];
    const free = show(diskBytes - used).padStart(options.has('h') ? 5 : 9);
    const title = options.has('h') ? ' Size' : '1K-blocks';
    const width = Math.max(title.length, size.length);
    yield* me.print(
      `Filesystem      ${title.padStart(width)} ${'Used'.padStart(taken.length)} ` +
        `${options.has('h') ? 'Avail' : 'Available'} Use% Mounted on\n`,
    );
    yield* me.print(
      `/dev/sda1       ${size.padStart(width)} ${taken.padStart(4)} ${free} ` +
        `${percent(used, diskBytes).padStart(4)} /\n`,
    );
    return 0;
  },
};

export const file: Tool = {
  summary: 'say what kind of file it is',
  synopsis: 'FILE…',
  options: [['-b, --brief', 'without the name']],
  *run(me, options) {
    for (const name of options.operands) {
      const what = kindOf(me, me.path(name));
      yield* me.print(
        options.has('b')
          ? `${what}\n`
          : `${name}: ${what}${what.startsWith('cannot') ? ` \`${name}' (No such file or directory)` : ''}\n`,
      );
    }
    return 0;
  },
};

function kindOf(me: Process, path: string): string {
  const bytes = me.os.files.read(path);
  if (bytes === null) return isDirectory(me.os.files, path) ? 'directory' : 'cannot open';
  if (bytes.length === 0) return 'empty';
  if (bytes.some((byte) => byte < 7 || (byte > 13 && byte < 32 && byte !== 27))) return 'data';
  return bytes.some((byte) => byte >= 128) ? 'Unicode text, UTF-8 text' : 'ASCII text';
}

export const basename: Tool = {
  summary: 'a path without its directory',
  synopsis: 'PATH [SUFFIX]',
  options: [],
  missing: '-a -s -z',
  *run(me, options) {
    const [path, suffix = ''] = options.operands;
    if (path === undefined) return yield* me.fail('missing operand');
    const base = baseName(path);
    yield* me.print(
      `${suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}\n`,
    );
    return 0;
  },
};

export const dirname: Tool = {
  summary: 'the directory of a path',
  synopsis: 'PATH…',
  options: [],
  *run(me, options) {
    if (options.operands.length === 0) return yield* me.fail('missing operand');
    for (const path of options.operands) {
      const bare = path.replace(/(?<=.)\/+$/, '');
      yield* me.print(`${bare.includes('/') ? parentOf(bare) : '.'}\n`);
    }
    return 0;
  },
};

export const realpath: Tool = {
  summary: 'the whole path',
  synopsis: 'PATH…',
  options: [],
  *run(me, options) {
    for (const name of options.operands) yield* me.print(`${me.path(name)}\n`);
    return 0;
  },
};
