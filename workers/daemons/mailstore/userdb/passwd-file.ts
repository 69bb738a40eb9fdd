/**
 * passwd-file — users in a text file, as Dovecot's passwd-file driver
 *
 *   alice@far.example:{PLAIN}wonderland::::::userdb_quota_rule=*:bytes=2000
 *
 * Names are without regard to case; what follows the recipient delimiter "+" is not part of the name. Aliases
 * belong to the MTA: there are none here.
 *
 * SIMPLIFIED: only plain passwords; Dovecot knows some twenty schemes.
 */
import * as utf8 from '../../../bytes/utf8.ts';

import type { Os } from '../../../os/os.ts';

import type { PasswordResult, UserDatabase, UserResult } from './user-database.ts';

interface Entry {
  name: string;
  password: string;
  quotaBytes: number;
}

/** Users of a file; it is read again when it has changed. */
export function passwdFile(path: string): UserDatabase {
  let bytesRead: Uint8Array | null = null;
  let entries = new Map<string, Entry>();
  const entryOf = (os: Os, name: string): Entry | undefined => {
    const bytes = os.files.read(path);
    if (bytes !== bytesRead) {
      bytesRead = bytes;
      entries = parseEntries(bytes === null ? '' : utf8.decode(bytes));
    }
    return entries.get(withoutDetail(name.toLowerCase()));
  };
  return {
    *find(os, address): Generator<never, UserResult> {
      const entry = entryOf(os, address);
      return entry === undefined
        ? { kind: 'no-such-user' }
        : { kind: 'found', mailbox: entry.name, quotaBytes: entry.quotaBytes };
    },
    *verify(os, user, password): Generator<never, PasswordResult> {
      const entry = entryOf(os, user);
      return entry !== undefined && entry.password === password
        ? { kind: 'ok', mailbox: entry.name }
        : { kind: 'bad-password' };
    },
  };
}

function parseEntries(text: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of text.split('\n')) {
    const fields = line.trim().split(':');
    if (line.startsWith('#') || fields.length < 2 || fields[0] === '') continue;
    const name = fields[0]!.toLowerCase();
    const quota = /userdb_quota_rule=\*:bytes=(\d{1,12})/.exec(fields.slice(7).join(':'));
    entries.set(name, {
      name,
      password: fields[1]!.replace(/^\{plain\}/i, ''),
      quotaBytes: Number(quota?.[1] ?? '0'),
    });
  }
  return entries;
}

function withoutDetail(address: string): string {
  return address.replace(/^([^+@]+)\+[^@]*@/, '$1@');
}
