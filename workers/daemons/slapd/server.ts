/**
 * server — what the connections of one slapd share
 */
import type { LdapResult } from '../../protocols/ldap/response.ts';

import { Requester } from './access.ts';
import type { SlapdConf } from './conf.ts';
import type { Directory } from './directory.ts';
import { PreparedSearches } from './prepared.ts';

export interface Server {
  readonly conf: SlapdConf;
  readonly directory: Directory;
  /** normalised */
  readonly rootDn: string;
  readonly anonymous: Requester;
  readonly searches: PreparedSearches;
}

/** Starts to serve a directory. */
export function makeServer(conf: SlapdConf, directory: Directory): Server {
  const rootDn = directory.normalise(conf.rootDn) ?? '';
  const anonymous = new Requester('', conf.access, false);
  return { conf, directory, rootDn, anonymous, searches: new PreparedSearches() };
}

/** Who has bound with this normalised DN. */
export function requesterOf(server: Server, dn: string): Requester {
  return dn === '' ? server.anonymous : new Requester(dn, server.conf.access, dn === server.rootDn);
}

/** A result without matched DN and referrals. */
export function plainResult(code: number, text = ''): LdapResult {
  return { code, matchedDn: '', text, referral: noReferral };
}

const noReferral: readonly string[] = Object.freeze([]);
