/** save-file — hands a file to the browser, which puts it where downloads go */

/** @param type a MIME type */
export function saveFile(name: string, parts: readonly (string | Uint8Array)[], type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts as BlobPart[], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), keptMs);
}

const keptMs = 10_000;
