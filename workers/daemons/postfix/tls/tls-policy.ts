/**
 * tls-policy — how smtp(8) is to use TLS with one destination: smtp_tls_policy_maps, else the parameters
 *
 *   example.com        verify match=hostname:nexthop
 *   [mail.example]:587 encrypt
 *
 * SIMPLIFIED: the attributes ciphers, protocols, exclude, tafile and connection_reuse are read and not
 * obeyed; level "dane" is always "may" and "dane-only" always a failure, as with smtp_dns_support_level other
 * than dnssec: names are not signed here. smtp_tls_per_site is not read.
 *
 * SEE ALSO  postconf(5) smtp_tls_policy_maps, smtp_tls_security_level; smtp_tls_policy(3)
 */
import type { Os, Proc } from '../../../os/os.ts';

import type { Instance } from '../instance.ts';
import type { Parameters } from '../parameters.ts';

import { parseTlsLevel, type TlsLevel } from './tls-level.ts';

export interface TlsPolicy {
  level: TlsLevel;
  /** names or fingerprints that the certificate must match; [] = those of the level's parameter */
  match: string[];
  /** for server_name; '' = none */
  servername: string;
}

// Not protocols/smtp/host-name.ts: a browser would have to fetch it as one file more.
const hostName = /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i;

/** What is asked, and who logs warnings. */
export interface PolicyContext {
  readonly instance: Instance;
  readonly parameters: Parameters;
  readonly protocol: 'smtp' | 'lmtp';
  readonly warn: (text: string) => void;
}

/** Finds the policy for a nexthop as written. @returns null when it cannot be used: a warning says why */
export function* findPolicy(os: Os, context: PolicyContext, destination: string): Proc<TlsPolicy | null> {
  const { parameters, protocol, warn } = context;
  const maps = parameters.text(`${protocol}_tls_policy_maps`);
  const listed = maps === '' ? null : yield* lookUp(os, context, destination.toLowerCase());
  if (listed === 'invalid') return null;
  const policy: TlsPolicy = listed ?? { level: globalLevel(context), match: [], servername: '' };
  if (policy.servername === '') policy.servername = parameters.text(`${protocol}_tls_servername`);
  if (policy.level !== 'dane' && policy.level !== 'dane-only') return policy;
  warn(`${destination}: ${policy.level} configured with dnssec lookups disabled`);
  return policy.level === 'dane-only' ? null : { ...policy, level: 'may' };
}

/** Without a policy of its own a destination has this level. */
function globalLevel({ parameters, protocol }: PolicyContext): TlsLevel {
  const word = parameters.text(`${protocol}_tls_security_level`);
  if (word !== '') return parseTlsLevel(word) ?? 'encrypt'; // smtp(8) ends with a fatal error
  if (parameters.bool(`${protocol}_enforce_tls`))
    return parameters.bool(`${protocol}_tls_enforce_peername`) ? 'verify' : 'encrypt';
  return parameters.bool(`${protocol}_use_tls`) ? 'may' : 'none';
}

// A domain is looked up with its parents, ".example" and so on; anything else as it stands.
function* lookUp(os: Os, context: PolicyContext, destination: string): Proc<TlsPolicy | 'invalid' | null> {
  const { parameters, protocol, warn } = context;
  const name = `${protocol}_tls_policy_maps`;
  const tables = context.instance.tables(parameters.text(name));
  const isDomain = hostName.test(destination);
  for (let site = destination; ;) {
    const where = `${name}, next-hop destination "${site}"`;
    const answer = yield* tables.lookup(os, site);
    if (answer.kind === 'try-again') {
      warn(`${where}: policy table lookup error`);
      return 'invalid';
    }
    if (answer.kind === 'found') return parsePolicy(answer.value, where, warn);
    const dot = isDomain ? site.indexOf('.', 1) : -1;
    if (dot === -1) return null;
    site = site.slice(dot);
  }
}

function parsePolicy(value: string, where: string, warn: (text: string) => void): TlsPolicy | 'invalid' {
  const invalid = (what: string): 'invalid' => {
    warn(`${where}: ${what}`);
    return 'invalid';
  };
  const [word, ...attributes] = value.match(/\{[^{}]*\}|[^\s,{}]+/g) ?? [];
  if (word === undefined) return invalid('invalid empty policy');
  const level = parseTlsLevel(word);
  if (level === null) return invalid(`invalid security level "${word}"`);
  const policy: TlsPolicy = { level, match: [], servername: '' };
  for (const attribute of attributes) {
    if (level === 'none') {
      warn(`${where}: ignoring attribute "${attribute}" with TLS disabled`);
      continue;
    }
    const bare = /^\{\s*(.*?)\s*\}$/.exec(attribute)?.[1] ?? attribute;
    const pair = /^([^=\s]+)\s*=\s*(.*)$/.exec(bare);
    if (pair === null)
      return invalid(`malformed attribute/value pair "${bare}": missing '=' after attribute name`);
    const fault = setAttribute(policy, pair[1]!, pair[2]!);
    if (fault !== null) return invalid(fault);
  }
  return policy;
}

/** @returns what is wrong with it; null = nothing */
function setAttribute(policy: TlsPolicy, name: string, value: string): string | null {
  switch (name.toLowerCase()) {
    case 'match':
      return setMatch(policy, name, value);
    case 'servername':
      if (policy.servername !== '') return `attribute "${name}" is specified multiple times`;
      if (!hostName.test(value)) return `"${name}=${value}" specifies an invalid hostname`;
      policy.servername = value;
      return null;
    case 'ciphers':
    case 'tafile':
      return value === '' ? `attribute "${name}" has empty value` : null;
    case 'protocols':
    case 'exclude':
      return null;
    case 'connection_reuse':
      return /^(yes|no)$/i.test(value) ? null : `attribute "${name}" has bad value: "${value}"`;
    default:
      return `invalid attribute name: "${name}"`;
  }
}

function setMatch(policy: TlsPolicy, name: string, value: string): string | null {
  const { level } = policy;
  if (value === '') return `attribute "${name}" has empty value`;
  if (level !== 'fingerprint' && level !== 'verify' && level !== 'secure')
    return `attribute "${name}" invalid at security level "${level}"`;
  policy.match.push(...value.split(level === 'fingerprint' ? '|' : ':').filter((part) => part !== ''));
  return null;
}
