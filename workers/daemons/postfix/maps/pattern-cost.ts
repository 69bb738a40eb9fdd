/**
 * pattern-cost — whether a regular expression may take time without end
 *
 * "(a+)+" matches a run of a's in exponentially many ways: a loop over a body that may be any part of what
 * the loop takes. Found by its shape: a repeated group with an alternative in which everything is repeated
 * or may be left out, or with alternatives that may begin alike, as in "(a|ab)*". "([a-z]+\\.)+" has a dot
 * that says where each round ends, and is fine. Many loops one after the other, as in ".*a.*b.*c", take time
 * that is a power of the key's length: such a pattern sees less of a long key.
 *
 * SIMPLIFIED: the real engines give up at a match limit; here a costly pattern is known before it is used.
 */

/** A look at part of a pattern: where it ends, and whether one alternative of it is a loose run. */
interface Scan {
  end: number;
  isLoose: boolean;
  isCostly: boolean;
  /** two alternatives of it may begin with the same character */
  isAmbiguous: boolean;
}

const stepsMax = 1e8; // some seconds at most
const optionalMax = 16; // "a?a?a?…" doubles the work with each

/** The characters of a key that a pattern is tried on: less when its loops would take too long. */
export function keyCharactersFor(source: string, charactersMax: number): number {
  const loops = source.match(/[*+]|\{\d*,\d*\}/g)?.length ?? 0;
  const power = loops + (source.startsWith('^') ? 0 : 1);
  let characters = charactersMax;
  while (characters > 16 && characters ** power > stepsMax) characters = Math.floor(characters * 0.9);
  return characters;
}

/** Whether a match may take time exponential in the length of the key. */
export function isCostly(source: string): boolean {
  if ((source.match(/\?|\{0?,/g)?.length ?? 0) > optionalMax) return true;
  for (let at = 0; at < source.length;) {
    const scan = scanGroup(source, at, 0);
    if (scan.isCostly) return true;
    at = scan.end + 1; // beyond a ")" too many, which is a syntax error elsewhere
  }
  return false;
}

const groupsDeepMax = 50;

// Up to the ")" that closes the group, or to the end.
function scanGroup(source: string, start: number, depth: number): Scan {
  if (depth > groupsDeepMax) return { end: source.length, isLoose: true, isCostly: true, isAmbiguous: true };
  let isLoose = false;
  let costly = false;
  let allFree = true; // all of this alternative is repeated or may be left out
  let anyLoop = false;
  let isAmbiguous = false;
  const beginnings = [beginningAt(source, start)];
  let at = start;
  while (at < source.length && source[at] !== ')') {
    if (source[at] === '|') {
      beginnings.push(beginningAt(source, at + 1));
      isLoose ||= allFree && anyLoop;
      allFree = true;
      anyLoop = false;
      at++;
      continue;
    }
    let inner: Scan | null = null;
    if (source[at] === '(') {
      const prefix = /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/.exec(source.slice(at, at + 40))![0];
      inner = scanGroup(source, at + prefix.length, depth + 1);
      at = inner.end + 1;
    } else at = afterAtom(source, at);
    const [quantifier] = /^(?:[*+?]|\{\d*,?\d*\})?[?+]?/.exec(source.slice(at, at + 24))!;
    at += quantifier.length;
    const isLoop = /^[*+{]/.test(quantifier);
    costly ||= inner !== null && (inner.isCostly || (isLoop && (inner.isLoose || inner.isAmbiguous)));
    isAmbiguous ||= inner?.isAmbiguous === true;
    anyLoop ||= isLoop || inner?.isLoose === true;
    allFree &&= isLoop || quantifier.startsWith('?') || inner?.isLoose === true;
  }
  isAmbiguous ||= beginnings.length > 1 && mayBeginAlike(beginnings);
  return { end: at, isLoose: isLoose || (allFree && anyLoop), isCostly: costly, isAmbiguous };
}

// The character that an alternative begins with; '' = one of several, or none.
function beginningAt(source: string, at: number): string {
  const plain =
    source[at] === '\\'
      ? /^\\([^\w])/.exec(source.slice(at, at + 2))
      : /^[^.*+?()[\]{}|^$]/.exec(source.slice(at, at + 1));
  if (plain === null) return '';
  const next = source[at + plain[0].length];
  return next === '*' || next === '?' || next === '{' ? '' : plain.at(-1)!.toLowerCase();
}

function mayBeginAlike(beginnings: readonly string[]): boolean {
  return beginnings.includes('') || new Set(beginnings).size < beginnings.length;
}

function afterAtom(source: string, at: number): number {
  if (source[at] === '\\') return at + 2;
  if (source[at] !== '[') return at + 1;
  let end = at + (source[at + 1] === '^' ? 2 : 1);
  if (source[end] === ']') end++;
  while (end < source.length && source[end] !== ']') end += source[end] === '\\' ? 2 : 1;
  return end + 1;
}
