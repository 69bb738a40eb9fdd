/** path — the one function mailsplit wants of Node's path: the extension of a file name */

/** Only `ext` is filled, as path.parse() does it. */
export function parse(path: string): { ext: string } {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  return { ext: dot > 0 ? base.slice(dot) : '' };
}
