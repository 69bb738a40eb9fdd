/**
 * nexthop — what a delivery agent is told to deliver to: domain, [host], host:port, inet:host:port, unix:path
 *
 * SEE ALSO  smtp(8), lmtp(8), transport(5) "RESULT FORMAT"
 */

export interface Nexthop {
  kind: 'inet' | 'unix';
  /** domain, host or address without brackets; the path for unix */
  host: string;
  /** as written, with brackets, for messages about MX lookups and loops */
  text: string;
  port: number;
  /** look for MX records; false for [host] and for LMTP */
  lookupMx: boolean;
}

/**
 * Parses a nexthop.
 * @param defaults port when none is given; whether a bare name is a domain with MX records
 * @returns null when the text names no host or port
 */
export function parseNexthop(text: string, defaults: { port: number; lookupMx: boolean }): Nexthop | null {
  if (text.startsWith('unix:')) return { kind: 'unix', host: text.slice(5), text, port: 0, lookupMx: false };
  const plain = text.startsWith('inet:') ? text.slice(5) : text;
  const bracketed = /^\[([^\]]*)\](?::([^:]+))?$/.exec(plain);
  const bare = /^([^:[\]]+)(?::([^:]+))?$/.exec(plain);
  const match = bracketed ?? bare;
  if (match === null || match[1] === '') return null;
  const port = match[2] === undefined ? defaults.port : parsePort(match[2]);
  if (port === null) return null;
  return {
    kind: 'inet',
    host: match[1]!.toLowerCase(),
    text: plain,
    port,
    lookupMx: defaults.lookupMx && bracketed === null,
  };
}

/** Whether the text is a dotted IPv4 address. */
export function isAddress(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

// services(5), as far as mail goes
const services = Object.freeze([
  ['smtp', 25],
  ['submission', 587],
  ['smtps', 465],
  ['submissions', 465],
  ['lmtp', 24],
] as const);

function parsePort(text: string): number | null {
  if (/^\d{1,5}$/.test(text)) return Number(text) >= 1 && Number(text) <= 65535 ? Number(text) : null;
  return services.find(([name]) => name === text)?.[1] ?? null;
}
