/** config-mode — the syntax of main.cf and master.cf, as far as an editor colours it and completes names */

export type ConfigFormat = 'main.cf' | 'master.cf';

interface Stream {
  sol(): boolean;
  eatSpace(): boolean;
  skipToEnd(): void;
  match(pattern: RegExp): unknown;
  next(): string | null | void;
}

/** What has been seen of an entry. */
export interface ModeState {
  /** of a master.cf entry, fields so far; main.cf: 0 = before the name, 1 = after it */
  fields: number;
  /** the next word is what -o sets */
  isOption: boolean;
}

/** A tokenizer for CodeMirror's StreamLanguage. */
export function configMode(format: ConfigFormat) {
  return {
    name: format,
    startState: (): ModeState => ({ fields: 0, isOption: false }),
    copyState: (state: ModeState): ModeState => ({ ...state }),
    token(stream: Stream, state: ModeState): string | null {
      if (stream.sol()) {
        if (stream.match(/^\s*#.*/)) return 'comment';
        if (!stream.match(/^\s+/)) Object.assign(state, { fields: 0, isOption: false });
        else return null;
      }
      if (stream.eatSpace()) return null;
      return format === 'main.cf' ? mainToken(stream, state) : masterToken(stream, state);
    },
  };
}

function mainToken(stream: Stream, state: ModeState): string | null {
  if (state.fields === 0) {
    state.fields = 1;
    if (stream.match(/^[^\s=]+/)) return 'propertyName';
  }
  return valueToken(stream);
}

function masterToken(stream: Stream, state: ModeState): string | null {
  if (state.isOption && stream.match(/^\{?\s*[^\s={}]+(?=\s*=)/)) {
    state.isOption = false;
    return 'propertyName';
  }
  if (stream.match(/^-o(?=[\s{]|$)/)) {
    state.isOption = true;
    return 'keyword';
  }
  if (state.fields >= 8) return valueToken(stream);
  stream.match(/^\S+/);
  state.fields += 1;
  return state.fields === 1 || state.fields === 8 ? 'propertyName' : null;
}

function valueToken(stream: Stream): string | null {
  if (stream.match(/^\$[{(]?\w+[})]?/)) return 'variableName';
  if (stream.match(/^=/)) return 'operator';
  if (stream.match(/^(hash|lmdb|btree|texthash|inline|static|regexp|pcre|cidr|ldap|proxy|fail):[^\s,]*/))
    return 'string';
  if (stream.match(/^[^\s$=]+/)) return null;
  stream.next();
  return null;
}

/**
 * The name that is being written at the end of a line's text, and what follows it once it is whole.
 * @returns null where none can be
 */
export function nameBefore(format: ConfigFormat, text: string): { text: string; after: string } | null {
  const inValue = /\$[{(]?(\w*)$/.exec(text);
  if (inValue !== null) return { text: inValue[1]!, after: '' };
  const begun = format === 'main.cf' ? /^(\w*)$/.exec(text) : /\s-o\s*\{?\s*(\w*)$/.exec(text);
  if (begun === null) return null;
  return { text: begun[1]!, after: format === 'main.cf' ? ' = ' : '=' };
}
