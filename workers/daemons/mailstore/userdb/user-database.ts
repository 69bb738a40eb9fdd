/**
 * user-database — who has a mailbox here, and whether a password is theirs
 *
 * SEE ALSO  passwd-file.ts, ldap-users.ts
 */
import type { Os, Proc } from '../../../os/os.ts';

export type UserResult =
  /** mailbox: the lower-case address under which the store keeps it; quotaBytes 0 = none */
  | { kind: 'found'; mailbox: string; quotaBytes: number }
  | { kind: 'no-such-user' }
  /** The account exists, but takes no mail for now (Zimbra: maintenance). */
  | { kind: 'disabled' }
  | { kind: 'try-again'; why: string };

export type PasswordResult =
  { kind: 'ok'; mailbox: string } | { kind: 'bad-password' } | { kind: 'try-again'; why: string };

export interface UserDatabase {
  /** @param address a recipient as the client named it */
  find(os: Os, address: string): Proc<UserResult>;
  verify(os: Os, user: string, password: string): Proc<PasswordResult>;
}
