/**
 * maildir-name — file names of a Maildir: what they say about a message
 *
 *   1772528401.M5123P17.mx.far.example,S=834,U=3:2,FS
 *   seconds    microseconds and pid, host, size, UID, flags
 *
 * SIMPLIFIED: the UID is in the name. Dovecot keeps it in dovecot-uidlist, beside the name; who lists the
 * directory sees the difference, a mail program does not.
 *
 * SEE ALSO  maildir(5), https://cr.yp.to/proto/maildir.html
 */

/** The flags that a file name can hold, by letter. Order of the letters as maildir asks: ASCII. */
const flagLetters: readonly (readonly [string, string])[] = Object.freeze([
  ['D', '\\Draft'],
  ['F', '\\Flagged'],
  ['R', '\\Answered'],
  ['S', '\\Seen'],
  ['T', '\\Deleted'],
]);

/** The system flags that can be stored, in the order in which Dovecot names them. */
export const systemFlags = Object.freeze(['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft']);

/** The part of a name that never changes. */
export function formatBaseName(name: {
  epochUs: number;
  pid: number;
  host: string;
  size: number;
  uid: number;
}): string {
  const second = Math.floor(name.epochUs / 1_000_000);
  const micro = name.epochUs - second * 1_000_000;
  return `${second}.M${micro}P${name.pid}.${name.host},S=${name.size},U=${name.uid}`;
}

/** The name below cur/. */
export function formatCurName(base: string, flags: ReadonlySet<string>): string {
  return `${base}:2,${flagLetters
    .filter(([, flag]) => flags.has(flag))
    .map(([letter]) => letter)
    .join('')}`;
}

/** @returns null when the name is not of a message of ours */
export function parseName(
  name: string,
): { base: string; size: number; uid: number; flags: Set<string> } | null {
  const match = /^([^:]+,S=(\d{1,12}),U=(\d{1,10}))(?::2,([A-Za-z]*))?$/.exec(name);
  if (match === null) return null;
  const letters = match[4] ?? '';
  const flags = new Set(flagLetters.filter(([letter]) => letters.includes(letter)).map(([, flag]) => flag));
  return { base: match[1]!, size: Number(match[2]), uid: Number(match[3]), flags };
}
