/**
 * nexthop — what a delivery agent is told to deliver to: domain, [host], host:port, inet:host:port, unix:path
 *
 * SEE ALSO  smtp(8), lmtp(8), transport(5) "RESULT FORMAT"
 */
import { parsePort } from '../port-names.ts';

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
  const suffix = plain.slice(isBracketed ? hostEnd + 1 : hostEnd);
  const port = suffix === '' ? defaults.port : suffix.startsWith(':') ? parsePort(suffix.slice(1)) : null;
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
