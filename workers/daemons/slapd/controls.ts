/**
 * controls — the controls that a request may carry
 *
 * SIMPLIFIED: paged results, server-side sorting, pre- and post-read, which the real server has, are
 * unknown here: refused when critical, else ignored.
 *
 * STANDARDS  RFC 4511 §4.1.11, RFC 3296 §3 (manageDsaIT), RFC 4528 (assertion)
 */
import { DecodeError } from '../../bytes/byte-reader.ts';

import { BerReader } from '../../protocols/ldap/ber.ts';
import { decodeFilter, type Filter } from '../../protocols/ldap/filter.ts';
import type { Control } from '../../protocols/ldap/message.ts';

export interface RequestControls {
  /** referral entries are entries like others */
  manageDsaIt: boolean;
  /** the operation takes place only when the entry matches; null = always */
  assertion: Filter | null;
  /** a critical control that is not known */
  unknownCritical: boolean;
}

const manageDsaIt = '2.16.840.1.113730.3.4.2';
const assertion = '1.3.6.1.1.12';

/** As the root DSE lists them. */
export const supportedControls: readonly string[] = Object.freeze([manageDsaIt, assertion]);

const none: RequestControls = Object.freeze({ manageDsaIt: false, assertion: null, unknownCritical: false });

/** Reads the controls of a request; a malformed value throws DecodeError. */
export function readControls(controls: readonly Control[]): Readonly<RequestControls> {
  if (controls.length === 0) return none;
  const found: RequestControls = { manageDsaIt: false, assertion: null, unknownCritical: false };
  for (const { oid, critical, value } of controls) {
    if (oid === manageDsaIt) found.manageDsaIt = true;
    else if (oid === assertion) {
      if (value === null) throw new DecodeError(0, 'assertion control without a value');
      found.assertion = decodeFilter(new BerReader(value));
    } else if (critical) found.unknownCritical = true;
  }
  return found;
}
