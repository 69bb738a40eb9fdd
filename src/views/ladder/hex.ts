/** hex — bytes as hexdump(1) -C prints them */

export interface HexRow {
  /** "0010" */
  offset: string;
  /** "50 4f 53 54", in groups of eight */
  groups: string[];
  ascii: string;
}

/** Octets as rows of offset, hex and ASCII. */
export function hexRows(bytes: Uint8Array, perRow = 16): HexRow[] {
  const rows: HexRow[] = [];
  for (let at = 0; at < bytes.length; at += perRow) {
    const row = bytes.subarray(at, at + perRow);
    const groups: string[] = [];
    for (let i = 0; i < row.length; i += groupBytes)
      groups.push(
        Array.from(row.subarray(i, i + groupBytes), (byte) => byte.toString(16).padStart(2, '0')).join(' '),
      );
    rows.push({
      offset: at.toString(16).padStart(4, '0'),
      groups,
      ascii: Array.from(row, printable).join(''),
    });
  }
  return rows;
}

const groupBytes = 8;

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}
