/**
 * content-checks — header_checks, mime_header_checks, nested_header_checks, body_checks: look at each header
 * field and body line, act on what matches
 *
 * A message's own fields are for header_checks, those of a part for mime_header_checks, those of an attached
 * message for nested_header_checks; MIME fields are for mime_header_checks wherever they stand.
 *
 * SIMPLIFIED: body_checks see a long line whole, where the real ones see $line_length_limit of it at a time;
 * header_size_limit cuts nothing. Without any checks the fields of parts are not looked at: blanks before
 * their colons stay.
 *
 * SEE ALSO  header_checks(5), mime-state.ts
 */
import * as ascii from '../../../bytes/ascii.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import { concat } from '../../../bytes/concat.ts';

import type { Os, Proc } from '../../../os/os.ts';

import type { LookupTables } from '../maps/lookup-table.ts';

import type { ContentTables } from './config.ts';
import { fieldText, scanFields, type HeaderLine, type ScannedMessage } from './header-work.ts';
import { MimeState } from './mime-state.ts';
import { emptyVerdict, type Verdict } from './verdict.ts';

export interface CheckContext extends ContentTables {
  /** "from client[address]; from=<sender> to=<recipient>" */
  origin: string;
  /** " proto=ESMTP helo=<name>" */
  greeting: string;
  /** writes "QID: said" */
  log: (said: string) => void;
}

/** Checks a message until something ends the search. What changes in its body is changed in `message`. */
export function* checkContent(os: Os, context: CheckContext, message: ScannedMessage): Proc<Verdict> {
  const check = new ContentCheck(os, context);
  yield* check.ownFields(message);
  if (!check.isOver) message.body = yield* check.body(message.body);
  return check.end();
}

/** Whose fields a table is asked about. */
type FieldClass = 'header' | 'mime' | 'nested';

interface Edit {
  start: number;
  end: number;
  text: string;
}

class ContentCheck {
  readonly #os: Os;
  readonly #context: CheckContext;
  readonly #mime: MimeState;
  readonly #verdict: Verdict = emptyVerdict();
  /** of the body, in its order */
  readonly #edits: Edit[] = [];
  /** of the body of this part */
  #offset = 0;
  #isTooDeep = false;

  constructor(os: Os, context: CheckContext) {
    this.#os = os;
    this.#context = context;
    this.#mime = new MimeState(context.limits);
  }

  get isOver(): boolean {
    return this.#verdict.failed || this.#verdict.reject !== '' || this.#verdict.discard;
  }

  /** What it all comes to. */
  end(): Verdict {
    if (!this.isOver && this.#isTooDeep) this.#verdict.reject = `5.6.0 ${tooDeep}`;
    return this.#verdict;
  }

  *ownFields({ header, fields }: ScannedMessage): Proc<void> {
    for (const field of fields) {
      const edit = yield* this.#field('header', header, field);
      if (edit !== null) this.#verdict.edits.set(field, edit);
      if (this.isOver) return;
    }
  }

  /** @param pieces from the empty line on. @returns them, changed where an action changes a line */
  *body(pieces: Uint8Array[]): Proc<Uint8Array[]> {
    if (pieces.length === 0 || (this.#context.body === null && !this.#mime.hasStructure)) return pieces;
    const bytes = concat(pieces);
    let at = 0;
    if (this.#endsBlock(bytes, 0)) at = yield* this.#fields('nested', bytes, lineEnd(bytes, 0));
    while (at < bytes.length && !this.isOver) {
      if (this.#context.body === null && !this.#mime.hasStructure) break;
      const next = lineEnd(bytes, at);
      const beginsPart = this.#mime.bodyLine(bytes, at, next);
      if (this.#context.body !== null) yield* this.#bodyLine(this.#context.body, bytes, at);
      at = beginsPart && !this.isOver ? yield* this.#fields('mime', bytes, next) : next;
    }
    return this.#edits.length === 0 ? pieces : applyEdits(bytes, this.#edits);
  }

  // Fields of a part, and of the messages that begin behind them. @returns where the body begins
  *#fields(of: FieldClass, bytes: Uint8Array, start: number): Proc<number> {
    let at = yield* this.#block(of, bytes, start);
    while (!this.isOver && this.#endsBlock(bytes, at))
      at = yield* this.#block('nested', bytes, lineEnd(bytes, at));
    return at;
  }

  // At the end of fields. @returns whether an attached message begins behind an empty line
  #endsBlock(bytes: Uint8Array, at: number): boolean {
    const isEmptyLine = bytes[at] === lf || (bytes[at] === cr && bytes[at + 1] === lf);
    if (!isEmptyLine) return false;
    this.#offset = 0;
    return this.#mime.endHeader();
  }

  // @returns where the fields end
  *#block(of: FieldClass, bytes: Uint8Array, start: number): Proc<number> {
    const rest = [bytes.subarray(start)];
    const fields: HeaderLine[] = [];
    const length = scanFields(rest[0]!, 0, fields);
    for (const field of fields) {
      const edit = yield* this.#field(of, rest, field);
      const text = edit ?? (field.gap > 0 ? crlf(fieldText(rest, field)) : null);
      if (text !== null) this.#edits.push({ start: start + field.start, end: start + field.end, text });
      if (this.isOver) break;
    }
    return start + length;
  }

  // @returns what stands in its place; null = it stays
  *#field(of: FieldClass, pieces: readonly Uint8Array[], field: HeaderLine): Proc<string | null> {
    const text = fieldText(pieces, field);
    if (field.name === 'content-type') {
      const { start, end, piece } = field;
      const whole = ascii.decode(pieces[piece]!, start, end);
      if (!this.#mime.contentType(whole) && !this.#isTooDeep) {
        this.#isTooDeep = true;
        this.#context.log(`reject: mime-error ${tooDeep}: ${text.slice(0, 100)} ${this.#context.origin}`);
      }
    }
    const tables = this.#context[mimeFields.includes(field.name) ? 'mime' : of];
    return tables === null ? null : yield* this.#ask(tables, 'header', text);
  }

  *#bodyLine(tables: LookupTables, bytes: Uint8Array, start: number): Proc<void> {
    const { bodyBytesMax } = this.#context;
    const end = lineEnd(bytes, start);
    const textEnd = end - lineFeeds(bytes, start, end);
    const isLooked = bodyBytesMax === 0 || this.#offset < bodyBytesMax;
    this.#offset += textEnd - start + 1;
    if (!isLooked || textEnd === start) return;
    const edit = yield* this.#ask(tables, 'body', utf8.decode(bytes.subarray(start, textEnd)));
    if (edit !== null) this.#edits.push({ start, end, text: edit });
  }

  // @returns what stands in the place of field or line; null = it stays
  *#ask(tables: LookupTables, where: 'header' | 'body', line: string): Proc<string | null> {
    const answer = yield* tables.lookup(this.#os, line);
    if (answer.kind === 'try-again') this.#verdict.failed = true;
    return answer.kind === 'found' ? this.#act(where, line, answer.value) : null;
  }

  #act(where: 'header' | 'body', line: string, action: string): string | null {
    const verdict = this.#verdict;
    const [, command, rest] = /^(\S+)\s*([\s\S]*)$/.exec(action) ?? [];
    const text = rest ?? '';
    const log = (word: string, why = text): void => {
      const { origin, greeting } = this.#context;
      const said = `${word}: ${where} ${line.slice(0, 200)} ${origin}${greeting}`;
      this.#context.log(why === '' ? said : `${said}: ${why}`);
    };
    switch ((command ?? '').toUpperCase()) {
      case 'REJECT':
        verdict.reject = /^5\.\d+\.\d+\s/.test(text) ? text : `5.7.1 ${text || 'message content rejected'}`;
        log('reject', verdict.reject);
        return null;
      case 'DISCARD':
        verdict.discard = true;
        log('discard');
        return null;
      case 'HOLD':
        verdict.hold = true;
        log('hold');
        return null;
      case 'FILTER':
        verdict.filter = text;
        log('filter');
        return null;
      case 'REDIRECT':
        verdict.redirect = text;
        log('redirect');
        return null;
      case 'BCC':
        verdict.bcc.push(text);
        log('bcc');
        return null;
      case 'WARN':
        log('warning');
        return null;
      case 'INFO':
        log('info');
        return null;
      case 'IGNORE':
        return '';
      case 'STRIP':
        log('strip');
        return '';
      case 'REPLACE':
        log('replace');
        return crlf(text);
      case 'PREPEND':
        log('prepend');
        return crlf(text) + crlf(line);
      default: // OK, DUNNO
        return null;
    }
  }
}

function crlf(text: string): string {
  return `${text.replace(/\n/g, '\r\n')}\r\n`;
}

// Behind the line's LF.
function lineEnd(bytes: Uint8Array, start: number): number {
  const found = bytes.indexOf(lf, start);
  return found === -1 ? bytes.length : found + 1;
}

// How many bytes of a line are its end.
function lineFeeds(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[end - 1] !== lf) return 0;
  return end - 2 >= start && bytes[end - 2] === cr ? 2 : 1;
}

function applyEdits(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const { start, end, text } of edits) {
    if (start > from) pieces.push(bytes.subarray(from, start));
    if (text !== '') pieces.push(utf8.encode(text));
    from = end;
  }
  if (from < bytes.length) pieces.push(bytes.subarray(from));
  return pieces;
}

const mimeFields: readonly string[] = Object.freeze([
  'content-description',
  'content-disposition',
  'content-id',
  'content-transfer-encoding',
  'content-type',
  'mime-version',
]);
const tooDeep = 'MIME nesting exceeds safety limit';
const lf = 0x0a;
const cr = 0x0d;
