/**
 * cat — cat, tac, tee: text from files to where it goes, as it is
 */
import type { Proc } from '../../os/os.ts';

import { absolutePath, LineBatches, type Process } from '../shell/process.ts';
import { openFile, RedirectionError } from '../shell/redirect.ts';
import type { Stream } from '../shell/stream.ts';
import { openOperand, type Options, type Tool } from '../shell/tool.ts';

export const cat: Tool = {
  summary: 'print files one after the other',
  synopsis: '[-n] [-b] [-A] [-s] [FILE]…',
  options: [
    ['-n, --number', 'number all lines'],
    ['-b, --number-nonblank', 'number the lines that are not empty'],
    ['-s, --squeeze-blank', 'of several empty lines print one'],
    ['-A, --show-all', 'show line ends as $ and control characters as ^X'],
    ['-E, --show-ends', 'show line ends as $'],
    ['-T, --show-tabs', 'show tabs as ^I'],
    ['-v, --show-nonprinting', 'show control characters as ^X'],
    ['-u', 'no effect: nothing is held back'],
  ],
  missing: '-e -t',
  run: (me, options) => catFiles(me, options),
};

function* catFiles(me: Process, options: Options): Proc<number> {
  let status = 0;
  const plain = options.all.every(({ letter }) => letter === 'u');
  const numbering = { next: 1, blankBefore: false };
  for (const name of options.operands.length > 0 ? options.operands : ['-']) {
    const stream = yield* openOperand(me, name);
    if (stream === null) status = 1;
    else if (plain) yield* copy(me, stream);
    else yield* copyLines(me, stream, options, numbering);
  }
  return status;
}

/** Prints a stream as it is. */
export function* copy(me: Process, stream: Stream): Proc<void> {
  for (;;) {
    const text = yield* me.read(stream);
    if (text === '') return;
    yield* me.print(text);
  }
}

function* copyLines(
  me: Process,
  stream: Stream,
  options: Options,
  numbering: { next: number; blankBefore: boolean },
): Proc<void> {
  const batches = new LineBatches(me, stream);
  const all = options.has('A');
  for (let lines = yield* batches.next(); lines !== null; lines = yield* batches.next()) {
    let out = '';
    for (const line of lines) {
      if (options.has('s') && line === '' && numbering.blankBefore) continue;
      numbering.blankBefore = line === '';
      let text = line;
      if (all || options.has('v')) text = text.replace(/[\x00-\x08\x0b-\x1f\x7f-\xff]/g, visible);
      if (all || options.has('T')) text = text.replaceAll('\t', '^I');
      if (options.has('b') ? line !== '' : options.has('n'))
        text = `${String(numbering.next++).padStart(6)}\t${text}`;
      out += text + (batches.terminated ? (all || options.has('E') ? '$\n' : '\n') : '');
    }
    yield* me.print(out);
  }
}

function visible(c: string): string {
  const code = c.charCodeAt(0);
  if (code >= 128)
    return `M-${code >= 160 ? String.fromCharCode(code - 128) : visible(String.fromCharCode(code - 128))}`;
  return code === 127 ? '^?' : `^${String.fromCharCode(code + 64)}`;
}

export const tac: Tool = {
  summary: 'print files with the last line first',
  synopsis: '[FILE]…',
  options: [],
  missing: '-b -r -s',
  *run(me, options) {
    let status = 0;
    for (const name of options.operands.length > 0 ? options.operands : ['-']) {
      const stream = yield* openOperand(me, name);
      if (stream === null) status = 1;
      else {
        const lines = (yield* me.readAll(stream)).replace(/\n$/, '').split('\n');
        yield* me.print(lines.reverse().join('\n') + '\n');
      }
    }
    return status;
  },
};

export const tee: Tool = {
  summary: 'copy the input to files and to the output',
  synopsis: '[-a] [FILE]…',
  options: [
    ['-a, --append', 'append to the files'],
    ['-i', 'no effect'],
  ],
  missing: '-p',
  *run(me, options) {
    const sinks: Stream[] = [];
    let status = 0;
    for (const name of options.operands) {
      const path = absolutePath(me.directory, name);
      const mode = options.has('a') ? 'append' : 'write';
      try {
        sinks.push(openFile(me.os, { name, path, descriptors: me.descriptors, mode }));
      } catch (error) {
        if (!(error instanceof RedirectionError)) throw error;
        status = yield* me.fail(error.text);
      }
    }
    for (;;) {
      const text = yield* me.read(me.input);
      if (text === '') return status;
      yield* me.print(text);
      for (const sink of sinks) yield* sink.write(me.os, text);
    }
  },
};
