/**
 * verdict — what header_checks and body_checks decide about a message
 *
 * SEE ALSO  content-checks.ts
 */
import type { HeaderLine } from './header-work.ts';

/** What the checks decided about a message. */
export interface Verdict {
  /** text of REJECT, ready to send: "5.7.1 reason"; '' = not rejected */
  reject: string;
  discard: boolean;
  hold: boolean;
  filter: string;
  redirect: string;
  bcc: string[];
  /** header fields to replace or drop */
  edits: Map<HeaderLine, string>;
  /** a table did not answer */
  failed: boolean;
}

/** No verdict yet. */
export function emptyVerdict(): Verdict {
  return {
    reject: '',
    discard: false,
    hold: false,
    filter: '',
    redirect: '',
    bcc: [],
    edits: new Map(),
    failed: false,
  };
}

/** The verdict when nothing is checked. */
export const noVerdict: Readonly<Verdict> = Object.freeze(emptyVerdict());
