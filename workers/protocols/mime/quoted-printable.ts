/**
 * quoted-printable — bytes as lines of at most 76 printable characters
 *
 * STANDARDS  RFC 2045 §6.7
 */

/** Encodes text lines ended by CRLF; line ends stay line ends. */
export function encodeQuotedPrintable(bytes: Uint8Array): string {
  let output = '';
  let column = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 0x0d && bytes[i + 1] === 0x0a) {
      output += '\r\n';
      column = 0;
      i++;
      continue;
    }
    const blank = byte === 0x20 || byte === 0x09;
    const endsLine = i + 1 >= bytes.length || (bytes[i + 1] === 0x0d && bytes[i + 2] === 0x0a);
    const plain = blank ? !endsLine : byte > 0x20 && byte < 0x7f && byte !== 0x3d;
    const text = plain ? String.fromCharCode(byte) : '=' + byte.toString(16).toUpperCase().padStart(2, '0');
    if (column + text.length > lineMax) {
      output += '=\r\n';
      column = 0;
    }
    output += text;
    column += text.length;
  }
  return output;
}

const lineMax = 75; // and the "=" of a soft line break
