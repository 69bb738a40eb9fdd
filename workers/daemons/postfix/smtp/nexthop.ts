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
  const isBracketed = plain.startsWith('[');
  const hostEnd = isBracketed ? plain.indexOf(']') : bareHostEnd(plain);
  const host = plain.slice(isBracketed ? 1 : 0, Math.max(0, hostEnd));
  if (host === '') return null;
  const portText = plain.slice(isBracketed ? hostEnd + 1 : hostEnd);
  const port = portText === '' ? defaults.port : parsePort(portText);
  if (port === null) return null;
  return {
    kind: 'inet',
    host: host.toLowerCase(),
    text: plain,
    port,
    lookupMx: defaults.lookupMx && !isBracketed,
  };
}

/** Where a host without brackets ends: at ":" or the end; -1 when there is a bracket in it. */
function bareHostEnd(text: string): number {
  const colon = text.indexOf(':');
  const end = colon === -1 ? text.length : colon;
  for (let i = 0; i < end; i++) if (text[i] === '[' || text[i] === ']') return -1;
  return end;
}

/** Whether the text is a dotted IPv4 address. */
export function isAddress(text: string): boolean {
  let dots = 0;
  let digits = 0;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === dot && digits > 0) {
      dots++;
      digits = 0;
      value = 0;
    } else {
      value = value * 10 + code - zero;
      if (code < zero || code > nine || ++digits > 3 || value > 255) return false;
    }
  }
  return dots === 3 && digits > 0;
}

const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;
// services(5), as far as mail goes
const services = Object.freeze([
  ['smtp', 25],
  ['submission', 587],
  ['smtps', 465],
  ['submissions', 465],
  ['lmtp', 24],
] as const);

/** @param suffix ":" and a number or the name of a service */
function parsePort(suffix: string): number | null {
  if (!suffix.startsWith(':')) return null;
  const text = suffix.slice(1);
  if (/^\d{1,5}$/.test(text)) return Number(text) >= 1 && Number(text) <= 65535 ? Number(text) : null;
  return services.find(([name]) => name === text)?.[1] ?? null;
}
