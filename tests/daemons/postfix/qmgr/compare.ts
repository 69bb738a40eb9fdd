// Compares what a played scenario did with what the real program was recorded doing.
import type { QueueTrace } from '../../../../workers/node/queue-trace.ts';

export interface Expectation {
  attempts?: {
    msg: string;
    rcpt: string;
    n: number;
    t: number;
    tol: number;
    status: string;
    dsn: string;
    relay?: string;
    text?: string;
  }[];
  sorted?: Record<string, { n: [number, number]; quantiles: { q: number; t: number; tol: number }[] }>;
  single?: { msg: string; t: number; tol: number }[];
  notices?: { msg: string; event: string; n?: number; t: number; tol: number }[];
  final?: Record<string, string>;
  maxSessions?: Record<string, [number, number]>;
}

/** @returns the differences in words; empty = as recorded */
export function compare(want: Expectation, got: QueueTrace): string[] {
  const differences: string[] = [];
  const near = (wanted: { t: number; tol: number }, at: number, what: string): void => {
    if (Math.abs(wanted.t - at) > wanted.tol)
      differences.push(`${what}: at ${at.toFixed(2)} s, want ${wanted.t} s ± ${wanted.tol}`);
  };
  const attempts = got.trace.filter((line) => line.event === 'attempt');
  if (want.attempts !== undefined) {
    const keys = new Set([...want.attempts, ...attempts].map((attempt) => `${attempt.msg} ${attempt.rcpt}`));
    for (const key of keys) {
      const wanted = want.attempts.filter((attempt) => `${attempt.msg} ${attempt.rcpt}` === key);
      const made = attempts.filter((attempt) => `${attempt.msg} ${attempt.rcpt}` === key);
      if (wanted.length !== made.length)
        differences.push(`${key}: ${made.length} attempts, want ${wanted.length}`);
      for (const [i, w] of wanted.slice(0, made.length).entries()) {
        const m = made[i]!;
        near(w, m.t, `${key} attempt ${i + 1}`);
        for (const field of ['status', 'dsn', 'relay', 'text'] as const)
          if (w[field] !== undefined && w[field] !== m[field])
            differences.push(
              `${key} attempt ${i + 1}: ${field} ${JSON.stringify(m[field])}, want ${JSON.stringify(w[field])}`,
            );
      }
    }
  }
  for (const [kind, wanted] of Object.entries(want.sorted ?? {})) {
    const suspended = (text: string | undefined): string =>
      /temporarily suspended/.test(text ?? '') ? '-suspended' : '';
    const times = attempts
      .filter((line) => line.status + suspended(line.text) === kind)
      .map((line) => line.t)
      .sort((a, b) => a - b);
    if (times.length < wanted.n[0] || times.length > wanted.n[1])
      differences.push(`${kind}: ${times.length} attempts, want ${wanted.n}`);
    for (const quantile of wanted.quantiles) {
      const at = times[Math.min(times.length - 1, Math.floor(quantile.q * times.length))];
      if (at !== undefined) near(quantile, at, `${kind} quantile ${quantile.q}`);
    }
  }
  for (const wanted of want.single ?? []) {
    const last = attempts.filter((line) => line.msg === wanted.msg).at(-1);
    if (last === undefined) differences.push(`${wanted.msg}: no attempt`);
    else near(wanted, last.t, `${wanted.msg} done`);
  }
  for (const wanted of want.notices ?? []) {
    const notice = got.trace.filter((line) => line.msg === wanted.msg && line.event === wanted.event)[
      wanted.n ?? 0
    ];
    if (notice === undefined) differences.push(`${wanted.msg}: no "${wanted.event}"`);
    else near(wanted, notice.t, `${wanted.msg} ${wanted.event}`);
  }
  for (const [key, value] of Object.entries(want.final ?? {}))
    if (got.final[key] !== value) differences.push(`final ${key}: ${got.final[key]}, want ${value}`);
  for (const [name, [low, high]] of Object.entries(want.maxSessions ?? {})) {
    const sessions = got.maxSessions[name] ?? 0;
    if (sessions < low || sessions > high)
      differences.push(`sessions at ${name}: ${sessions}, want ${low}..${high}`);
  }
  return differences;
}
