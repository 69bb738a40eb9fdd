/**
 * store — the mailboxes of a host: users, their folders, subscriptions
 *
 * Below mail_location each user has a Maildir, named by the lower-case address; other folders are directories
 * in it with a leading dot (Maildir++: ".older.kid"). Nothing is kept in memory that is not in the files.
 *
 * SEE ALSO  mailbox.ts (one folder)
 */
import { Slab } from '../../../bytes/slab.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import type { Os, Proc } from '../../../os/os.ts';

import { Mailbox, uidListName } from './mailbox.ts';

/** Where the mailboxes of all users are: mail_location. */
export interface StoreOptions {
  location: string;
}

/** Why a folder could not be made, renamed or removed. */
export type FolderFailure = 'exists' | 'none' | 'bad-name' | 'inbox';

const folderNameMax = 200;
const inbox = 'INBOX';

/** All mailboxes of one host. */
export class Store {
  /** for what is stored */
  readonly space = new Slab();
  readonly #location: string;
  readonly #open = new Map<string, Mailbox>();
  /** by user: whose INBOX was made in this run of the host */
  readonly #inboxes = new Map<string, Mailbox>();

  constructor(options: StoreOptions) {
    this.#location = options.location;
  }

  /** The user's INBOX; made when it does not exist. @param user lower-case address */
  *inbox(os: Os, user: string): Proc<Mailbox> {
    const made = this.#inboxes.get(user);
    if (made !== undefined) return made;
    const mailbox = this.#mailbox(os, user, inbox);
    this.#inboxes.set(user, mailbox);
    if (!os.files.exists(`${mailbox.directory}/${uidListName}`)) yield* mailbox.create(os);
    return mailbox;
  }

  /** A folder by its IMAP name; null when there is none. INBOX is found without regard to case. */
  *folder(os: Os, user: string, name: string): Proc<Mailbox | null> {
    if (name.toUpperCase() === inbox) return yield* this.inbox(os, user);
    if (!isFolderName(name) || !this.#exists(os, user, name)) return null;
    return this.#mailbox(os, user, name);
  }

  /** Names of all folders, INBOX first, then in order of their names. */
  folders(os: Os, user: string): string[] {
    const root = this.#directory(user, inbox);
    const names: string[] = [];
    for (const line of this.#lines(os, `${root}/${folderListName}`))
      if (this.#exists(os, user, line)) names.push(line);
    return [inbox, ...names.sort(byCode)];
  }

  *create(os: Os, user: string, name: string): Proc<Mailbox | FolderFailure> {
    if (name.toUpperCase() === inbox || this.#exists(os, user, name)) return 'exists';
    if (!isFolderName(name)) return 'bad-name';
    const mailbox = this.#mailbox(os, user, name);
    yield* mailbox.create(os);
    yield* this.#changeList(os, user, folderListName, (names) => [
      ...names.filter((other) => other !== name),
      name,
    ]);
    return mailbox;
  }

  *remove(os: Os, user: string, name: string): Proc<FolderFailure | null> {
    if (name.toUpperCase() === inbox) return 'inbox';
    if (!isFolderName(name) || !this.#exists(os, user, name)) return 'none';
    const mailbox = this.#mailbox(os, user, name);
    yield* mailbox.expunge(os, mailbox.messages);
    for (const path of mailbox.filesOf(os)) os.files.remove(path);
    this.#open.delete(mailbox.directory);
    yield* this.#changeList(os, user, folderListName, (names) => names.filter((other) => other !== name));
    return null;
  }

  /**
   * Renames a folder with all below it, or nothing at all.
   * SIMPLIFIED: not INBOX; RFC 3501 §6.3.5 moves its messages.
   */
  *rename(os: Os, user: string, from: string, to: string): Proc<FolderFailure | null> {
    if (from.toUpperCase() === inbox) return 'inbox';
    if (!isFolderName(from) || !this.#exists(os, user, from)) return 'none';
    if (to.toUpperCase() === inbox || this.#exists(os, user, to)) return 'exists';
    if (!isFolderName(to)) return 'bad-name';
    const moving = this.folders(os, user).filter((name) => name === from || name.startsWith(`${from}/`));
    const renamedOf = (name: string): string => to + name.slice(from.length);
    if (moving.some((name) => !isFolderName(renamedOf(name)))) return 'bad-name';
    if (moving.some((name) => this.#exists(os, user, renamedOf(name)))) return 'exists';
    for (const name of moving) {
      const renamed = renamedOf(name);
      const source = this.#mailbox(os, user, name);
      const target = this.#directory(user, renamed);
      for (const path of source.filesOf(os))
        os.files.rename(path, target + path.slice(source.directory.length));
      this.#open.delete(source.directory);
      yield* this.#changeList(os, user, folderListName, (names) => [
        ...names.filter((other) => other !== name),
        renamed,
      ]);
    }
    return null;
  }

  subscriptions(os: Os, user: string): string[] {
    return this.#lines(os, `${this.#directory(user, inbox)}/${subscriptionsName}`).sort(byCode);
  }
  *subscribe(os: Os, user: string, name: string, subscribed: boolean): Proc<void> {
    yield* this.#changeList(os, user, subscriptionsName, (names) => {
      const others = names.filter((other) => other !== name);
      return subscribed ? [...others, name] : others;
    });
  }

  /** Octets of all folders of a user. */
  bytesOf(os: Os, user: string): number {
    return this.folders(os, user).reduce((sum, name) => sum + this.#mailbox(os, user, name).bytes, 0);
  }

  #mailbox(os: Os, user: string, name: string): Mailbox {
    const directory = this.#directory(user, name);
    let mailbox = this.#open.get(directory);
    if (mailbox === undefined) {
      mailbox = new Mailbox(os, { directory, name });
      this.#open.set(directory, mailbox);
    }
    return mailbox;
  }
  #exists(os: Os, user: string, name: string): boolean {
    return isFolderName(name) && os.files.exists(`${this.#directory(user, name)}/${uidListName}`);
  }
  #directory(user: string, name: string): string {
    const root = `${this.#location}/${user.replace(/\//g, '_')}`;
    return name === inbox ? root : `${root}/.${name.replace(/\//g, '.')}`;
  }
  #lines(os: Os, path: string): string[] {
    const bytes = os.files.read(path);
    return bytes === null
      ? []
      : utf8
          .decode(bytes)
          .split('\n')
          .filter((line) => line !== '');
  }
  *#changeList(os: Os, user: string, file: string, change: (lines: string[]) => string[]): Proc<void> {
    const path = `${this.#directory(user, inbox)}/${file}`;
    os.files.write(
      path,
      utf8.encode(
        change(this.#lines(os, path))
          .map((line) => `${line}\n`)
          .join(''),
      ),
    );
    yield* os.files.fsync(path);
  }
}

const subscriptionsName = 'subscriptions';
/** SIMPLIFIED: the names of the folders are in a file; Dovecot finds them by reading the directory. */
const folderListName = 'folders';

/** Maildir++ has "." between levels, so no name may hold one; nor what would leave the directory. */
export function isFolderName(name: string): boolean {
  if (name === '' || name.length > folderNameMax || /[\x00-\x1f\x7f-\uffff.*%]/.test(name)) return false;
  return !name.startsWith('/') && !name.endsWith('/') && !name.includes('//');
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
