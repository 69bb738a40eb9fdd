/**
 * change — rm, cp, mv, mkdir, rmdir, touch, chmod, chown: what changes files
 */
import type { Proc } from '../../os/os.ts';

import { baseName, isDirectory, kindOfPath, makeDirectory, namesIn, parentOf } from '../shell/directory.ts';
import type { Process } from '../shell/process.ts';
import type { Options, Tool } from '../shell/tool.ts';

const filesMax = 50_000;

/** Paths of all files below a directory, markers of empty directories included. */
export function filesBelow(me: Process, path: string): string[] {
  const below = path === '/' ? '/' : `${path}/`;
  return me.os.files
    .directories()
    .filter((directory) => directory === path || `${directory}/`.startsWith(below))
    .flatMap((directory) => me.os.files.list(directory))
    .slice(0, filesMax);
}

export const rm: Tool = {
  summary: 'remove files',
  synopsis: '[-f] [-r] FILE…',
  options: [
    ['-f, --force', 'say nothing of files that are not there'],
    ['-r, -R, --recursive', 'directories and what is in them'],
    ['-v, --verbose', 'say what is removed'],
    ['-i', 'no effect: the simulator can go back in time'],
    ['-d, --dir', 'empty directories too'],
  ],
  *run(me, options) {
    if (options.operands.length === 0) return options.has('f') ? 0 : yield* me.fail('missing operand');
    let status = 0;
    for (const name of options.operands) {
      const why = remove(me, name, options);
      if (why !== null) status = yield* me.fail(`cannot remove '${name}': ${why}`);
      else if (options.has('v')) yield* me.print(`removed '${name}'\n`);
    }
    return status;
  },
};

function remove(me: Process, name: string, options: Options): string | null {
  const path = me.path(name);
  const { files } = me.os;
  if (files.remove(path)) {
    keepDirectory(me, path);
    return null;
  }
  const kind = kindOfPath(files, path);
  if (kind === 'missing') return options.has('f') ? null : 'No such file or directory';
  if (kind === 'device') return 'Operation not permitted';
  if (!options.has('r')) return 'Is a directory';
  if (path === '/') return "it is dangerous to operate recursively on '/'";
  for (const file of filesBelow(me, path)) files.remove(file);
  return null;
}

export const cp: Tool = {
  summary: 'copy files',
  synopsis: '[-r] [-p] SOURCE… TARGET',
  options: [
    ['-r, -R, -a, --recursive', 'directories and what is in them'],
    ['-p', 'with their times'],
    ['-f, --force', 'no effect'],
    ['-n, --no-clobber', 'do not write over a file that is there'],
    ['-v, --verbose', 'say what is copied'],
    ['-i', 'no effect'],
  ],
  missing: '-b -d -H -l -L -P -s -S -t -T -u -x --backup',
  run: (me, options) => copyOrMove(me, options, (from, to) => copyFile(me, options, from, to)),
};

export const mv: Tool = {
  summary: 'move or rename files',
  synopsis: '[-n] SOURCE… TARGET',
  options: [
    ['-f, --force', 'no effect'],
    ['-n, --no-clobber', 'do not write over a file that is there'],
    ['-v, --verbose', 'say what is moved'],
    ['-i', 'no effect'],
  ],
  missing: '-b -S -t -T -u --backup',
  run: (me, options) =>
    copyOrMove(me, options, (from, to) => {
      me.os.files.rename(from, to);
      keepDirectory(me, from);
    }),
};

/** A directory stays when its last file has gone. */
function keepDirectory(me: Process, path: string): void {
  const directory = parentOf(path);
  if (!isDirectory(me.os.files, directory)) makeDirectory(me.os, directory);
}

function copyFile(me: Process, options: Options, from: string, to: string): void {
  const { files } = me.os;
  const bytes = files.read(from);
  if (bytes === null) return;
  const modifiedAt = files.modifiedAt(from);
  files.write(to, bytes);
  if ((options.has('p') || options.has('a')) && modifiedAt !== null) files.setModifiedAt(to, modifiedAt);
}

function* copyOrMove(me: Process, options: Options, act: (from: string, to: string) => void): Proc<number> {
  const { files } = me.os;
  const sources = options.operands.slice(0, -1);
  const target = options.operands.at(-1);
  if (target === undefined) return yield* me.fail('missing file operand');
  if (sources.length === 0) return yield* me.fail(`missing destination file operand after '${target}'`);
  const to = me.path(target);
  const intoDirectory = isDirectory(files, to) && !files.exists(to);
  if (sources.length > 1 && !intoDirectory) return yield* me.fail(`target '${target}' is not a directory`);
  const recursive = options.has('r') || me.name === 'mv';
  const verb = me.name === 'mv' ? 'move' : 'copy';
  let status = 0;
  for (const name of sources) {
    const from = me.path(name);
    const kind = kindOfPath(files, from);
    const end = intoDirectory ? `${to === '/' ? '' : to}/${baseName(from)}` : to;
    if (kind === 'missing' || kind === 'device')
      status = yield* me.fail(
        `cannot ${me.name === 'mv' ? 'stat' : 'stat'} '${name}': No such file or directory`,
      );
    else if (kind === 'directory' && !recursive)
      status = yield* me.fail(`-r not specified; omitting directory '${name}'`);
    else if (end === from) status = yield* me.fail(`'${name}' and '${target}' are the same file`);
    else if (kind === 'directory' && `${end}/`.startsWith(`${from}/`))
      status = yield* me.fail(`cannot ${verb} a directory, '${name}', into itself, '${target}'`);
    else if (!isDirectory(files, parentOf(end)))
      status = yield* me.fail(`cannot create regular file '${target}': No such file or directory`);
    else if (!(options.has('n') && files.exists(end))) {
      if (kind === 'file') act(from, end);
      else for (const file of filesBelow(me, from)) act(file, end + file.slice(from.length));
      if (options.has('v'))
        yield* me.print(
          me.name === 'mv' ? `renamed '${name}' -> '${target}'\n` : `'${name}' -> '${target}'\n`,
        );
    }
  }
  return status;
}

export const mkdir: Tool = {
  summary: 'make directories',
  synopsis: '[-p] DIRECTORY…',
  options: [
    ['-p, --parents', 'also those on the way; one that is there is no error'],
    ['-m, --mode MODE', 'no effect: the simulator has no modes'],
    ['-v, --verbose', 'say what is made'],
  ],
  *run(me, options) {
    if (options.operands.length === 0) return yield* me.fail('missing operand');
    let status = 0;
    for (const name of options.operands) {
      const path = me.path(name);
      const kind = kindOfPath(me.os.files, path);
      const fail = (why: string): Proc<number> => me.fail(`cannot create directory '${name}': ${why}`);
      if (kind === 'directory' && options.has('p')) continue;
      if (kind !== 'missing') status = yield* fail('File exists');
      else if (!options.has('p') && !isDirectory(me.os.files, parentOf(path)))
        status = yield* fail('No such file or directory');
      else {
        makeDirectory(me.os, path);
        if (options.has('v')) yield* me.print(`mkdir: created directory '${name}'\n`);
      }
    }
    return status;
  },
};

export const rmdir: Tool = {
  summary: 'remove empty directories',
  synopsis: 'DIRECTORY…',
  options: [],
  missing: '-p -v',
  *run(me, options) {
    let status = 0;
    for (const name of options.operands) {
      const path = me.path(name);
      const kind = kindOfPath(me.os.files, path);
      const fail = (why: string): Proc<number> => me.fail(`failed to remove '${name}': ${why}`);
      if (kind === 'missing') status = yield* fail('No such file or directory');
      else if (kind !== 'directory') status = yield* fail('Not a directory');
      else if (namesIn(me.os.files, path).length > 0) status = yield* fail('Directory not empty');
      else me.os.files.remove(`${path}/.`);
    }
    return status;
  },
};

export const touch: Tool = {
  summary: 'make empty files, or set the time of files to now',
  synopsis: '[-c] FILE…',
  options: [
    ['-c, --no-create', 'make none'],
    ['-a', 'no effect'],
    ['-m', 'no effect'],
  ],
  missing: '-d -r -t -h --date',
  *run(me, options) {
    let status = 0;
    for (const name of options.operands) {
      const path = me.path(name);
      const kind = kindOfPath(me.os.files, path);
      if (kind === 'file') me.os.files.setModifiedAt(path, me.os.now());
      else if (kind !== 'missing' || options.has('c')) continue;
      else if (!isDirectory(me.os.files, parentOf(path)))
        status = yield* me.fail(`cannot touch '${name}': No such file or directory`);
      else me.os.files.write(path, new Uint8Array(0));
    }
    return status;
  },
};

/** SIMPLIFIED: chmod, chown and chgrp only look whether the files are there: they have no modes or owners. */
export const chmod: Tool = {
  summary: 'change modes or owners of files: no effect, the simulator has none',
  synopsis: '[-R] MODE|OWNER FILE…',
  options: [
    ['-R, --recursive', 'no effect'],
    ['-v, --verbose', 'no effect'],
    ['-f, --silent', 'no effect'],
    ['-h', 'no effect'],
  ],
  missing: '--reference',
  *run(me, options) {
    if (options.operands.length < 2) return yield* me.fail('missing operand');
    let status = 0;
    for (const name of options.operands.slice(1))
      if (kindOfPath(me.os.files, me.path(name)) === 'missing')
        status = yield* me.fail(`cannot access '${name}': No such file or directory`);
    return status;
  },
};
