/**
 * iconv — iconv-lite by the browser's TextDecoder
 *
 * Not covered: utf-32, cp437, cp850 and most Mac character sets, which TextDecoder does not know; libmime then takes
 * the bytes for UTF-8.
 */
interface Codec {
  decoder: unknown;
}

interface ChunkDecoder {
  write(bytes: Uint8Array): string;
  end(): string | undefined;
}

/** Names libmime compares by identity, or reads at start, and TextDecoder has no decoder for. */
const known = ['utf7', 'utf7imap', 'base64', 'hex', 'utf32', 'gbk', 'utf16'];
const doubleByte = ['gbk', 'gb18030', 'gb2312', 'big5', 'euckr', 'eucjp', 'shiftjis'];
const sharedDecoder = {};
const codecs = new Map<string, Codec>(
  known.map((name) => [name, { decoder: doubleByte.includes(name) ? sharedDecoder : {} }]),
);

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function getCodec(name: string): Codec {
  const key = plain(name);
  let codec = codecs.get(key);
  if (codec !== undefined) return codec;
  new TextDecoder(name); // throws on what is no character set
  codec = { decoder: doubleByte.includes(key) ? sharedDecoder : {} };
  codecs.set(key, codec);
  return codec;
}

function encodingExists(name: string): boolean {
  try {
    new TextDecoder(name);
    return true;
  } catch {
    return false;
  }
}

function decode(bytes: Uint8Array, name: string): string {
  return new TextDecoder(name).decode(bytes);
}

function getDecoder(name: string): ChunkDecoder {
  const decoder = new TextDecoder(name);
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}

const iconv = { decode, encodingExists, getCodec, getDecoder };
export { decode, encodingExists, getCodec, getDecoder, iconv as default };
