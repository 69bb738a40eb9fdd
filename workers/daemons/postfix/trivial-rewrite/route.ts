/**
 * route — what trivial-rewrite(8) says about an address
 *
 * SEE ALSO  ADDRESS_CLASS_README; resolve.ts
 */

/** The class that the recipient's domain belongs to. */
export type AddressClass = 'local' | 'virtual-alias' | 'virtual-mailbox' | 'relay' | 'default';

/** try-again: a table did not answer. */
export type Resolution =
  | {
      kind: 'resolved';
      addressClass: AddressClass;
      transport: string;
      nexthop: string;
      recipient: string;
      unknownUserTable: boolean;
      /** the local part names another domain: user@other@here, user%other@here, other!user@here */
      routed: boolean;
    }
  | { kind: 'bad-address'; why: string }
  | { kind: 'try-again'; why: string };
