/**
 * tail — the last lines of files, and with -f those that come
 *
 * What is appended is printed when it is: the file wakes who follows it. -F goes on with a new file of the
 * same name when the log is rotated.
 */
import * as ascii from '../../bytes/ascii.ts';

import { NEVER, type FileState, type Proc } from '../../os/os.ts';

import { isDirectory } from '../shell/directory.ts';
import { absolutePath, type Process } from '../shell/process.ts';
import type { Options, Tool } from '../shell/tool.ts';

export const tail: Tool = {
  summary: 'print the last lines of files, and follow them',
  synopsis: '[-n NUM | -c NUM] [-f | -F] [-q | -v] [FILE]…',
  number: 'n',
  options: [
    ['-n, --lines NUM', 'so many lines (10); "+NUM": from line NUM on'],
    ['-c, --bytes NUM', 'so many bytes'],
    ['-f, --follow', 'print what is appended, until Ctrl-C'],
    ['-F', 'the same, and go on with a new file of that name'],
    ['-q, --quiet, --silent', 'no names of files'],
    ['-v, --verbose', 'always the names of files'],
  ],
  missing: '-s -z --pid --retry --max-unchanged-stats --sleep-interval',
  *run(me, options) {
    const unit = options.has('c') ? 'c' : 'n';
    const asked = options.value(unit) ?? '10';
    const match = /^([-+]?)(\d{1,12})$/.exec(asked);
    if (match === null)
      return yield* me.fail(`invalid number of ${unit === 'c' ? 'bytes' : 'lines'}: '${asked}'`);
    const part = { unit, fromStart: match[1] === '+', count: Number(match[2]) } as const;
    const names = options.operands.length > 0 ? options.operands : ['-'];
    const titles = new Titles(me, options.has('v') || (names.length > 1 && !options.has('q')));
    const followed: Followed[] = [];
    let status = 0;
    for (const name of names) {
      const before = yield* printEnd(me, name, part, titles);
      if (before === 'failed') status = 1;
      if (before === 'failed' && !options.has('F')) continue;
      if (name !== '-')
        followed.push({
          name,
          path: absolutePath(me.directory, name),
          seen: before === 'failed' ? null : before,
        });
    }
    if (!options.has('f') && !options.has('F')) return status;
    if (followed.length === 0) return status === 0 ? 0 : yield* me.fail('no files remaining');
    return yield* follow(me, followed, titles, options);
  },
};

interface Followed {
  readonly name: string;
  readonly path: string;
  seen: FileState | null;
}
interface Part {
  readonly unit: 'c' | 'n';
  readonly fromStart: boolean;
  readonly count: number;
}

/** "==> name <==" where the file changes. */
class Titles {
  readonly #me: Process;
  readonly #shown: boolean;
  #last: string | null = null;

  constructor(me: Process, shown: boolean) {
    this.#me = me;
    this.#shown = shown;
  }
  *of(name: string): Proc<void> {
    if (!this.#shown || this.#last === name) return;
    yield* this.#me.print(
      `${this.#last === null ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`,
    );
    this.#last = name;
  }
}

function* printEnd(me: Process, name: string, part: Part, titles: Titles): Proc<FileState | null | 'failed'> {
  if (name === '-') {
    const text = yield* me.readAll(me.input);
    yield* titles.of(name);
    yield* me.print(endOf(text, part));
    return null;
  }
  const path = absolutePath(me.directory, name);
  const state = me.os.files.state(path);
  if (state === null) {
    if (isDirectory(me.os.files, path)) yield* me.fail(`error reading '${name}': Is a directory`);
    else yield* me.fail(`cannot open '${name}' for reading: No such file or directory`);
    return 'failed';
  }
  yield* titles.of(name);
  // Of a long log only the end is looked at.
  let start = part.fromStart
    ? 0
    : Math.max(0, state.size - Math.max(4096, part.count * (part.unit === 'c' ? 1 : 300)));
  for (;;) {
    const text = ascii.decode(me.os.files.readFrom(path, start));
    const enough = start === 0 || part.unit === 'c' || text.split('\n').length > part.count + 1;
    if (enough) {
      yield* me.print(endOf(text, part));
      return state;
    }
    start = Math.max(0, start - 4 * (state.size - start));
  }
}

function endOf(text: string, { unit, fromStart, count }: Part): string {
  if (unit === 'c')
    return fromStart ? text.slice(Math.max(0, count - 1)) : count === 0 ? '' : text.slice(-count);
  const lines = text.split(/(?<=\n)/);
  if (fromStart) return lines.slice(Math.max(0, count - 1)).join('');
  return count === 0 ? '' : lines.slice(-count).join('');
}

function* follow(me: Process, files: Followed[], titles: Titles, options: Options): Proc<number> {
  if (files.length > 1) return yield* followSeveral(me, files, titles, options);
  const [file] = files as [Followed];
  for (;;) {
    yield* me.os.files.awaitChange(file.path, { since: file.seen, deadline: NEVER });
    yield* printNew(me, file, titles, options);
  }
}

// One proc for each file says when it changes.
function* followSeveral(me: Process, files: Followed[], titles: Titles, options: Options): Proc<number> {
  const changed = me.os.channel<Followed>();
  const watchers = files.map((file) =>
    me.os.spawn('tail', function* (os): Proc<void> {
      for (let since = file.seen; ; since = os.files.state(file.path)) {
        yield* os.files.awaitChange(file.path, { since, deadline: NEVER });
        changed.put(file);
      }
    }),
  );
  try {
    for (;;) {
      const file = yield* changed.take({ deadline: NEVER });
      if (file !== 'timeout') yield* printNew(me, file, titles, options);
    }
  } finally {
    for (const watcher of watchers) watcher.kill();
  }
}

function* printNew(me: Process, file: Followed, titles: Titles, options: Options): Proc<void> {
  const state = me.os.files.state(file.path);
  const { seen } = file;
  file.seen = state;
  if (state === null) {
    if (options.has('F') && seen !== null)
      yield* me.fail(`'${file.name}' has become inaccessible: No such file or directory`);
    return;
  }
  let start = seen?.size ?? 0;
  if (seen === null || seen.inode !== state.inode) {
    if (!options.has('F')) return; // the file that was opened is no longer written to
    yield* me.fail(`'${file.name}' has ${seen === null ? 'appeared' : 'been replaced'};  following new file`);
    start = 0;
  } else if (state.size < start) {
    yield* me.fail(`${file.name}: file truncated`);
    start = 0;
  }
  yield* titles.of(file.name);
  yield* me.print(ascii.decode(me.os.files.readFrom(file.path, start)));
}
