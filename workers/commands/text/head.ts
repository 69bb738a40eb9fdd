/**
 * head — the first lines of files, or all but the last
 */
import type { Proc } from '../../os/os.ts';

import type { Process } from '../shell/process.ts';
import type { Stream } from '../shell/stream.ts';
import { openOperand, type Tool } from '../shell/tool.ts';

export const head: Tool = {
  summary: 'print the first lines of files',
  synopsis: '[-n NUM | -c NUM] [-q | -v] [FILE]…',
  number: 'n',
  options: [
    ['-n, --lines NUM', 'so many lines (10); "-NUM": all but the last NUM'],
    ['-c, --bytes NUM', 'so many bytes'],
    ['-q, --quiet, --silent', 'no names of files'],
    ['-v, --verbose', 'always the names of files'],
  ],
  missing: '-z --zero-terminated',
  *run(me, options) {
    const unit = options.has('c') ? 'c' : 'n';
    const asked = options.value(unit) ?? '10';
    const match = /^([-+]?)(\d{1,12})([kKM]?)$/.exec(asked);
    if (match === null)
      return yield* me.fail(`invalid number of ${unit === 'c' ? 'bytes' : 'lines'}: '${asked}'`);
    const count = Number(match[2]) * (match[3] === '' ? 1 : match[3] === 'M' ? 1_048_576 : 1024);
    const names = options.operands.length > 0 ? options.operands : ['-'];
    const titled = options.has('v') || (names.length > 1 && !options.has('q'));
    let status = 0;
    for (const [i, name] of names.entries()) {
      const stream = yield* openOperand(me, name);
      if (stream === null) {
        status = 1;
        continue;
      }
      if (titled) yield* me.print(`${i > 0 ? '\n' : ''}==> ${name === '-' ? 'standard input' : name} <==\n`);
      if (match[1] === '-') yield* allButLast(me, stream, unit, count);
      else if (unit === 'c') yield* firstBytes(me, stream, count);
      else yield* firstLines(me, stream, count);
    }
    return status;
  },
};

function* firstLines(me: Process, stream: Stream, count: number): Proc<void> {
  for (let left = count; left > 0;) {
    const text = yield* me.read(stream);
    if (text === '') return;
    let end = 0;
    for (; left > 0; left--) {
      const at = text.indexOf('\n', end);
      if (at < 0) {
        end = text.length;
        break;
      }
      end = at + 1;
    }
    yield* me.print(text.slice(0, end));
  }
}

function* firstBytes(me: Process, stream: Stream, count: number): Proc<void> {
  for (let left = count; left > 0;) {
    const text = yield* me.read(stream, Math.min(left, 65_536));
    if (text === '') return;
    left -= text.length;
    yield* me.print(text);
  }
}

function* allButLast(me: Process, stream: Stream, unit: 'c' | 'n', count: number): Proc<void> {
  const text = yield* me.readAll(stream);
  if (unit === 'c') return yield* me.print(text.slice(0, Math.max(0, text.length - count)));
  const lines = text.split(/(?<=\n)/);
  yield* me.print(lines.slice(0, Math.max(0, lines.length - count)).join(''));
}
