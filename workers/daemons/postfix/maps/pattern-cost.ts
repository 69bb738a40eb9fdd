/**
 * pattern-cost — whether a regular expression may take time without end
 *
 * "(a+)+" matches a run of a's in exponentially many ways: a loop over a body that may be any part of what
 * the loop takes. Found by its shape: a repeated group with an alternative in which everything is repeated
 * or may be left out. "([a-z]+\\.)+" has a dot that says where each round ends, and is fine.
 *
 * SIMPLIFIED: other ambiguity, as in "(a|a)*", is not seen.
 */

/** A look at part of a pattern: where it ends, and whether one alternative of it is a loose run. */
interface Scan {
  end: number;
  isLoose: boolean;
  isCostly: boolean;
}

/** Whether a match may take time exponential in the length of the key. */
export function isCostly(source: string): boolean {
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
  if (depth > groupsDeepMax) return { end: source.length, isLoose: true, isCostly: true };
  let isLoose = false;
  let costly = false;
  let allFree = true; // all of this alternative is repeated or may be left out
  let anyLoop = false;
  let at = start;
  while (at < source.length && source[at] !== ')') {
    if (source[at] === '|') {
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
    const isLoop = /^(?:[*+]|\{\d*,\d*\})/.test(quantifier);
    costly ||= inner !== null && (inner.isCostly || (isLoop && inner.isLoose));
    anyLoop ||= isLoop || inner?.isLoose === true;
    allFree &&= isLoop || quantifier.startsWith('?') || inner?.isLoose === true;
  }
  return { end: at, isLoose: isLoose || (allFree && anyLoop), isCostly: costly };
}

function afterAtom(source: string, at: number): number {
  if (source[at] === '\\') return at + 2;
  if (source[at] !== '[') return at + 1;
  let end = at + (source[at + 1] === '^' ? 2 : 1);
  if (source[end] === ']') end++;
  while (end < source.length && source[end] !== ']') end += source[end] === '\\' ? 2 : 1;
  return end + 1;
}
