/**
 * status-line — the log line of a delivery attempt: "to=<…>, relay=…, delay=…, delays=a/b/c/d, dsn=…,
 * status=…"
 *
 * SEE ALSO  postconf(5) "delay_logging_resolution_limit"; record.ts (who writes the line)
 */
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
  times: DeliveryTimes;
  dsn: string;
  status: string;
  text: string;
}

/** The text after the queue id. */
export function formatStatusLine(line: StatusLine): string {
  const { times } = line;
  const original = line.originalRecipient !== '' && line.originalRecipient !== line.recipient;
  const delays = [
    times.active - times.arrived,
    times.handedOff - times.active,
    times.connected === null ? 0 : times.connected - times.handedOff,
    times.ended - (times.connected ?? times.handedOff),
  ];
  const originally = original ? ` orig_to=<${line.originalRecipient}>,` : '';
  return (
    `to=<${line.recipient}>,${originally} relay=${line.relay}, ` +
    `delay=${formatDelay(times.ended - times.arrived)}, delays=${delays.map(formatDelay).join('/')}, ` +
    `dsn=${line.dsn}, status=${line.status} (${line.text})`
  );
}

/**
 * Seconds with two significant digits, at most two of them after the point: "0.07", "9.1", "3", "59".
 * @param us microseconds; below zero counts as zero
 */
export function formatDelay(us: number): string {
  const delay = Math.max(0, us);
  const digits = delay < 995_000 ? 2 : delay < 9_950_000 ? 1 : 0;
  const unit = 1_000_000 / 10 ** digits;
  const units = Math.floor((delay + unit / 2) / unit);
  const whole = Math.floor(units / 10 ** digits);
  const fraction =
    digits === 0
      ? ''
      : String(units - whole * 10 ** digits)
          .padStart(digits, '0')
          .replace(/0+$/, '');
  return fraction === '' ? String(whole) : `${whole}.${fraction}`;
}
