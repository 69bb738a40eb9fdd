/** words — the type of a parameter in plain words */
import type { ParameterHelp } from '../../../workers/commands/postfix/check-main-cf.ts';

const unitWords = { s: 'seconds', m: 'minutes', h: 'hours', d: 'days', w: 'weeks' } as const;

/** The type in a word. */
export function shortType({ type, words }: ParameterHelp): string {
  if (words.length > 0) return 'a word';
  return type === 'bool' ? 'yes/no' : type;
}

/** "A time; a number alone counts days. Units: s, m, h, d, w." */
export function typeWords({ name, type, words, unit }: ParameterHelp): string {
  if (words.length > 0) return `One of ${words.join(', ')}.`;
  switch (type) {
    case 'bool':
      return 'yes or no.';
    case 'number':
      return `A number${/size_limit$/.test(name) ? ', in bytes' : ''}.`;
    case 'time':
      return `A time; a number alone counts ${unitWords[unit ?? 's']}. Units: s, m, h, d, w.`;
    case 'text':
      return /_maps$|_checks$|_table$|^alias_database$/.test(name) ? 'Lookup tables, "type:name".' : 'Text.';
  }
}
