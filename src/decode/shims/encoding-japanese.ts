/** encoding-japanese — its convert() by the browser's TextDecoder: ISO-2022-JP, EUC-JP, Shift_JIS */

function convert(bytes: Uint8Array, { from }: { from: string }): string {
  const name = /^jis/i.test(from) || /2022/.test(from) ? 'iso-2022-jp' : /euc/i.test(from) ? 'euc-jp' : from;
  return new TextDecoder(name).decode(bytes);
}

const japanese = { convert };
export { convert, japanese as default };
