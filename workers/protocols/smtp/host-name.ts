/**
 * host-name — what a host name, an address and an address literal look like
 *
 * STANDARDS  RFC 1123 §2.1, RFC 5321 §4.1.3 (literals). Underscores pass, as Postfix lets them.
 */

const nameBytesMax = 255; // RFC 1035 §2.3.4
const labelBytesMax = 63;

/** Labels of letters, digits, "_" and inner "-"; not only digits; no dot at the end. */
export function isHostName(name: string): boolean {
  if (name === '' || name.length > nameBytesMax || /^[0-9.]+$/.test(name)) return false;
  return name.split('.').every((label) => label.length <= labelBytesMax && /^\w([\w-]*\w)?$/.test(label));
}

/** The same with letters beyond ASCII (RFC 6531), which SMTPUTF8 permits. */
export function isUtf8HostName(name: string): boolean {
  return isHostName(name.replace(/[^\x00-\x7f]/g, 'x'));
}

/** Four decimal numbers up to 255. */
export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

/** An IPv6 address, in groups with at most one "::". */
export function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  return (
    groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group)) &&
    (halves.length === 2 ? groups.length < 8 : groups.length === 8)
  );
}

/** "192.0.2.1", "IPv6:2001:db8::1": what stands between [ and ]. */
export function isMailHostAddress(text: string): boolean {
  return /^ipv6:/i.test(text) ? isIpv6(text.slice(5)) : isIpv4(text);
}

/** "[192.0.2.1]" */
export function isAddressLiteral(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']') && isMailHostAddress(text.slice(1, -1));
}
