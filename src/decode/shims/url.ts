/** url — what the address parser wants of Node's url: names in ASCII */

/** The name as the DNS spells it (RFC 5891); '' when it cannot be. */
export function domainToASCII(domain: string): string {
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return '';
  }
}
