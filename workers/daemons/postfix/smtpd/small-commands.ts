/**
 * small-commands — RSET, NOOP, QUIT
 *
 * STANDARDS  RFC 5321 §4.1.1.5, §4.1.1.9, §4.1.1.10
 */
import type { Token } from '../../../protocols/smtp/command.ts';

import { accept, refuse, type Outcome, type Session } from './session.ts';

/** RSET */
export function rset(session: Session, tokens: readonly Token[]): Outcome {
  if (tokens.length !== 1) return refuse('501 5.5.4 Syntax: RSET');
  session.endTransaction();
  return accept('250 2.0.0 Ok');
}

/** NOOP; arguments are ignored */
export function noop(): Outcome {
  return accept('250 2.0.0 Ok');
}

/** QUIT; arguments are ignored */
export function quit(): Outcome {
  return accept('221 2.0.0 Bye');
}
