/**
 * accounts — /etc/mua.conf: who sends and reads mail on this host, and by which servers
 *
 *   [alice@far.example]
 *   name = Alice
 *   password = wonderland
 *   submission = mx.far.example:587
 *   imap = mx.far.example:143
 */
import * as utf8 from '../../bytes/utf8.ts';

import type { Os } from '../../os/os.ts';

export interface Server {
  /** name or address */
  host: string;
  port: number;
}

export interface Account {
  /** the address, which is also the login name */
  address: string;
  name: string;
  password: string;
  submission: Server;
  imap: Server;
}

const confPath = '/etc/mua.conf';

/** @returns null when the host has no such account */
export function findAccount(os: Os, user: string): Account | null {
  return os.files.parsed(confPath, readAccounts).get(user.toLowerCase()) ?? null;
}

function readAccounts(bytes: Uint8Array | null): Map<string, Account> {
  return parseAccounts(bytes === null ? '' : utf8.decode(bytes));
}

/** Accounts by lower-case address; what is malformed is left out. */
export function parseAccounts(text: string): Map<string, Account> {
  const accounts = new Map<string, Account>();
  let settings: Map<string, string> | null = null;
  const sections: { address: string; settings: Map<string, string> }[] = [];
  for (const line of text.split('\n')) {
    const section = /^\s*\[([^\]\s]+)\]\s*$/.exec(line);
    const setting = /^\s*([a-z]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (section !== null) sections.push({ address: section[1]!, settings: (settings = new Map()) });
    else if (setting !== null && settings !== null) settings.set(setting[1]!, setting[2]!);
  }
  for (const { address, settings: found } of sections) {
    const submission = parseServer(found.get('submission'), 587);
    const imap = parseServer(found.get('imap'), 143);
    if (submission === null || imap === null) continue;
    const account = {
      address,
      name: found.get('name') ?? '',
      password: found.get('password') ?? '',
      submission,
      imap,
    };
    accounts.set(address.toLowerCase(), account);
  }
  return accounts;
}

function parseServer(text: string | undefined, portDefault: number): Server | null {
  const match = /^([^:\s]+)(?::(\d{1,5}))?$/.exec(text ?? '');
  return match === null ? null : { host: match[1]!, port: Number(match[2] ?? portDefault) };
}
