/**
 * sequence-set — message numbers or UIDs as a client names them: "1:3,7,9:*"
 *
 * STANDARDS  RFC 3501 §9 (sequence-set)
 */

/** Ranges in the order given; Infinity stands for "*". */
export type SequenceSet = readonly { from: number; to: number }[];

const rangesMax = 10_000;
const numberMax = 0xffffffff;

/** @returns null when the text is no sequence set; 0 is no number */
export function parseSequenceSet(text: string): SequenceSet | null {
  const ranges: { from: number; to: number }[] = [];
  for (const part of text.split(',')) {
    const [first, second, ...rest] = part.split(':');
    const from = parseNumber(first!);
    const to = second === undefined ? from : parseNumber(second);
    if (from === null || to === null || rest.length > 0 || ranges.length >= rangesMax) return null;
    ranges.push(from <= to ? { from, to } : { from: to, to: from });
  }
  return ranges;
}

/** Whether the number is in the set. @param last what "*" stands for */
export function inSequenceSet(set: SequenceSet, number: number, last: number): boolean {
  // RFC 3501 §9: "*" is the last message, so "9:*" holds the last one even when it is below 9.
  return set.some(({ from, to }) => {
    const low = Math.min(from, last);
    return (
      number >= (from === Infinity || to === Infinity ? low : from) && number <= (to === Infinity ? last : to)
    );
  });
}

/** "1:3,7" from ascending numbers. */
export function formatSequenceSet(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length;) {
    const from = numbers[i]!;
    let to = from;
    while (numbers[i + 1] === to + 1) to = numbers[++i]!;
    parts.push(from === to ? String(from) : `${from}:${to}`);
    i++;
  }
  return parts.join(',');
}

function parseNumber(text: string): number | null {
  if (text === '*') return Infinity;
  if (!/^[0-9]{1,10}$/.test(text)) return null;
  const number = Number(text);
  return number === 0 || number > numberMax ? null : number;
}
