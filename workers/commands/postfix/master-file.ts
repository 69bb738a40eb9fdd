/**
 * master-file — master.cf as postconf(1) shows and changes it: services with their fields, in lines
 *
 * SEE ALSO  master(5), postconf-master.ts
 */
import { splitOutsideBraces } from '../../daemons/postfix/main-cf.ts';

/** A piece of the file: a service with its continuation lines, or a comment or empty line. */
export interface MasterLine {
  /** lines as they are */
  readonly text: string;
  /** service, type, private, unprivileged, chroot, wakeup, process_limit, command; [] for a comment */
  readonly fields: readonly string[];
  /** of the command, "-o name=value" put together as one */
  readonly args: readonly string[];
  readonly overrides: readonly (readonly [name: string, value: string])[];
}

/** Takes a file apart; joined by newlines the texts are the file again. */
export function parseMasterFile(text: string): MasterLine[] {
  const pieces: string[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const continues = /^[ \t]/.test(line) && pieces.length > 0 && !/^\s*(#|$)/.test(pieces.at(-1)!);
    if (continues && !/^\s*(#|$)/.test(line)) pieces[pieces.length - 1] += `\n${line}`;
    else pieces.push(line);
  }
  return pieces.map(parseMasterLine);
}

/** One service, or a comment. */
export function parseMasterLine(text: string): MasterLine {
  if (/^\s*(#|$)/.test(text)) return { text, fields: [], args: [], overrides: [] };
  const words = splitOutsideBraces(text, /\s/);
  const args: string[] = [];
  const overrides: [string, string][] = [];
  for (let i = 8; i < words.length; i++) {
    const word = words[i]!;
    const option = word === '-o' ? words[++i] : word.startsWith('-o') ? word.slice(2) : undefined;
    if (option === undefined) {
      args.push(word);
      continue;
    }
    const bare = option.startsWith('{') ? option.replace(/^\{\s*|\s*\}$/g, '') : option;
    const [, name = '', value = ''] = /^\s*([^=\s]*)\s*=\s*([\s\S]*)$/.exec(bare) ?? [];
    overrides.push([name, value]);
    args.push(formatOverride(name, value));
  }
  return { text, fields: words.slice(0, 8), args, overrides };
}

/** "-o name=value", with braces where the value has blanks. */
export function formatOverride(name: string, value: string): string {
  return /\s/.test(value) ? `-o {${name}=${value}}` : `-o ${name}=${value}`;
}

/** A service in one line, as "postconf -M" prints it. */
export function formatService({ fields, args }: Pick<MasterLine, 'fields' | 'args'>): string {
  const widths = [10, 5, 7, 7, 7, 7, 7];
  const columns = widths.map((width, i) => (fields[i] ?? '-').padEnd(width)).join(' ');
  return [`${columns} ${fields[7] ?? ''}`, ...args].join(' ');
}

/** The same with each option on a line of its own, and long lines folded. */
export function formatFolded(service: Pick<MasterLine, 'fields' | 'args'>, widthMax = 80): string {
  let line = formatService({ fields: service.fields, args: [] });
  const lines: string[] = [];
  let inOptions = false;
  for (const arg of service.args) {
    if (arg.startsWith('-o ')) {
      lines.push(line);
      line = `    ${arg}`;
      inOptions = true;
    } else if (inOptions || line.length + 1 + arg.length > widthMax) {
      lines.push(line);
      line = `    ${arg}`;
      inOptions = false;
    } else line += ` ${arg}`;
  }
  return [...lines, line].join('\n');
}
