/**
 * sasl-conf — configuration files of Cyrus SASL and saslauthd: "name: value" lines
 */
import * as utf8 from '../../../bytes/utf8.ts';

import type { Os } from '../../../os/os.ts';

/** Reads "name: value" lines; a file that does not exist has none. */
export function readSaslConf(os: Os, path: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of utf8.decode(os.files.read(path) ?? new Uint8Array(0)).split(/\r?\n/)) {
    const match = /^\s*([A-Za-z0-9_-]+)\s*:\s*(.*?)\s*$/.exec(line);
    if (match !== null) values.set(match[1]!.toLowerCase(), match[2]!);
  }
  return values;
}
