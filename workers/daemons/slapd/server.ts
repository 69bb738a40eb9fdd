/**
 * server — what the connections of one slapd share
 */
import type { LdapResult } from '../../protocols/ldap/response.ts';

import { accessLevel, accessLevels } from './access.ts';
import type { SlapdConf } from './conf.ts';
import type { Directory, Entry } from './directory.ts';
import type { AttributeType } from './schema.ts';

export interface Server {
  readonly conf: SlapdConf;
  readonly directory: Directory;
  /** normalised */
  readonly rootDn: string;
}

/** Whether a requester (normalised DN, '' = anonymous) has a level of access. The rootdn has all. */
export function isAllowed(
  server: Server,
  question: {
    requester: string;
    entry: Entry;
    attribute: AttributeType | 'entry' | 'children';
    level: keyof typeof accessLevels;
  },
): boolean {
  const { requester, entry, attribute, level } = question;
  if (requester !== '' && requester === server.rootDn) return true;
  const found = accessLevel(server.conf.access, { requester, dn: entry.normalisedDn, attribute });
  return found >= accessLevels[level];
}

/** A result without matched DN and referrals. */
export function plainResult(code: number, text = ''): LdapResult {
  return { code, matchedDn: '', text, referral: [] };
}
