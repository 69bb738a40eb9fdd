/**
 * talk — one connection to a receiver as its personalities see it, and what they may say
 */
import type { Connection, Os, Proc } from '../../os/os.ts';

import type { Client } from './client.ts';
import type { Content } from './content.ts';
import type { Phase, RuleAction } from './rules.ts';

/** The state of a connection. */
export interface Talk {
  readonly os: Os;
  readonly conn: Connection;
  /** as in the greeting */
  readonly hostname: string;
  readonly client: Client;
  /** the how many-th since the host booted, counted from 1 */
  readonly connection: number;
  /** '' before HELO or EHLO */
  helo: string;
  protocol: 'SMTP' | 'ESMTP';
  /** null: no transaction; '' = the null reverse-path */
  sender: string | null;
  /** SIZE= of MAIL; 0: not said */
  declaredBytes: number;
  recipients: string[];
  /** at the end of DATA */
  content: Content | null;
  /** header lines to put on top of the message */
  headers: string[];
  /** wait between the single bytes of a reply */
  stutterUs: number;
}

/** Something is to be answered. */
export interface Occasion {
  readonly at: Phase;
  /** the command; at eod the recipients */
  readonly line: string;
  /** at rcpt */
  readonly recipient: string;
  /** the command ended with LF alone */
  readonly bareLf: boolean;
}

/** What a personality has to say. With neither reply nor action the next one is asked. */
export interface Verdict {
  readonly delayUs?: number;
  /** lines joined by LF */
  readonly reply?: string;
  readonly action?: RuleAction;
}

/** Asked at each place of the dialogue. */
export interface Personality {
  judge(talk: Talk, occasion: Occasion): Proc<Verdict | null>;
  /** the connection is over */
  ended?(talk: Talk): Proc<void>;
}
