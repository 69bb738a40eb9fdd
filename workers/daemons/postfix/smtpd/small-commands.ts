/**
 * small-commands — RSET, NOOP, QUIT, ETRN
 *
 * STANDARDS  RFC 5321 §4.1.1.5, §4.1.1.9, §4.1.1.10; RFC 1985 (ETRN)
 */
import type { Token } from '../../../protocols/smtp/command.ts';
import { isAddressLiteral, isHostName } from '../../../protocols/smtp/host-name.ts';

import type { Proc } from '../../../os/os.ts';

import { askFlush } from '../services.ts';

import { checkEtrn } from './checks.ts';
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

/** ETRN domain */
export function* etrn(session: Session, tokens: readonly Token[]): Proc<Outcome> {
  if (session.config.helo_required && session.helo === null) return refuse('503 Error: send HELO/EHLO first');
  if (session.transaction !== null) return refuse('503 Error: MAIL transaction in progress');
  if (tokens.length !== 2) return refuse('500 Syntax: ETRN domain');
  const domain = tokens[1]!.text.replace(/^[@#]/, '');
  if (!isHostName(domain) && !isAddressLiteral(domain)) return refuse('501 Error: invalid parameter syntax');
  const refused = yield* checkEtrn(session, domain);
  if (refused !== null) return refuse(refused);
  const { os, service } = session;
  switch (yield* askFlush(os, service.instance.parameters, { site: domain })) {
    case 'ok':
      return accept('250 Queuing started');
    case 'deny':
      session.warn(`reject: ETRN ${domain.slice(0, 100)}... from ${session.namaddr}`);
      return refuse(`459 <${domain}>: service unavailable`);
    case 'bad':
      session.warn(`bad ETRN ${domain.slice(0, 100)}... from ${session.namaddr}`);
      return refuse('458 Unable to queue messages');
    case 'fail':
      session.warn('unable to talk to fast flush service');
      return refuse('458 Unable to queue messages');
  }
}
