/**
 * command — the lines of an LMTP or SMTP client, as the mailstore and the content filter read them
 *
 * STANDARDS  RFC 5321 §4.1.1 (commands), §4.1.2 (paths); RFC 2033 §4.1 (LHLO)
 */
import * as utf8 from '../../bytes/utf8.ts';

const quote = 0x22;
const rightAngle = 0x3e;
const backslash = 0x5c;

export interface CommandLine {
  /** upper case */
  verb: string;
  /** what follows the verb, without the blanks around it */
  rest: string;
}

/** Splits a line into verb and rest. */
export function parseCommandLine(line: Uint8Array): CommandLine {
  const text = utf8.decode(line).trimEnd();
  const blank = text.indexOf(' ');
  if (blank === -1) return { verb: text.toUpperCase(), rest: '' };
  return { verb: text.slice(0, blank).toUpperCase(), rest: text.slice(blank + 1).trim() };
}

export interface PathArgument {
  /** the address between the brackets, without a source route; '' = the null path */
  address: string;
  /** what follows, as [KEYWORD, value]; the value is null when there is no "=" */
  parameters: [string, string | null][];
}

/**
 * Parses "FROM:<a@b> BODY=8BITMIME".
 * @param keyword FROM or TO
 * @returns null when it is no path in angle brackets, or a parameter is malformed
 */
export function parsePathArgument(rest: string, keyword: 'FROM' | 'TO'): PathArgument | null {
  if (rest.slice(0, keyword.length + 1).toUpperCase() !== `${keyword}:`) return null;
  const text = rest.slice(keyword.length + 1).trimStart();
  const end = text.startsWith('<') ? pathEnd(text) : -1;
  if (end === -1) return null;
  const path = text.slice(1, end);
  // RFC 5321 §4.1.2: source routes are ignored
  const address = path.startsWith('@') ? path.replace(/^@[^:<>]*:/, '') : path;
  const parameters: [string, string | null][] = [];
  if (end === text.length - 1) return { address, parameters };
  for (const word of text.slice(end + 1).split(' ')) {
    if (word === '') continue;
    const equals = word.indexOf('=');
    const name = (equals === -1 ? word : word.slice(0, equals)).toUpperCase();
    if (!/^[A-Z0-9][A-Z0-9-]*$/.test(name)) return null;
    parameters.push([name, equals === -1 ? null : word.slice(equals + 1)]);
  }
  return { address, parameters };
}

/** Whether an address is local-part@domain, the local part as dots and atoms or quoted. */
export function isMailbox(address: string): boolean {
  return /^(?:"(?:[^"\\\r\n]|\\[^\r\n])+"|[^\s@"(),:;<>[\\\]]+)@(?:[^\s@"(),:;<>[\\\]]+|\[[^\s[\]]+\])$/.test(
    address,
  );
}

/** Where the ">" of the path is; a quoted local part may hold one. */
function pathEnd(text: string): number {
  let quoted = false;
  for (let i = 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === backslash && quoted) i++;
    else if (code === quote) quoted = !quoted;
    else if (code === rightAngle && !quoted) return i;
  }
  return -1;
}
