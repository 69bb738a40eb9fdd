/**
 * conformance-case — recorded SMTP dialogues: their format, and how one is played and compared
 *
 * A case is played by a generator that yields what it wants done (connect, write, read a line, wait), so that
 * the same code plays it in virtual time and over real sockets.
 *
 * SEE ALSO  ../../tests/conformance/smtp/recorded/cases/ (the dialogues, recorded with Postfix 3.7.11)
 */

export interface CaseGroup {
  group: string;
  profile: string;
  needs?: string[];
  serial?: boolean;
  /** what the recorded instance had in main.cf beside `config` */
  parameters?: Record<string, string>;
  cases: SmtpCase[];
}

export interface SmtpCase {
  id: string;
  title?: string;
  timeoutMs?: number;
  localAddress?: string;
  needs?: string[];
  allowExtra?: boolean;
  steps: Step[];
}

export interface Expectation {
  code?: number;
  enh?: string | null;
  lines?: string[];
  caps?: string[];
  capsOrder?: boolean;
  hasCaps?: string[];
  lacksCaps?: string[];
  re?: string;
  minMs?: number;
  maxMs?: number;
}

export interface Delivered {
  to: string;
  kind?: string;
  commands?: string[];
  text?: string[];
  nothing?: boolean;
  timeoutMs?: number;
}

interface Piece {
  raw?: string;
  line?: string;
  repeat?: number;
}

export interface Step extends Piece {
  send?: string | string[];
  parts?: Piece[];
  message?: string[];
  split?: string[];
  delayMs?: number;
  expect?: Expectation;
  expectClose?: boolean;
  withinMs?: number;
  minMs?: number;
  expectSilence?: number;
  wait?: number;
  starttls?: boolean;
  end?: boolean;
  destroy?: boolean;
  delivered?: Delivered;
}

/** A message that came to the sink. */
export interface SinkMessage {
  kind: string;
  commands: string[];
  recipients: string[];
  text: string;
}

/** What a case wants done; the driver answers with what is named after the arrow. */
export type Operation =
  /** → whether it worked */
  | { kind: 'connect'; from: string | null }
  | { kind: 'write'; bytes: Uint8Array }
  /** → a line with its line end, one character per byte; null when it did not come in time; 'closed' */
  | { kind: 'read-line'; timeoutMs: number }
  | { kind: 'sleep'; ms: number }
  /** → milliseconds on the driver's clock */
  | { kind: 'now' }
  /** half close */
  | { kind: 'end' }
  | { kind: 'destroy' }
  /** TLS from here on → '' or why not */
  | { kind: 'starttls'; timeoutMs: number }
  /** → SinkMessage, or null */
  | { kind: 'delivered'; to: string; timeoutMs: number };

export type Answer = boolean | string | number | SinkMessage | null;

/** code: code, enhanced status, or out of step; caps: EHLO; text: wording; time. */
export type DifferenceKind = 'code' | 'caps' | 'text' | 'time';

export interface Difference {
  step: number;
  kind: DifferenceKind;
  text: string;
}

export interface CaseResult {
  id: string;
  differences: Difference[];
  transcript: string[];
}

/** Plays a case. */
export function* playCase(test: SmtpCase): Generator<Operation, CaseResult, Answer> {
  const result: CaseResult = { id: test.id, differences: [], transcript: [] };
  const player = new Player(test, result);
  yield* player.play();
  return result;
}

const timeoutMsUsual = 15_000;
const replyLinesMax = 100;

interface Reply {
  code: number;
  lines: string[];
  at: number;
}

class Player {
  readonly #test: SmtpCase;
  readonly #result: CaseResult;
  #lastAt = 0;

  constructor(test: SmtpCase, result: CaseResult) {
    this.#test = test;
    this.#result = result;
  }

  *play(): Generator<Operation, void, Answer> {
    const { steps, localAddress } = this.#test;
    if ((yield { kind: 'connect', from: localAddress ?? null }) !== true)
      return this.#differs(0, 'code', 'cannot connect');
    this.#lastAt = yield* now();
    for (const [index, step] of steps.entries()) {
      if (!(yield* this.#step(step, index))) break;
    }
    const clean = this.#result.differences.length === 0;
    if (clean && this.#test.allowExtra !== true) {
      const extra = yield { kind: 'read-line', timeoutMs: 15 };
      if (typeof extra === 'string' && extra !== 'closed')
        this.#differs(steps.length - 1, 'code', `further reply "${extra.trimEnd()}"`);
    }
    yield { kind: 'destroy' };
  }

  #differs(index: number, kind: DifferenceKind, text: string): void {
    this.#result.differences.push({ step: index + 1, kind, text });
  }

  /** @returns false when the dialogue is out of step */
  *#step(step: Step, index: number): Generator<Operation, boolean, Answer> {
    if (step.expect !== undefined) return yield* this.#expectReply(step.expect, index);
    if (step.expectClose === true) return yield* this.#expectClose(step, index);
    if (step.expectSilence !== undefined) {
      const line = yield { kind: 'read-line', timeoutMs: step.expectSilence };
      if (line !== null) this.#differs(index, 'code', `want silence, got ${JSON.stringify(line)}`);
      return true;
    }
    if (step.wait !== undefined) {
      yield { kind: 'sleep', ms: step.wait };
      this.#lastAt = yield* now();
      return true;
    }
    if (step.delivered !== undefined) return yield* this.#expectDelivered(step.delivered, index);
    if (step.starttls === true) {
      const failure = yield { kind: 'starttls', timeoutMs: this.#test.timeoutMs ?? timeoutMsUsual };
      this.#lastAt = yield* now();
      if (failure === '') return true;
      this.#differs(index, 'code', `no TLS: ${String(failure)}`);
      return false;
    }
    if (step.destroy === true || step.end === true) {
      yield { kind: step.end === true ? 'end' : 'destroy' };
      this.#lastAt = yield* now();
      return true;
    }
    if (step.split !== undefined) {
      for (const part of step.split) {
        yield { kind: 'write', bytes: bytesOf({ raw: part }) };
        yield { kind: 'sleep', ms: step.delayMs ?? 30 };
      }
      this.#lastAt = yield* now();
      return true;
    }
    const bytes = bytesOf(step);
    this.#lastAt = yield* now();
    this.#result.transcript.push(
      `C: ${JSON.stringify(latin1(bytes.subarray(0, 200)))}${bytes.length > 200 ? '…' : ''}`,
    );
    yield { kind: 'write', bytes };
    return true;
  }

  *#expectReply(wanted: Expectation, index: number): Generator<Operation, boolean, Answer> {
    const timeoutMs = this.#test.timeoutMs ?? timeoutMsUsual;
    const reply = yield* this.#readReply(timeoutMs);
    if (typeof reply === 'string') {
      this.#differs(index, 'code', `${reply}, want ${wanted.code ?? '?'} ${wanted.lines?.join(' / ') ?? ''}`);
      return false;
    }
    const ms = reply.at - this.#lastAt;
    this.#lastAt = Math.max(this.#lastAt, reply.at);
    const differences = compareReply(wanted, reply, ms);
    for (const { kind, text } of differences) this.#differs(index, kind, text);
    return !differences.some(({ kind }) => kind === 'code');
  }

  *#readReply(timeoutMs: number): Generator<Operation, Reply | string, Answer> {
    const deadline = (yield* now()) + timeoutMs;
    const lines: string[] = [];
    for (let i = 0; i < replyLinesMax; i++) {
      const line = yield { kind: 'read-line', timeoutMs: Math.max(0, deadline - (yield* now())) };
      if (line === null) return 'no reply';
      if (line === 'closed') return 'connection closed';
      const text = shown(String(line));
      this.#result.transcript.push(`S: ${text}`);
      const match = /^(\d{3})(?:([ -])(.*))?$/s.exec(text);
      if (match === null || !String(line).endsWith('\r\n'))
        return `not a reply line: ${JSON.stringify(line)}`;
      lines.push(match[3] ?? '');
      if (match[2] !== '-') return { code: Number(match[1]), lines, at: yield* now() };
    }
    return 'an endless reply';
  }

  *#expectClose(step: Step, index: number): Generator<Operation, boolean, Answer> {
    const timeoutMs = step.withinMs ?? this.#test.timeoutMs ?? timeoutMsUsual;
    const line = yield { kind: 'read-line', timeoutMs };
    if (line === null) this.#differs(index, 'code', 'connection still open');
    else if (line !== 'closed') this.#differs(index, 'code', `want close, got ${JSON.stringify(line)}`);
    else {
      const ms = (yield* now()) - this.#lastAt;
      if (step.minMs !== undefined && ms < step.minMs) this.#differs(index, 'time', `closed after ${ms} ms`);
    }
    return true;
  }

  *#expectDelivered(wanted: Delivered, index: number): Generator<Operation, boolean, Answer> {
    const message = (yield {
      kind: 'delivered',
      to: wanted.to,
      timeoutMs: wanted.timeoutMs ?? 10_000,
    }) as SinkMessage | null;
    if (wanted.nothing === true) {
      if (message !== null) this.#differs(index, 'code', `a message was delivered to ${wanted.to}`);
      return true;
    }
    if (message === null) {
      this.#differs(index, 'code', `no message for ${wanted.to}`);
      return false;
    }
    if (wanted.kind !== undefined && wanted.kind !== message.kind)
      this.#differs(index, 'text', `kind ${message.kind}`);
    const commands = wanted.commands ?? message.commands;
    if (
      commands.length !== message.commands.length ||
      !commands.every((text, i) => matches(text, message.commands[i]!))
    )
      this.#differs(
        index,
        'text',
        `envelope: want ${JSON.stringify(commands)} got ${JSON.stringify(message.commands)}`,
      );
    if (wanted.text !== undefined) this.#compareText(wanted.text, message.text.split('\r\n'), index);
    return true;
  }

  #compareText(wanted: readonly string[], got: readonly string[], index: number): void {
    for (let i = 0; i < Math.max(wanted.length, got.length); i++) {
      const [want, have] = [wanted[i], got[i]];
      if (want !== undefined && have !== undefined && matches(want, masked(have))) continue;
      return this.#differs(
        index,
        'text',
        `message line ${i + 1}: want ${JSON.stringify(want ?? null)} got ${JSON.stringify(have ?? null)}`,
      );
    }
  }
}

function* now(): Generator<Operation, number, Answer> {
  return (yield { kind: 'now' }) as number;
}

/** Compares one reply. @param ms since the last write or reply */
export function compareReply(
  wanted: Expectation,
  reply: { code: number; lines: string[] },
  ms: number,
): Omit<Difference, 'step'>[] {
  const differences: Omit<Difference, 'step'>[] = [];
  const differs = (kind: DifferenceKind, text: string): void => void differences.push({ kind, text });
  const { lines, code } = reply;
  const all = lines.join(' / ');
  if (wanted.code !== undefined && wanted.code !== code)
    differs('code', `want ${wanted.code} ${wanted.lines?.join(' / ') ?? ''} got ${code} ${all}`);
  const status = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/.exec(lines.at(-1) ?? '')?.[1] ?? null;
  if (wanted.enh !== undefined && wanted.enh !== status)
    differs('code', `want status ${wanted.enh} got ${code} ${all}`);
  const capabilities = lines.slice(1);
  if (wanted.caps !== undefined) {
    const sort = (list: string[]): string[] => (wanted.capsOrder === false ? [...list].sort() : list);
    const [want, got] = [sort(wanted.caps), sort(capabilities)];
    if (want.length !== got.length || !want.every((text, i) => matches(text, got[i]!)))
      differs('caps', `want ${want.join(' | ')} got ${got.join(' | ')}`);
    const first = wanted.lines?.[0];
    if (first !== undefined && !matches(first, lines[0]!))
      differs('text', `want "${first}" got "${lines[0]!}"`);
  } else if (wanted.lines !== undefined) {
    const want = wanted.lines;
    if (want.length !== lines.length || !want.every((text, i) => matches(text, lines[i]!)))
      differs('text', `want "${want.join(' / ')}" got "${all}"`);
  }
  if (wanted.re !== undefined && !new RegExp(wanted.re).test(lines.join('\n')))
    differs('text', `/${wanted.re}/ does not match "${all}"`);
  const has = (keyword: string): boolean =>
    capabilities.some((text) => text.toUpperCase().startsWith(keyword.toUpperCase()));
  for (const keyword of wanted.hasCaps ?? [])
    if (!has(keyword)) differs('caps', `capability ${keyword} missing`);
  for (const keyword of wanted.lacksCaps ?? [])
    if (has(keyword)) differs('caps', `capability ${keyword} present`);
  if (wanted.minMs !== undefined && ms < wanted.minMs)
    differs('time', `after ${ms} ms, want >= ${wanted.minMs}`);
  if (wanted.maxMs !== undefined && ms > wanted.maxMs)
    differs('time', `after ${ms} ms, want <= ${wanted.maxMs}`);
  return differences;
}

const holes: ReadonlyMap<string, string> = new Map([
  ['{QID}', '(?:[0-9A-F]{6,20}|[0-9A-Za-z]{10,24})'],
  ['{NUM}', '[0-9]+'],
  ['{DATE}', '\\w{3}, [ 0-3]?\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4} \\([\\w+-]+\\)'],
  ['{STAMP}', '\\d{14}'],
  ['{TLS}', '(?:\\(using TLS[^)]*\\))?.*'],
  ['{*}', '.*'],
]);

function matches(template: string, text: string): boolean {
  const parts = template.split(/(\{(?:QID|NUM|DATE|STAMP|TLS|\*)\})/);
  const source = parts.map((part) => holes.get(part) ?? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('');
  return template === text || new RegExp(`^${source}$`, 's').test(text);
}

// As the texts were masked when they were recorded.
function masked(line: string): string {
  return line
    .replace(/\bid [0-9A-F]{6,20}\b/g, 'id {QID}')
    .replace(new RegExp(holes.get('{DATE}')!, 'g'), '{DATE}')
    .replace(/<\d{14}\.[0-9A-F]+@/g, '<{STAMP}.{QID}@');
}

function bytesOf(step: Step): Uint8Array {
  if (step.send !== undefined)
    return utf8(
      [step.send]
        .flat()
        .map((line) => `${line}\r\n`)
        .join(''),
    );
  if (step.message !== undefined) return utf8(`${step.message.map((line) => `${line}\r\n`).join('')}.\r\n`);
  const pieces = step.parts ?? [step];
  return Buffer.concat(
    pieces.map(({ raw, line, repeat }) => {
      const bytes =
        raw === undefined ? utf8(`${line ?? ''}\r\n`) : new Uint8Array(Buffer.from(raw, 'latin1'));
      return Buffer.concat(Array.from({ length: repeat ?? 1 }, () => bytes));
    }),
  );
}

function utf8(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** Bytes as text: UTF-8 where they are valid UTF-8, else one character per byte. */
export function shown(line: string): string {
  const text = line.replace(/\r?\n$/, '');
  const decoded = Buffer.from(text, 'latin1').toString('utf8');
  return decoded.includes('\ufffd') ? text : decoded;
}
