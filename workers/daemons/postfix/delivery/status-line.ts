/**
 * status-line — the log line of a delivery attempt: "to=<…>, relay=…, delay=…, delays=a/b/c/d, dsn=…,
 * status=…"
 *
 * SEE ALSO  postconf(5) "delay_logging_resolution_limit"; record.ts (who writes the line)
 */
import { shownAddress } from '../../../protocols/smtp/address.ts';

import type { VirtualTime } from '../../../os/os.ts';

/** When a message passed the stations on its way; what delays=a/b/c/d is made from. */
export interface DeliveryTimes {
  /** it arrived at cleanup */
  arrived: VirtualTime;
  /** it became active */
  active: VirtualTime;
  /** the agent took the request */
  handedOff: VirtualTime;
  /** DNS, connect and hello were done; null = there was no network client */
  connected: VirtualTime | null;
  /** the delivery ended */
  ended: VirtualTime;
}

export interface StatusLine {
  recipient: string;
  /** before alias expansion; '' or the same = not shown */
  originalRecipient: string;
  /** "mx.a.example[192.0.2.25]:25" or "none" */
  relay: string;
  /** deliveries over the same connection before this one; 0 = not shown */
  reuseCount: number;
  times: DeliveryTimes;
  dsn: string;
  status: string;
  text: string;
}

/** The text after the queue id. */
export function formatStatusLine(line: StatusLine): string {
  const { times, recipient, originalRecipient, reuseCount } = line;
  const { arrived, active, handedOff, ended } = times;
  const connected = times.connected ?? handedOff;
  const isAlias = originalRecipient !== '' && originalRecipient !== recipient;
  const delays =
    `${formatDelay(active - arrived)}/${formatDelay(handedOff - active)}/` +
    `${formatDelay(connected - handedOff)}/${formatDelay(ended - connected)}`;
  const use = reuseCount === 0 ? '' : ` conn_use=${reuseCount + 1},`;
  return (
    `to=<${shownAddress(recipient)}>,` +
    `${isAlias ? ` orig_to=<${shownAddress(originalRecipient)}>,` : ''} relay=${line.relay},${use} ` +
    `delay=${formatDelay(ended - arrived)}, delays=${delays}, ` +
    `dsn=${line.dsn}, status=${line.status} (${line.text})`
  );
}

/**
 * Seconds with two significant digits, at most two of them after the point: "0.07", "9.1", "3", "59".
 * @param us microseconds; below zero counts as zero
 */
export function formatDelay(us: number): string {
  const delay = Math.max(0, us);
  if (delay < 995_000) {
    const hundredths = Math.floor((delay + 5_000) / 10_000);
    if (hundredths % 10 === 0) return formatTenths(hundredths / 10);
    return hundredths < 10 ? `0.0${hundredths}` : `0.${hundredths}`;
  }
  if (delay < 9_950_000) return formatTenths(Math.floor((delay + 50_000) / 100_000));
  return String(Math.floor((delay + 500_000) / 1_000_000));
}

// Whole numbers become text much faster than fractions.
function formatTenths(tenths: number): string {
  const whole = Math.floor(tenths / 10);
  return tenths % 10 === 0 ? String(whole) : `${whole}.${tenths % 10}`;
}
