/**
 * lookup-table — what every lookup table answers, whatever its type
 *
 * SEE ALSO  DATABASE_README, maps(3)
 */
import type { Os, Proc } from '../../../os/os.ts';

/**
 * try-again: the table could not be read or its server did not answer; a daemon answers 451 4.3.0 or defers.
 */
export type TableAnswer =
  /** extension: "+ext" of the address, when it was found without (lookupAddress) */
  | { kind: 'found'; value: string; extension?: string }
  | { kind: 'not-found' }
  | { kind: 'try-again'; why: string };

/** A list of tables searched in order ("hash:/etc/postfix/x, ldap:/etc/postfix/y"); [] answers not-found. */
export interface LookupTables {
  /** the parameter's value, as in main.cf */
  readonly title: string;
  /** Exactly this key; the caller tries its address forms. */
  lookup(os: Os, key: string): Proc<TableAnswer>;
  /** The same for a part of what is looked up (a parent domain): tables of patterns are passed over. */
  lookupPart(os: Os, key: string): Proc<TableAnswer>;
  /** Postfix's address forms: user+ext@domain, user@domain, user+ext, user (when domain is ours), @domain. */
  lookupAddress(os: Os, address: string): Proc<TableAnswer>;
}
