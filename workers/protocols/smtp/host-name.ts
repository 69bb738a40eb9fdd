/**
 * host-name — what a host name, an address and an address literal look like
 *
 * STANDARDS  RFC 1123 §2.1, RFC 5321 §4.1.3 (literals). Underscores pass, as Postfix lets them.
 */

const nameBytesMax = 255; // RFC 1035 §2.3.4
const labelBytesMax = 63;

/** Labels of letters, digits, "_" and inner "-"; not only digits; no dot at the end. */
export function isHostName(name: string): boolean {
  if (name.length > nameBytesMax) return false;
  let isNumeric = true;
  let labelStart = 0;
  for (let i = 0; i <= name.length; i++) {
    const c = i < name.length ? name.charCodeAt(i) : dot;
    if (c === dot) {
      if (i === labelStart || i - labelStart > labelBytesMax || name.charCodeAt(i - 1) === hyphen)
        return false;
      labelStart = i + 1;
    } else if (!isDigit(c)) {
      isNumeric = false;
      if (c === hyphen ? i === labelStart : !isWordCharacter(c)) return false;
    }
  }
  return !isNumeric;
}

/** The same with letters beyond ASCII (RFC 6531), which SMTPUTF8 permits. */
export function isUtf8HostName(name: string): boolean {
  return isHostName(name.replace(/[^\x00-\x7f]/g, 'x'));
}

/** Four decimal numbers up to 255; the first is 0 only when all are. */
export function isIpv4(text: string): boolean {
  let parts = 0;
  let digits = 0;
  let number = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : dot;
    if (c === dot) {
      if (digits === 0 || number > 255) return false;
      if (parts === 0 && number === 0 && /[^0.]/.test(text)) return false;
      parts++;
      digits = number = 0;
    } else {
      if (!isDigit(c)) return false;
      number = number * 10 + c - 0x30;
      digits++;
    }
  }
  return parts === 4;
}

/**
 * An IPv6 address: groups with at most one "::"; the last two groups may be an IPv4 address. As in Postfix,
 * groups may be missing without a "::".
 */
export function isIpv6(text: string): boolean {
  const fields = text.split(':');
  const last = fields.pop()!;
  const colons = fields.length;
  if (colons < 2 || colons > 7) return false;
  if (fields[0] === '' && fields[1] !== '') return false; // ":1"
  const gap = fields.indexOf('', 1);
  if (gap !== fields.lastIndexOf('')) return false;
  if (fields.some((group) => group !== '' && !isHexGroup(group))) return false;
  if (last === '') return gap === colons - 1;
  return last.includes('.') ? colons <= 6 && isIpv4(last) : isHexGroup(last);
}

function isHexGroup(group: string): boolean {
  return /^[0-9A-Fa-f]{1,4}$/.test(group);
}

/** "192.0.2.1", "IPv6:2001:db8::1": what stands between [ and ]. */
export function isMailHostAddress(text: string): boolean {
  return /^ipv6:/i.test(text) ? isIpv6(text.slice(5)) : isIpv4(text);
}

/** "[192.0.2.1]" */
export function isAddressLiteral(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']') && isMailHostAddress(text.slice(1, -1));
}

// A letter, a digit or "_".
function isWordCharacter(c: number): boolean {
  const lower = c | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || isDigit(c) || c === 0x5f;
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

const hyphen = 0x2d;
const dot = 0x2e;
