/**
 * port-names — numbers and names of TCP ports
 *
 * SIMPLIFIED: the names of mail only. The real programs ask getservbyname(3), which knows all of services(5).
 */

const ports = Object.freeze([
  ['smtp', 25],
  ['submission', 587],
  ['smtps', 465],
  ['submissions', 465],
  ['lmtp', 24],
] as const);

/** The port of a service name; null when there is none of that name. */
export function portOfService(name: string): number | null {
  return ports.find(([known]) => known === name)?.[1] ?? null;
}

/** The port that a number (1 to 65535) or the name of a service stands for; null when it is neither. */
export function parsePort(text: string): number | null {
  if (!/^\d{1,5}$/.test(text)) return portOfService(text);
  return Number(text) >= 1 && Number(text) <= 65535 ? Number(text) : null;
}
