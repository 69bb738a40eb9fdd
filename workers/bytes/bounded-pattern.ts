/**
 * bounded-pattern — regular expressions matched by backtracking with a limit of steps, for patterns that the
 * engine's own might never be done with
 *
 * Knows what tables use: alternatives, groups, greedy and lazy repeats, classes with [:alpha:] and its kin,
 * ^ $ \b, back references, looking ahead. A match that takes too many steps is none, as at the match limit
 * of pcre(3).
 *
 * SEE ALSO  ../daemons/postfix/maps/pattern-table.ts, pcrepattern(3), regex(7)
 */

/** How letters, dots and line starts match. */
export interface PatternFlags {
  ignoreCase: boolean;
  /** "." takes line feeds */
  dotAll: boolean;
  /** ^ and $ match at line feeds */
  multiline: boolean;
}

/** Steps that are left, for one pattern or for several. */
export interface StepBudget {
  left: number;
}

/** A pattern that is ready. */
export interface BoundedPattern {
  /** @returns the match and what its groups captured; null when there is none within the steps left */
  exec(text: string, budget: StepBudget): readonly string[] | null;
}

/** Steps for all patterns of a table that one key is looked up in. */
export const stepsMax = 2_000_000;
const framesMax = 1000; // nested matchers: far less than any engine's stack holds
const repeatMax = 1000;

/** Goes on from a place in the text. */
type Matcher = (at: number) => boolean;
/** Makes the matcher of a node, given what comes after it. */
type Node = (next: Matcher, run: Run) => Matcher;

/** What changes during a match. */
interface Run {
  text: string;
  budget: StepBudget;
  frames: number;
  starts: number[];
  ends: number[];
}

/** @returns null when it is no pattern, or of a syntax that is not known here */
export function boundedPattern(source: string, flags: PatternFlags): BoundedPattern | null {
  const parser = new Parser(source, flags);
  const node = parser.parse();
  if (node === null) return null;
  const run: Run = { text: '', budget: { left: 0 }, frames: 0, starts: [], ends: [] };
  let end = 0;
  const whole = node((at) => ((end = at), true), run);
  return {
    exec(text, budget) {
      run.text = text;
      run.budget = budget;
      for (let start = 0; start <= text.length && budget.left > 0; start++) {
        run.frames = 0;
        run.starts = new Array<number>(parser.groups + 1).fill(-1);
        run.ends = [...run.starts];
        if (!whole(start)) continue;
        const captured = run.starts.map((from, i) => (from < 0 ? '' : text.slice(from, run.ends[i])));
        captured[0] = text.slice(start, end);
        return captured;
      }
      return null;
    },
  };
}

/** A matcher that counts its steps, and how deep it is nested; beyond the limits nothing matches any more. */
function counted(run: Run, matcher: Matcher): Matcher {
  return (at) => {
    if (--run.budget.left <= 0 || run.frames >= framesMax) return false;
    run.frames++;
    const matched = matcher(at);
    run.frames--;
    return matched;
  };
}

class Parser {
  groups = 0;
  readonly #source: string;
  readonly #flags: PatternFlags;
  #at = 0;
  #depth = 0;
  #failed = false;

  constructor(source: string, flags: PatternFlags) {
    this.#source = source;
    this.#flags = flags;
  }

  parse(): Node | null {
    const node = this.#alternatives();
    return this.#failed || this.#at < this.#source.length ? null : node;
  }

  #alternatives(): Node {
    if (++this.#depth > 50) this.#failed = true;
    const branches = [this.#sequence()];
    while (!this.#failed && this.#source[this.#at] === '|') {
      this.#at++;
      branches.push(this.#sequence());
    }
    this.#depth--;
    return branches.length === 1 ? branches[0]! : anyOf(branches);
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    while (!this.#failed && this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!))
      nodes.push(this.#repeated());
    return (next, run) => nodes.reduceRight((after, node) => node(after, run), next);
  }

  #repeated(): Node {
    const accepts = this.#character();
    const node = accepts === null ? this.#group() : oneCharacter(accepts);
    const match = /^(?:([*+?])|\{(\d*)(,?)(\d*)\})(\??)/.exec(this.#source.slice(this.#at, this.#at + 24));
    if (match === null || (match[1] === undefined && match[2] === '' && match[4] === '')) return node;
    this.#at += match[0].length;
    if ('*+?'.includes(this.#source[this.#at] ?? ' ')) this.#failed = true; // "a**", "a*+"
    const [, sign, from = '', comma, to = ''] = match;
    const min = sign === undefined ? Number(from) : sign === '+' ? 1 : 0;
    const upper = comma === '' ? Number(from) : to === '' ? Infinity : Number(to);
    const max = sign === undefined ? upper : sign === '?' ? 1 : Infinity;
    if (min > repeatMax || (max !== Infinity && max > repeatMax) || max < min) this.#failed = true;
    const times = { min, max, lazy: match[5] === '?' };
    return accepts === null ? loop(node, times) : characterLoop(accepts, times);
  }

  /** A test of one character; null when none comes. */
  #character(): ((code: number) => boolean) | null {
    const rest = this.#source.slice(this.#at, this.#at + 4096);
    const match = classAt.exec(rest) ?? /^\\x[\dA-Fa-f]{2}|^\\(?![1-9bBAzZ])[\s\S]|^[^\\()|^$*+?]/.exec(rest);
    if (match === null) return null;
    this.#at += match[0].length;
    let tester: RegExp;
    try {
      tester = new RegExp(`^(?:${classText(match[0])})$`, this.#characterFlags());
    } catch {
      this.#failed = true;
      return null;
    }
    const known = new Int8Array(256);
    return (code) => {
      if (code > 255) return tester.test(String.fromCharCode(code));
      if (known[code] === 0) known[code] = tester.test(String.fromCharCode(code)) ? 1 : -1;
      return known[code] === 1;
    };
  }

  #characterFlags(): string {
    return (this.#flags.ignoreCase ? 'i' : '') + (this.#flags.dotAll ? 's' : '');
  }

  #group(): Node {
    const source = this.#source;
    const opening = /^\((?:\?(?:[:=!]))?/.exec(source.slice(this.#at, this.#at + 3))?.[0];
    if (opening === undefined) return this.#anchor();
    this.#at += opening.length;
    const number = opening === '(' ? ++this.groups : 0;
    if (opening === '(' && source[this.#at] === '?') this.#failed = true;
    const body = this.#alternatives();
    if (source[this.#at++] !== ')') this.#failed = true;
    if (opening === '(') return capture(number, body);
    return opening === '(?:' ? body : ahead(body, opening === '(?=');
  }

  #anchor(): Node {
    const token = /^(?:\\[1-9bBAzZ]|[\^$])/.exec(this.#source.slice(this.#at, this.#at + 2))?.[0];
    if (token === undefined) {
      this.#failed = true;
      this.#at++;
      return (next) => next;
    }
    this.#at += token.length;
    return /\d/.test(token) ? again(Number(token[1]), this.#flags) : place(token, this.#flags);
  }
}

const classAt = /^\[\^?\]?(?:\[:\w+:\]|\\[\s\S]|[^\]\\])*\]/;

const posixClasses: ReadonlyMap<string, string> = new Map([
  ['alpha', 'A-Za-z'],
  ['digit', '0-9'],
  ['alnum', 'A-Za-z0-9'],
  ['upper', 'A-Z'],
  ['lower', 'a-z'],
  ['space', '\\s'],
  ['blank', ' \\t'],
  ['punct', '!-\\/:-@\\[-`{-~'],
  ['print', ' -~'],
  ['graph', '!-~'],
  ['cntrl', '\\x00-\\x1f\\x7f'],
  ['xdigit', '0-9A-Fa-f'],
  ['word', '\\w'],
]);

// [[:space:]], and "[" and "]" where a class may have them bare, in the words of the engine's own patterns.
function classText(text: string): string {
  if (!text.startsWith('[')) return text === ']' || text === '}' || text === '{' ? `\\${text}` : text;
  const [, start, inner] = /^(\[\^?)([\s\S]*)\]$/.exec(text)!;
  const named = inner!.replace(/\[:(\w+):\]|\\[\s\S]|[[\]]/g, (token, name: string | undefined) =>
    name === undefined ? (token.length === 1 ? `\\${token}` : token) : (posixClasses.get(name) ?? '['),
  );
  return `${start!}${named}]`;
}

function oneCharacter(accepts: (code: number) => boolean): Node {
  return (next, run) =>
    counted(run, (at) => at < run.text.length && accepts(run.text.charCodeAt(at)) && next(at + 1));
}

interface Times {
  min: number;
  max: number;
  lazy: boolean;
}

function characterLoop(accepts: (code: number) => boolean, { min, max, lazy }: Times): Node {
  return (next, run) =>
    counted(run, (at) => {
      const { text } = run;
      const fits = (count: number): boolean =>
        count < max && at + count < text.length && accepts(text.charCodeAt(at + count));
      let count = 0;
      while (count < (lazy ? min : max) && fits(count)) count++;
      for (; count >= min && --run.budget.left > 0; count += lazy ? 1 : -1) {
        if (next(at + count)) return true;
        if (lazy && !fits(count)) return false;
      }
      return false;
    });
}

function loop(body: Node, { min, max, lazy }: Times): Node {
  return (next, run) => {
    const turn = (count: number): Matcher =>
      counted(run, (at) => {
        const goOn = turn(count + 1);
        // A round that took nothing is the last.
        const more = (): boolean =>
          count < max && body((end) => (end > at || count < min) && goOn(end), run)(at);
        if (count < min) return more();
        return lazy ? next(at) || more() : more() || next(at);
      });
    return turn(0);
  };
}

function anyOf(branches: readonly Node[]): Node {
  return (next, run) => {
    const matchers = branches.map((branch) => branch(next, run));
    return counted(run, (at) => matchers.some((matcher) => matcher(at)));
  };
}

function capture(number: number, body: Node): Node {
  return (next, run) =>
    counted(run, (at) => {
      const before = [run.starts[number]!, run.ends[number]!] as const;
      const matched = body((end) => {
        const inner = [run.starts[number]!, run.ends[number]!] as const;
        [run.starts[number], run.ends[number]] = [at, end];
        if (next(end)) return true;
        [run.starts[number], run.ends[number]] = inner;
        return false;
      }, run)(at);
      if (!matched) [run.starts[number], run.ends[number]] = before;
      return matched;
    });
}

function ahead(body: Node, wanted: boolean): Node {
  return (next, run) => {
    const look = body(() => true, run);
    return counted(run, (at) => look(at) === wanted && next(at));
  };
}

function again(number: number, { ignoreCase }: PatternFlags): Node {
  return (next, run) =>
    counted(run, (at) => {
      const from = run.starts[number] ?? -1;
      if (from < 0) return false;
      const said = run.text.slice(from, run.ends[number]);
      const here = run.text.slice(at, at + said.length);
      const isSame = here === said || (ignoreCase && here.toLowerCase() === said.toLowerCase());
      return isSame && next(at + said.length);
    });
}

function place(token: string, { multiline }: PatternFlags): Node {
  return (next, run) => counted(run, (at) => isPlace(token, run.text, at, multiline) && next(at));
}

function isPlace(token: string, text: string, at: number, multiline: boolean): boolean {
  switch (token) {
    case '\\A':
      return at === 0;
    case '\\z':
      return at === text.length;
    case '^':
      return at === 0 || (multiline && text[at - 1] === '\n');
    case '$':
    case '\\Z':
      return at === text.length || (multiline && token === '$' && text[at] === '\n');
    default: {
      const isEdge = isWord(text, at - 1) !== isWord(text, at);
      return isEdge === (token === '\\b');
    }
  }
}

function isWord(text: string, at: number): boolean {
  return at >= 0 && at < text.length && /\w/.test(text[at]!);
}
