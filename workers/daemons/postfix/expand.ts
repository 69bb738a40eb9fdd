/**
 * expand — $name, ${name}, $(name), ${name?text}, ${name:text}, ${name?{text}:{text}}, ${{a} op {b}?{x}:{y}},
 * $$
 *
 * SEE ALSO  postconf(5), mac_expand(3)
 */

const depthMax = 100;
const textMax = 1_000_000;
const workMax = 10_000; // parameters that name each other twice would double the work with each level

/**
 * Expands the references in a value, and those in what they stand for; beyond reasonable work, to nothing.
 * @param lookup value of a name as written; null = no such name, expands to nothing
 */
export function expandValue(text: string, lookup: (name: string) => string | null): string {
  return text.includes('$') ? expand(text, { lookup, workLeft: workMax }, 0) : text;
}

/** One expansion with all that is expanded for it. */
interface Expansion {
  lookup(name: string): string | null;
  workLeft: number;
}

function expand(text: string, expansion: Expansion, depth: number): string {
  if (!text.includes('$')) return text;
  expansion.workLeft -= 1 + (text.length >> 6);
  if (depth > depthMax || expansion.workLeft < 0) return ''; // a parameter that names itself
  let out = '';
  for (let at = 0; at < text.length && out.length < textMax;) {
    const dollar = text.indexOf('$', at);
    if (dollar === -1) return out + text.slice(at);
    out += text.slice(at, dollar);
    const next = text[dollar + 1];
    if (next === '$') {
      out += '$';
      at = dollar + 2;
    } else if (next === '{' || next === '(') {
      const end = closing(text, dollar + 1);
      if (end === -1) return out + text.slice(dollar);
      out += expandBraced(text.slice(dollar + 2, end), expansion, depth + 1);
      at = end + 1;
    } else {
      const name = nameAt(text, dollar + 1);
      out += name === '' ? '$' : valueOf(name, expansion, depth + 1);
      at = dollar + 1 + name.length;
    }
  }
  return out;
}

function valueOf(name: string, expansion: Expansion, depth: number): string {
  const value = expansion.lookup(name);
  return value === null ? '' : expand(value, expansion, depth);
}

// What is between ${ and }.
function expandBraced(inner: string, expansion: Expansion, depth: number): string {
  if (inner.trimStart().startsWith('{')) {
    const match = splitComparison(inner);
    if (match === null) return '';
    const holds = compare(
      expand(match.left, expansion, depth),
      match.op,
      expand(match.right, expansion, depth),
    );
    return choose(match.rest, holds, expansion, depth);
  }
  const name = nameAt(inner, 0);
  const value = valueOf(name, expansion, depth);
  const rest = inner.slice(name.length).trim();
  return rest === '' ? value : choose(rest, value !== '', expansion, depth);
}

// "?{x}:{y}", "?x", ":{y}", ":y"
function choose(rest: string, holds: boolean, expansion: Expansion, depth: number): string {
  const text = rest.trimStart();
  const take = (part: string): string => expand(part, expansion, depth);
  if (text.startsWith(':')) return holds ? '' : take(unbrace(text.slice(1)));
  if (!text.startsWith('?')) return '';
  const after = text.slice(1).trimStart();
  if (!after.startsWith('{')) return holds ? take(after) : '';
  const end = closing(after, 0);
  if (end === -1) return '';
  if (holds) return take(after.slice(1, end).trim());
  const otherwise = after.slice(end + 1).trimStart();
  return otherwise.startsWith(':') ? take(unbrace(otherwise.slice(1))) : '';
}

function unbrace(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith('{') && trimmed.endsWith('}') ? trimmed.slice(1, -1).trim() : text;
}

function splitComparison(inner: string): { left: string; op: string; right: string; rest: string } | null {
  const start = inner.indexOf('{');
  const leftEnd = closing(inner, start);
  if (leftEnd === -1) return null;
  const match = /^\s*(==|!=|<=|>=|<|>)(?:level)?\s*(?=\{)|^\s*(<=|>=|<|>|==|!=)level\s*(?=\{)/.exec(
    inner.slice(leftEnd + 1),
  );
  if (match === null) return null;
  const rightStart = leftEnd + 1 + match[0].length;
  const rightEnd = closing(inner, rightStart);
  if (rightEnd === -1) return null;
  return {
    left: inner.slice(start + 1, leftEnd).trim(),
    op: match[1] ?? match[2]!,
    right: inner.slice(rightStart + 1, rightEnd).trim(),
    rest: inner.slice(rightEnd + 1),
  };
}

// Numbers and levels ("3.6") compare by number, all else as text.
function compare(left: string, op: string, right: string): boolean {
  const order =
    /^[\d.]+$/.test(left) && /^[\d.]+$/.test(right)
      ? compareLevels(left, right)
      : left < right
        ? -1
        : left > right
          ? 1
          : 0;
  switch (op) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

function compareLevels(left: string, right: string): number {
  const a = left.split('.').map(Number);
  const b = right.split('.').map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function nameAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && /[A-Za-z0-9_]/.test(text[end]!)) end++;
  return text.slice(at, end);
}

/** The index of the bracket that closes the one at `open`; -1 when there is none. */
function closing(text: string, open: number): number {
  const [left, right] = text[open] === '(' ? ['(', ')'] : ['{', '}'];
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === left) depth++;
    else if (text[i] === right && --depth === 0) return i;
  }
  return -1;
}
