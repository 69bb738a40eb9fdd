/** list — all parameters that a main.cf may set, as rows to be found */
import { MainCfCheck, type ParameterHelp } from '../../../workers/commands/postfix/check-main-cf.ts';

export type Which = 'idle' | 'acting' | 'all';

/** With the usual transports, each of which brings its own. */
const masterCf = ['smtp', 'relay', 'lmtp', 'local', 'virtual', 'error', 'retry']
  .map((name) => `${name} unix - - n - - ${name === 'relay' ? 'smtp' : name === 'retry' ? 'error' : name}`)
  .join('\n');

/** Every parameter of Postfix that is known here, in order of the alphabet. */
export function allParameters(): ParameterHelp[] {
  const check = new MainCfCheck('', { hostName: 'mail.example', addresses: [], masterCf });
  return check.names().flatMap((name) => check.help(name) ?? []);
}

/** Those whose name, reader or use has all the words. */
export function foundIn(rows: readonly ParameterHelp[], words: string, which: Which): ParameterHelp[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ name, readers, does, actsHere }) => {
    if (which !== 'all' && actsHere !== (which === 'acting')) return false;
    const text = `${name} ${readers} ${does}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
