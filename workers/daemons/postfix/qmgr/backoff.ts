/**
 * backoff — when a deferred message is tried again, and when it is given up
 *
 * Pure arithmetic on whole seconds, as qmgr's event clock counts them. What grows is the age of the message,
 * not the last delay: the gaps about double until they reach the maximum. There is no attempt counter and no
 * jitter.
 *
 * STANDARDS  RFC 5321 §4.5.4.1 (retry at least 30 minutes apart, give up after 4–5 days; Postfix tries
 *            sooner)
 * SEE ALSO   queue-scan.ts, qmgr(8) "minimal_backoff_time", "maximal_backoff_time", "queue_run_delay"
 */
import { SECOND, type VirtualTime } from '../../../os/os.ts';

export interface BackoffParams {
  /** microseconds, as all times */
  minimal_backoff_time: number;
  maximal_backoff_time: number;
}

export interface LifetimeParams {
  maximal_queue_lifetime: number;
  bounce_queue_lifetime: number;
}

/**
 * The earliest next attempt after one that left a recipient deferred at `now`.
 * @param created when the message arrived
 * @returns a whole second
 */
export function nextAttemptAt(
  params: BackoffParams,
  times: { created: VirtualTime; now: VirtualTime },
): VirtualTime {
  const now = wholeSecond(times.now);
  const age = now - wholeSecond(times.created);
  return now + Math.max(Math.min(age, params.maximal_backoff_time), params.minimal_backoff_time);
}

/** Whether a scan at `now` takes a file whose next attempt is at `next`: one second of grace. */
export function isDue(next: VirtualTime, now: VirtualTime): boolean {
  return wholeSecond(next) <= wholeSecond(now) + SECOND;
}

/**
 * When the message is given up; looked at only after a failed attempt. Bounces (null sender) have a limit of
 * their own.
 */
export function expiresAt(
  params: LifetimeParams,
  message: { sender: string; created: VirtualTime },
): VirtualTime {
  const longest = params.maximal_queue_lifetime;
  const lifetime = message.sender === '' ? Math.min(params.bounce_queue_lifetime, longest) : longest;
  return wholeSecond(message.created) + lifetime;
}

/** The first deferred scan at or after `at`; scans are every `delay` from `start`. */
export function scanAtOrAfter(at: VirtualTime, phase: { start: VirtualTime; delay: number }): VirtualTime {
  const periods = Math.max(0, Math.ceil((at - phase.start) / phase.delay));
  return phase.start + periods * phase.delay;
}

/** time(2): the clock without its fraction. */
export function wholeSecond(at: VirtualTime): VirtualTime {
  return Math.floor(at / SECOND) * SECOND;
}
