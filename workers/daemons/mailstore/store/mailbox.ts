/**
 * mailbox — one folder of a user: messages as files of a Maildir, with UIDs, flags and what changed
 *
 * A message is written to tmp/, fsync'ed and renamed into new/; a session that selects the folder moves it to
 * cur/ and shows it as \Recent. What was acknowledged is therefore there after a crash, and the folder is
 * read back from the names. Sessions find what changed by comparing `changes` and the messages' own stamps.
 *
 * SIMPLIFIED: keywords (flags of the user's own) are not kept; Dovecot has them in dovecot-keywords.
 * SIMPLIFIED: lines are stored with CRLF. Dovecot stores LF and counts and sends CRLF.
 *
 * STANDARDS  RFC 3501 §2.3.1 (UIDs), §2.3.2 (flags); maildir(5)
 */
import * as ascii from '../../../bytes/ascii.ts';

import type { Os, Proc, VirtualTime } from '../../../os/os.ts';

import { formatBaseName, formatCurName, parseName } from './maildir-name.ts';

export interface StoredMessage {
  readonly uid: number;
  readonly size: number;
  readonly base: string;
  flags: ReadonlySet<string>;
  /** the file is in new/, else in cur/ */
  inNew: boolean;
  /** no session has seen it; after a restart that is what is in new/ */
  fresh: boolean;
  expunged: boolean;
  /** Mailbox.changes when its flags changed last */
  changed: number;
}

export interface AppendOptions {
  content: Uint8Array;
  flags?: ReadonlySet<string>;
  /** INTERNALDATE as microseconds since 1970; default now */
  internalDate?: number;
}

/** A folder that is open; one object per folder and host. */
export class Mailbox {
  readonly directory: string;
  /** as IMAP names it: INBOX, Sent, older/kid */
  readonly name: string;
  uidValidity = 0;
  uidNext = 1;
  /** ascending by UID; expunged ones are gone */
  messages: StoredMessage[] = [];
  /** counts up with every change */
  changes = 0;
  /** octets of all messages */
  bytes = 0;
  /** IDLE sessions to wake */
  readonly watchers = new Set<() => void>();
  /** shared by all messages that were delivered and not touched since */
  readonly #noFlags: ReadonlySet<string> = new Set();
  #temporaryLast = 0;

  constructor(os: Os, options: { directory: string; name: string }) {
    this.directory = options.directory;
    this.name = options.name;
    this.#load(os);
  }

  /** Stores a message. When it returns, a crash does not lose it. */
  *append(os: Os, options: AppendOptions): Proc<StoredMessage> {
    const { files } = os;
    const temporary = `${this.directory}/tmp/${os.pid}.${++this.#temporaryLast}`;
    files.write(temporary, options.content);
    if (options.internalDate !== undefined)
      files.setModifiedAt(temporary, virtualTime(os, options.internalDate));
    yield* files.fsync(temporary);
    const uid = this.uidNext++;
    const size = options.content.length;
    const base = formatBaseName({ epochUs: os.epochUs(), pid: os.pid, host: os.hostName, size, uid });
    const flags = options.flags === undefined ? this.#noFlags : new Set(options.flags);
    const message: StoredMessage = {
      uid,
      size,
      base,
      flags,
      inNew: flags.size === 0,
      fresh: true,
      expunged: false,
      changed: 0,
    };
    files.rename(temporary, this.pathOf(message));
    this.messages.push(message);
    this.bytes += size;
    this.#touch();
    return message;
  }

  read(os: Os, message: StoredMessage): Uint8Array | null {
    return os.files.read(this.pathOf(message));
  }

  /** Microseconds since 1970: the file's time of modification, as Dovecot has it. */
  internalDate(os: Os, message: StoredMessage): number {
    return os.epochUs(os.files.modifiedAt(this.pathOf(message)) ?? 0);
  }

  setFlags(os: Os, message: StoredMessage, flags: ReadonlySet<string>): void {
    if (message.expunged) return;
    const before = this.pathOf(message);
    const same = flags.size === message.flags.size && [...flags].every((flag) => message.flags.has(flag));
    if (same) return;
    message.flags = new Set(flags);
    message.inNew = false;
    os.files.rename(before, this.pathOf(message));
    message.changed = this.#touch();
  }

  /** Moves what is in new/ to cur/. @returns the messages that no session has seen */
  takeFresh(os: Os): StoredMessage[] {
    const fresh: StoredMessage[] = [];
    for (const message of this.messages) {
      if (!message.fresh) continue;
      const before = this.pathOf(message);
      message.fresh = false;
      fresh.push(message);
      if (!message.inNew) continue;
      message.inNew = false;
      os.files.rename(before, this.pathOf(message));
    }
    return fresh;
  }

  /** Removes messages for good. UIDs are never used again, even after a restart. */
  *expunge(os: Os, messages: readonly StoredMessage[]): Proc<void> {
    const gone = messages.filter((message) => !message.expunged);
    if (gone.length === 0) return;
    for (const message of gone) {
      message.expunged = true;
      this.bytes -= message.size;
    }
    this.messages = this.messages.filter((message) => !message.expunged);
    this.#touch();
    yield* this.#writeUidList(os);
    for (const message of gone) os.files.remove(this.pathOf(message));
  }

  pathOf(message: StoredMessage): string {
    return message.inNew
      ? `${this.directory}/new/${message.base}`
      : `${this.directory}/cur/${formatCurName(message.base, message.flags)}`;
  }

  /** All files of the folder. */
  filesOf(os: Os): string[] {
    return ['tmp', 'new', 'cur']
      .flatMap((name) => os.files.list(`${this.directory}/${name}`))
      .concat(os.files.list(this.directory));
  }

  /** Writes what the names of the messages do not say; a folder exists by this file. */
  *create(os: Os): Proc<void> {
    yield* this.#writeUidList(os);
  }

  #touch(): number {
    this.changes++;
    for (const wake of this.watchers) wake();
    return this.changes;
  }

  #load(os: Os): void {
    const list = os.files.read(`${this.directory}/${uidListName}`);
    const header = list === null ? null : /^3 V(\d+) N(\d+)/.exec(ascii.decode(list));
    this.uidValidity = header === null ? Math.floor(os.epochUs() / 1_000_000) : Number(header[1]);
    this.uidNext = header === null ? 1 : Number(header[2]);
    for (const place of ['new', 'cur']) {
      for (const path of os.files.list(`${this.directory}/${place}`)) {
        const name = parseName(path.slice(path.lastIndexOf('/') + 1));
        if (name === null) continue;
        this.messages.push({
          ...name,
          inNew: place === 'new',
          fresh: place === 'new',
          expunged: false,
          changed: 0,
        });
        this.bytes += name.size;
        this.uidNext = Math.max(this.uidNext, name.uid + 1);
      }
    }
    this.messages.sort((a, b) => a.uid - b.uid);
    // What was being written when the host went down was never acknowledged.
    for (const path of os.files.list(`${this.directory}/tmp`)) os.files.remove(path);
  }

  *#writeUidList(os: Os): Proc<void> {
    const path = `${this.directory}/${uidListName}`;
    os.files.write(path, ascii.encode(`3 V${this.uidValidity} N${this.uidNext}\n`));
    yield* os.files.fsync(path);
  }
}

/** UIDVALIDITY and the next UID. SIMPLIFIED: Dovecot lists every message's UID and file name in it too. */
export const uidListName = 'dovecot-uidlist';

function virtualTime(os: Os, epochUs: number): VirtualTime {
  return epochUs - os.epochUs(0);
}
