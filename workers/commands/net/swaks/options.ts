/**
 * options — the command line of swaks
 *
 * Long options have one or two hyphens; the value follows, or stands behind "=".
 */

/** What was asked for; texts as given. */
export interface SwaksOptions {
  readonly values: ReadonlyMap<string, string>;
  /** --header and --h-Name */
  readonly headers: readonly string[];
  /** --add-header */
  readonly added: readonly string[];
}

/** By every name that it has, which option it is; those with a value end with ":". */
const names: Readonly<Record<string, string>> = Object.freeze({
  from: 'from:', f: 'from:', to: 'to:', t: 'to:',
  helo: 'helo:', ehlo: 'helo:', lhlo: 'helo:', h: 'helo:',
  server: 'server:', s: 'server:', port: 'port:', p: 'port:', protocol: 'protocol:',
  data: 'data:', d: 'data:', body: 'body:', timeout: 'timeout:',
  'quit-after': 'quit-after:', quit: 'quit-after:', q: 'quit-after:',
  'suppress-data': 'suppress-data', n: 'suppress-data',
  auth: 'auth?', a: 'auth?', 'auth-user': 'auth-user:', au: 'auth-user:',
  'auth-password': 'auth-password:', ap: 'auth-password:',
  'auth-optional': 'auth-optional', ao: 'auth-optional',
  tls: 'tls', 'tls-optional': 'tls-optional', tlso: 'tls-optional',
  'tls-on-connect': 'tls-on-connect', tlsc: 'tls-on-connect', 'tls-sni': 'tls-sni:',
  silent: 'silent?', S: 'silent?', 'hide-receive': 'hide-receive', hr: 'hide-receive',
  'hide-send': 'hide-send', hs: 'hide-send',
  'hide-informational': 'hide-informational', hi: 'hide-informational',
  'hide-all': 'hide-all', ha: 'hide-all', 'no-hints': 'no-hints', nth: 'no-hints',
  'show-time-lapse': 'show-time-lapse', stl: 'show-time-lapse',
  version: 'version', help: 'help', 4: '4',
}); // prettier-ignore

/** Options of the real one that are not here. */
export const swaksMissing = Object.freeze(
  (
    '6 config copy-routing dump-as-body dab drop-after drop da drop-after-send das auth-map am ' +
    'auth-extra ae auth-hide-password ahp auth-plaintext apt auth-optional-strict aos support ' +
    'local-interface li local-port lport lp tls-optional-strict tlsos tls-cert tls-key ' +
    'tls-protocol tlsp tls-cipher tls-get-peer-cert tls-verify tls-ca-path no-strip-from nsf ' +
    'no-send-hints nsh no-receive-hints nrh no-info-hints nih protect-prompt pp no-data-fixup ndf ' +
    'show-raw-text raw output output-file output-file-stdout output-file-stderr pipe socket ' +
    'attach-name attach-type attach attach-body dump dump-mail pipeline prdr force-getpwuid ' +
    'xclient xclient-name xclient-addr proxy'
  ).split(' '),
);

/** Reads the arguments. @returns a text: what is wrong with them */
export function parseSwaks(args: readonly string[]): SwaksOptions | string {
  const values = new Map<string, string>();
  const headers: string[] = [];
  const added: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (!arg.startsWith('-') || arg === '-' || arg === '--') return `unexpected argument "${arg}"`;
    const [given = '', ...rest] = arg.replace(/^--?/, '').split('=');
    const after = rest.length > 0 ? rest.join('=') : null;
    const takeValue = (): string => after ?? args[++at] ?? '';
    if (given.startsWith('h-')) headers.push(`${given.slice(2)}: ${takeValue()}`);
    else if (given === 'header') headers.push(takeValue());
    else if (given === 'add-header' || given === 'ah') added.push(takeValue());
    else {
      const name = names[given];
      if (name === undefined)
        return swaksMissing.includes(given)
          ? `the real tool has --${given}; this simulator doesn't yet`
          : `Unknown option: ${given}`;
      const bare = name.replace(/[:?]$/, '');
      if (name.endsWith(':')) values.set(bare, takeValue());
      else if (name.endsWith('?') && after === null && !/^-|^$/.test(args[at + 1] ?? ''))
        values.set(bare, args[++at]!);
      else values.set(bare, after ?? '');
    }
  }
  return { values, headers, added };
}
