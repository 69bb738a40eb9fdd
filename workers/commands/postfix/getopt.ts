/**
 * getopt — command line options as getopt(3) reads them: "-a -bc value -dvalue -- rest"
 *
 * Options end at the first argument that is none, as POSIX has it and Postfix asks for.
 */
import type { Program } from './command.ts';

export interface ParsedOptions {
  /** in order; value '' for an option without */
  options: { letter: string; value: string }[];
  operands: string[];
  /** an option was unknown or lacked its value; getopt(3) said so */
  wrong: boolean;
}

/** @param spec as of getopt(3): a letter for each option, ":" after it when it takes a value */
export function getopt(program: Program, args: readonly string[], spec: string): ParsedOptions {
  const options: ParsedOptions['options'] = [];
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === '--') return { options, operands: args.slice(at + 1), wrong: false };
    if (!arg.startsWith('-') || arg === '-') break;
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i]!;
      const known = letter === ':' ? -1 : spec.indexOf(letter);
      if (known === -1) {
        program.complain(`${program.name}: invalid option -- '${letter}'`);
        return { options, operands: [], wrong: true };
      }
      if (spec[known + 1] !== ':') {
        options.push({ letter, value: '' });
        continue;
      }
      const value = i + 1 < arg.length ? arg.slice(i + 1) : args[++at];
      if (value === undefined) {
        program.complain(`${program.name}: option requires an argument -- '${letter}'`);
        return { options, operands: [], wrong: true };
      }
      options.push({ letter, value });
      break;
    }
  }
  return { options, operands: args.slice(at), wrong: false };
}
