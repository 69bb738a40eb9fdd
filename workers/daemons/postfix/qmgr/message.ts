/**
 * message — a message in the active queue: its recipients grouped into entries by destination
 *
 * SEE ALSO  qmgr_message(3)
 */
import type { EventId, VirtualTime } from '../../../os/os.ts';

import type { OriginalClient, RequestRecipient } from '../delivery/request.ts';

/** What qmgr reads of a queue file. Recipients that are done are left out. */
export interface QueueEnvelope {
  readonly sender: string;
  readonly recipients: readonly RequestRecipient[];
  /** recipients in all, done or not */
  readonly recipientCount: number;
  readonly arrived: VirtualTime;
  /** when the queue file was begun: age, backoff and expiry count from here */
  readonly created: VirtualTime;
  /** octets of content */
  readonly size: number;
  readonly encoding: string;
  readonly envelopeId: string;
  readonly returnContent: string;
  /** the client asked for SMTPUTF8 (RFC 6531) */
  readonly smtpUtf8: boolean;
  readonly client: OriginalClient;
  /** content filter that all recipients go to instead, "smtp-amavis:[127.0.0.1]:10024"; '' = none */
  readonly filter: string;
  /** the delay warning was sent */
  readonly warned: boolean;
  /** postsuper -e: to be returned without another attempt */
  readonly forceExpire: boolean;
  /** user id of who gave it to sendmail(1); '' = it came otherwise */
  readonly submitter: string;
  readonly fullName: string;
  /** asks whether the recipients could be delivered to */
  readonly isProbe?: boolean;
}

/** What trivial-rewrite says about a recipient. */
export interface Route {
  readonly transport: string;
  readonly nexthop: string;
  readonly recipient: string;
}

/** A message between (queue active) and its removal or deferral. */
export interface ActiveMessage {
  readonly queueId: string;
  readonly envelope: QueueEnvelope;
  /** when it became active, and the event that says so */
  readonly active: VirtualTime;
  readonly activated: EventId;
  /** entries not yet ended */
  pending: number;
  /** an attempt left a recipient deferred */
  deferred: boolean;
  /** why, for the trace */
  reason: string;
  /** a flush took it: defer_transports does not count */
  readonly flushed: boolean;
}

/** Recipients (as indexes into the envelope's list) that go to one destination together. */
export interface Group {
  readonly route: Route;
  readonly recipients: number[];
}

/**
 * Groups recipients by transport and nexthop, in the order of these names.
 * @param routes one per recipient
 * @param recipientLimitOf destination_recipient_limit of a transport; 1 makes every recipient a destination
 */
export function groupRecipients(
  routes: readonly Route[],
  recipientLimitOf: (transport: string) => number,
): Group[] {
  const groups = new Map<string, Group>();
  for (const [index, route] of routes.entries()) {
    const id = `${route.transport} ${keyOf(route, recipientLimitOf(route.transport))}`;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { route, recipients: [index] });
    else group.recipients.push(index);
  }
  for (const { recipients } of groups.values())
    if (recipients.length > 1) sortByAddress(recipients, (index) => routes[index]!.recipient);
  const sorted = [...groups.values()];
  if (sorted.length > 1)
    sorted.sort(
      (a, b) => compare(a.route.transport, b.route.transport) || compare(a.route.nexthop, b.route.nexthop),
    );
  return sorted;
}

// By domain, then by address (qmgr_message_sort): the order of RCPT commands and log lines.
function sortByAddress(recipients: number[], addressOf: (index: number) => string): void {
  const domainOf = (address: string): string => address.slice(address.lastIndexOf('@')).toLowerCase();
  recipients.sort((a, b) => {
    const [x, y] = [addressOf(a), addressOf(b)];
    return compare(domainOf(x), domainOf(y)) || compare(x, y);
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * A destination's identity within its transport.
 * @param recipientLimit the transport's destination_recipient_limit
 */
export function keyOf(route: Route, recipientLimit: number): string {
  return recipientLimit === 1 ? `${route.nexthop} ${route.recipient}` : route.nexthop;
}

/** Cuts a list into batches of at most `size`; 0 = all in one. */
export function batches(items: readonly number[], size: number): (readonly number[])[] {
  if (size <= 0 || items.length <= size) return [items];
  const cut: number[][] = [];
  for (let at = 0; at < items.length; at += size) cut.push(items.slice(at, at + size));
  return cut;
}
