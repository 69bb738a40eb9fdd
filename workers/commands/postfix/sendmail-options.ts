/**
 * sendmail-options — the command line of sendmail(1), much of which is there for compatibility and ignored
 *
 * SEE ALSO  sendmail.ts
 */
import { exTempFail, type Program } from './command.ts';
import { getopt } from './getopt.ts';

export interface SendmailOptions {
  mode: 'enqueue' | 'mailq' | 'newaliases' | 'flush' | 'daemon' | 'ignore';
  operands: string[];
  configDirectory: string | undefined;
  /** -f; null = the user */
  sender: string | null;
  fullName: string | null;
  /** "7bit" or "8bit"; '' = not said */
  encoding: string;
  /** -N, as RCPT's NOTIFY */
  notify: string;
  /** -R: FULL, HDRS */
  returnContent: string;
  /** -V */
  envelopeId: string;
  /** -t */
  extract: boolean;
  /** -bv */
  verify: boolean;
  /** a line with a dot alone ends the message; -i switches it off */
  dotEnds: boolean;
  /** -q5m */
  queueTime: boolean;
  flushSite: string;
  flushQueueId: string;
  aliasMap: string;
}

/** @returns an exit status when it cannot be used; whatever is wrong, sendmail says "try again later" */
export function readOptions(program: Program, args: readonly string[]): SendmailOptions | number {
  const mode = program.name === 'mailq' || program.name === 'newaliases' ? program.name : 'enqueue';
  const result: SendmailOptions = {
    mode,
    operands: [],
    configDirectory: undefined,
    sender: null,
    fullName: null,
    encoding: '',
    notify: '',
    returnContent: '',
    envelopeId: '',
    extract: false,
    verify: false,
    dotEnds: true,
    queueTime: false,
    flushSite: '',
    flushQueueId: '',
    aliasMap: '',
  };
  let rest: readonly string[] = args;
  for (;;) {
    const flush = leadingFlush(rest);
    const { options, operands, wrong } = getopt(program, flush.before, optionLetters);
    for (const { letter, value } of options) {
      const refused = takeOption(program, result, letter, value);
      if (refused !== null) return program.fatal(refused, exTempFail);
    }
    if (wrong) return program.fatal(`usage: ${program.name} [options]`, exTempFail);
    if (flush.after === null || operands.length > 0) {
      result.operands = [
        ...operands,
        ...(operands.length > 0 && flush.after !== null ? ['-q', ...flush.after] : []),
      ];
      return contradiction(program, result) ?? result;
    }
    if (result.mode === 'daemon') program.warn('ignoring -q option in daemon mode');
    else result.mode = 'flush';
    rest = flush.after;
  }
}

const optionLetters = 'A:B:C:F:GIL:N:O:R:UV:X:b:ce:f:h:imno:p:r:q:tvx';

// "-q" alone means flush, though getopt(3) would take the next argument for its value.
function leadingFlush(args: readonly string[]): {
  before: readonly string[];
  after: readonly string[] | null;
} {
  const at = args.indexOf('-q');
  return at === -1 ? { before: args, after: null } : { before: args.slice(0, at), after: args.slice(at + 1) };
}

// @returns why it cannot be used
function takeOption(program: Program, result: SendmailOptions, letter: string, value: string): string | null {
  switch (letter) {
    case 'C':
      result.configDirectory = value.replace(/\/main\.cf$/, '');
      return null;
    case 'n':
      return '-n option not supported';
    case 'B':
      if (value !== '8BITMIME' && value !== '7BIT') return '-B option needs 8BITMIME or 7BIT';
      result.encoding = value === '7BIT' ? '7bit' : '8bit';
      return null;
    case 'F':
      result.fullName = value;
      return null;
    case 'I':
      result.mode = 'newaliases';
      return null;
    case 'N':
      return takeNotify(program, result, value);
    case 'R':
      if (/^(full|hdrs)$/i.test(value)) result.returnContent = value.toUpperCase();
      else program.warn('bad -R option value -- ignored');
      return null;
    case 'V':
      if (value.length > 100) program.warn('too long -V option value -- ignored');
      else if (!/^[ -~]*$/.test(value)) program.warn('bad syntax in -V option value -- ignored');
      else result.envelopeId = value;
      return null;
    case 'X':
      return `unsupported: -X${value[0] ?? ''}`;
    case 'b':
      return takeMode(result, value);
    case 'f':
    case 'r':
      result.sender = value;
      return null;
    case 'i':
      result.dotEnds = false;
      return null;
    case 'o':
      if (value === 'A') return '-oA requires pathname';
      if (value.startsWith('A')) result.aliasMap = value.slice(1);
      if (value.startsWith('i')) result.dotEnds = false;
      return null;
    case 'q':
      return takeQueue(result, value);
    case 't':
      result.extract = true;
      return null;
    default:
      return null;
  }
}

function takeNotify(program: Program, result: SendmailOptions, value: string): null {
  const words = value.toUpperCase().split(/[\s,]+/);
  const bad = words.find((word) => !['NEVER', 'SUCCESS', 'FAILURE', 'DELAY'].includes(word));
  if (bad === undefined && !(words.includes('NEVER') && words.length > 1)) {
    result.notify = words.join(',');
    return null;
  }
  if (bad !== undefined) {
    const word = value.split(/[\s,]+/)[words.indexOf(bad)]!;
    program.warn(`unknown DSN NOTIFY command value "${word}" in "${value}"`);
  }
  program.warn('bad -N option value -- ignored');
  return null;
}

function takeMode(result: SendmailOptions, value: string): string | null {
  switch (value[0]) {
    case 'd':
    case 'l':
      result.mode = 'daemon';
      return null;
    case 'h':
    case 'H':
      result.mode = 'ignore';
      return null;
    case 'i':
      result.mode = 'newaliases';
      return null;
    case 'm':
      result.mode = 'enqueue';
      return null;
    case 'p':
      result.mode = 'mailq';
      return null;
    case 'v':
      result.verify = true;
      return null;
    default:
      return `unsupported: -b${value[0] ?? ''}`;
  }
}

function takeQueue(result: SendmailOptions, value: string): string | null {
  if (/^\d/.test(value)) result.queueTime = true;
  else if (value.startsWith('R')) {
    result.flushSite = value.slice(1);
    if (result.flushSite === '') return 'specify: -qRsitename';
  } else if (value.startsWith('I')) {
    result.flushQueueId = value.slice(1);
    if (result.flushQueueId === '') return 'specify: -qIqueueid';
  } else return `-q${value[0] ?? ''} is not implemented`;
  return null;
}

function contradiction(program: Program, result: SendmailOptions): number | null {
  const refuse = (text: string): number => program.fatal(text, exTempFail);
  if (result.mode !== 'enqueue') {
    if (result.extract) return refuse('-t can be used only in delivery mode');
    if (result.flushSite !== '') return refuse('-qR can be used only in delivery mode');
    if (result.flushQueueId !== '') return refuse('-qI can be used only in delivery mode');
  }
  if (!result.verify) return null;
  if (result.extract) return refuse('-t option cannot be used with -bv');
  if (result.notify !== '') return refuse('-N option cannot be used with -bv');
  if (result.returnContent !== '') return refuse('-R option cannot be used with -bv');
  return null;
}
