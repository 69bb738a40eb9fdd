/**
 * mail-log — what syslogd does for a host: lines of /var/log/mail.log with stamp and host
 *
 * Every line is in the trace as well. The file is rotated daily and when it is large; one old file is kept.
 */
import type { HostKernel } from '../kernel/host-kernel.ts';

import { formatSyslogStamp } from './calendar.ts';
import type { FileSystem } from './files.ts';
import type { TextPiece } from './os.ts';

const mailLog = '/var/log/mail.log';
const logBytesMax = 4 * 1024 * 1024; // rotated before that much, beside daily
const allControlBytes = /[\x00-\x1f\x7f]/g;

/** The mail log of a host. */
export class MailLog {
  readonly #kernel: HostKernel;
  readonly #disk: FileSystem;
  readonly #startsAtUs: number;
  #second = -1;
  #prefix = '';

  constructor(options: { kernel: HostKernel; disk: FileSystem; startsAtUs: number }) {
    this.#kernel = options.kernel;
    this.#disk = options.disk;
    this.#startsAtUs = options.startsAtUs;
  }

  /** @param text without line end; other control bytes become "?" */
  write(ident: string, pid: number, text: string): void {
    const kernel = this.#kernel;
    const disk = this.#disk;
    const clean = hasControlBytes(text) ? text.replace(allControlBytes, '?') : text;
    this.#stamp(Math.floor((this.#startsAtUs + kernel.now) / 1_000_000));
    const bytes = disk.append(mailLog, new LogLine(this.#prefix, ident, pid, clean));
    if (bytes > logBytesMax) disk.rename(mailLog, `${mailLog}.1`);
    kernel.emit({ kind: 'log.line-written', file: mailLog, ident, pid, text: clean });
  }

  /** The stamp of a line, made once a second; a new day begins a new file. */
  #stamp(epochSecond: number): void {
    if (epochSecond === this.#second) return;
    const day = Math.floor(epochSecond / 86_400);
    if (this.#second !== -1 && day !== Math.floor(this.#second / 86_400))
      this.#disk.rename(mailLog, `${mailLog}.1`);
    this.#second = epochSecond;
    this.#prefix = `${formatSyslogStamp(epochSecond * 1_000_000)} ${this.#kernel.name.split('.')[0]!} `;
  }
}

/** "Mar  3 09:00:00 mta1 postfix/smtpd[123]: text" and a line feed. */
class LogLine implements TextPiece {
  readonly length: number;
  readonly #prefix: string;
  readonly #ident: string;
  readonly #pid: number;
  readonly #text: string;

  constructor(prefix: string, ident: string, pid: number, text: string) {
    this.#prefix = prefix;
    this.#ident = ident;
    this.#pid = pid;
    this.#text = text;
    let digits = 1;
    for (let power = 10; power <= pid; power *= 10) digits++;
    this.length = prefix.length + ident.length + digits + text.length + '[]: \n'.length;
  }
  toString(): string {
    return `${this.#prefix}${this.#ident}[${this.#pid}]: ${this.#text}\n`;
  }
}

function hasControlBytes(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
