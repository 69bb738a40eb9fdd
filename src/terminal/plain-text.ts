/** plain-text — what a terminal has shown as plain lines: for those who hear it, and to sum it up */

const linesMax = 2000;
const lineCharsMax = 4000;

/** Lines without escape sequences; what came last may still grow. */
export class PlainText {
  /** how many lines were dropped before the first */
  dropped = 0;
  readonly lines: string[] = [];
  /** the line that has no end yet: a prompt */
  last = '';
  readonly #decoder = new TextDecoder();

  add(bytes: Uint8Array): void {
    const text = (this.last + this.#decoder.decode(bytes, { stream: true })).replace(escapes, '');
    const lines = text.split('\n');
    this.last = afterReturn(lines.pop()!);
    for (const line of lines) this.lines.push(afterReturn(line));
    const over = this.lines.length - linesMax;
    if (over <= 0) return;
    this.lines.splice(0, over);
    this.dropped += over;
  }
}

const escapes =
  /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78cDEHM])|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/g;

/** What stands behind the last carriage return is what is seen. */
function afterReturn(line: string): string {
  const shown = line.endsWith('\r') ? line.slice(0, -1) : line;
  return shown.slice(shown.lastIndexOf('\r') + 1).slice(0, lineCharsMax);
}
