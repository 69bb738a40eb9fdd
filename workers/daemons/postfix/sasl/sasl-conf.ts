/**
 * sasl-conf — configuration files of Cyrus SASL and saslauthd: "name: value" lines
 */
import * as utf8 from '../../../bytes/utf8.ts';

/** Reads "name: value" lines; a file that does not exist (null) has none. For os.files.parsed. */
export function parseSaslConf(bytes: Uint8Array | null): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of bytes === null ? [] : utf8.decode(bytes).split(/\r?\n/)) {
    const match = /^\s*([A-Za-z0-9_-]+)\s*:\s*(.*?)\s*$/.exec(line);
    if (match !== null) values.set(match[1]!.toLowerCase(), match[2]!);
  }
  return values;
}
