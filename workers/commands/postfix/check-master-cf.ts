/**
 * check-master-cf — what is wrong with a master.cf while it is written, line by line
 *
 * Pure, as check-main-cf.ts. The words are those of master(8) for fields and of postconf(1) for -o names.
 *
 * SEE ALSO  ../../daemons/postfix/master-cf.ts (what master reads), master(5)
 */
import { logicalLines } from '../../daemons/postfix/main-cf.ts';
import { parseMasterCf } from '../../daemons/postfix/master-cf.ts';

import { MainCfCheck, type CheckedHost, type Finding, type ParameterHelp } from './check-main-cf.ts';
import { parseMasterLine } from './master-file.ts';

/** A master.cf as it is being written. */
export class MasterCfCheck {
  readonly findings: readonly Finding[];
  readonly #main: MainCfCheck;
  readonly #options: Option[] = [];

  constructor(text: string, host: Omit<CheckedHost, 'masterCf'> & { mainCf: string }) {
    this.#main = new MainCfCheck(host.mainCf, { ...host, masterCf: text });
    const lines = text.split('\n');
    const findings: Finding[] = [];
    const firstLines = new Map<string, number>();
    for (const { line, text: logical } of logicalLines(text)) {
      const { fields, overrides } = parseMasterLine(logical);
      const fault = parseMasterCf(logical).problems[0];
      if (fault !== undefined)
        findings.push({ line, severity: 'error', text: fault.replace(/^\S+: line \d+: /, '') });
      else findings.push(...programProblems(fields[7]!, line));
      const service = fields.slice(0, 2).join(' ');
      const before = firstLines.get(service);
      if (before !== undefined)
        findings.push({
          line,
          severity: 'error',
          text: `duplicate service: ${service}, as in line ${before}`,
        });
      firstLines.set(service, line);
      for (const [name, value] of overrides)
        this.#options.push({ line: lineOf(name, lines, line), name, value });
    }
    for (const option of this.#options)
      for (const [severity, problem] of this.#main.problemsOf(option))
        findings.push({ line: option.line, severity, text: problem });
    this.findings = findings.sort((a, b) => a.line - b.line);
  }

  /** The parameter that an -o sets in a line; null = none. */
  nameAt(line: number): string | null {
    return this.#options.find((option) => option.line === line)?.name ?? null;
  }

  /** What is known of a parameter; null = no such parameter. */
  help(name: string): ParameterHelp | null {
    return this.#main.help(name);
  }

  /** All names that -o may set, in order of the alphabet. */
  names(): string[] {
    return this.#main.names();
  }
}

interface Option {
  line: number;
  name: string;
  value: string;
}

// An entry may go on over several lines; an option stands in one of them.
function lineOf(name: string, lines: readonly string[], from: number): number {
  const isHere = (text: string): boolean => text.split(/[\s{]/).some((word) => word.startsWith(`${name}=`));
  for (let i = from - 1; i < lines.length && (i === from - 1 || /^(\s|#|$)/.test(lines[i]!)); i++)
    if (isHere(lines[i]!.replace(/\s*=\s*/g, '=').replaceAll('-o', ' '))) return i + 1;
  return from;
}

function programProblems(command: string, line: number): Finding[] {
  const program = command.slice(command.lastIndexOf('/') + 1);
  if (acting.includes(program)) return [];
  if (idle.includes(program))
    return [{ line, severity: 'note', text: `this simulation does not act on ${program}` }];
  return [{ line, severity: 'error', text: `no such program: ${command}` }];
}

const acting: readonly string[] = Object.freeze(
  (
    'anvil bounce cleanup discard error flush lmtp local master pickup proxymap qmgr retry showq smtp ' +
    'smtpd trivial-rewrite virtual'
  ).split(' '),
);
const idle: readonly string[] = Object.freeze(
  'dnsblog nqmgr oqmgr pipe postlogd postscreen qmqpd scache spawn tlsmgr tlsproxy verify'.split(' '),
);
