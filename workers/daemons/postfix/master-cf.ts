/**
 * master-cf — master.cf: which services run, where they listen, how many processes, with which -o options
 *
 * SEE ALSO  master(5)
 */
import { logicalLines, splitOutsideBraces } from './main-cf.ts';

export interface MasterEntry {
  /** as written: "smtp", "127.0.0.1:10025", "[::1]:25" */
  service: string;
  type: 'inet' | 'unix' | 'fifo' | 'pass' | 'unix-dgram';
  /** null = $default_process_limit; 0 = no limit */
  processesMax: number | null;
  /** seconds after which master wakes it up again; 0 = never */
  wakeupSeconds: number;
  /** program without path: "smtpd", "smtp" */
  command: string;
  /** -o name=value */
  overrides: Map<string, string>;
}

/** Reads master.cf. Lines that are none are problems ("fatal: …" of the real program), and left out. */
export function parseMasterCf(
  text: string,
  file = '/etc/postfix/master.cf',
): { entries: MasterEntry[]; problems: string[] } {
  const entries: MasterEntry[] = [];
  const problems: string[] = [];
  for (const { line, text: logical } of logicalLines(text)) {
    const entry = parseEntry(splitOutsideBraces(logical, /\s/));
    if (typeof entry === 'string') problems.push(`${file}: line ${line}: ${entry}`);
    else entries.push(entry);
  }
  return { entries, problems };
}

function parseEntry(fields: string[]): MasterEntry | string {
  const [service, type, , , , wakeup, maxproc, command, ...args] = fields;
  if (service === undefined || command === undefined || maxproc === undefined)
    return 'missing transport type';
  if (type !== 'inet' && type !== 'unix' && type !== 'fifo' && type !== 'pass' && type !== 'unix-dgram')
    return `invalid transport type: ${type ?? ''}`;
  if (maxproc !== '-' && !/^\d{1,9}$/.test(maxproc)) return `bad maxproc field "${maxproc}"`;
  const overrides = parseOptions(args);
  if (typeof overrides === 'string') return overrides;
  const program = command.slice(command.lastIndexOf('/') + 1);
  return {
    service,
    type,
    processesMax: maxproc === '-' ? null : Number(maxproc),
    wakeupSeconds: Number(/^(\d{1,9})\??$/.exec(wakeup ?? '')?.[1] ?? 0),
    command: program,
    overrides,
  };
}

// "-o name=value", "-oname=value", "-o { name = value }"; other options (-v, -D) say nothing about
// parameters.
function parseOptions(args: string[]): Map<string, string> | string {
  const overrides = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('-o')) continue;
    const option = arg === '-o' ? args[++i] : arg.slice(2);
    if (option === undefined) return 'option requires an argument: -o';
    const bare = option.startsWith('{')
      ? option.slice(1, option.endsWith('}') ? -1 : undefined).trim()
      : option;
    const equals = bare.indexOf('=');
    if (equals <= 0) return `missing '=' after attribute name: "${bare}"`;
    overrides.set(bare.slice(0, equals).trim(), bare.slice(equals + 1).trim());
  }
  return overrides;
}
