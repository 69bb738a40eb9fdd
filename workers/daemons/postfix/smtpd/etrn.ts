/**
 * etrn — ETRN: a client asks for the mail that waits for its domain
 *
 * STANDARDS  RFC 1985
 */
import type { Token } from '../../../protocols/smtp/command.ts';
import { isAddressLiteral, isHostName } from '../../../protocols/smtp/host-name.ts';

import type { Proc } from '../../../os/os.ts';

import { askFlush } from '../services.ts';

import { checkClient, checkHelo, deferred, firstRefusal, refusal, run, type Refusal } from './checks.ts';
import { accept, refuse, type Outcome, type Session } from './session.ts';

const putOffToEtrn = Object.freeze([checkClient, checkHelo]);

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

function* checkEtrn(session: Session, domain: string): Proc<Refusal> {
  const { checks, config } = session;
  session.etrnDomain = domain;
  let refused = config.delay_reject ? yield* firstRefusal(session, putOffToEtrn) : null;
  checks.deferIfPermit = checks.afterClient ?? checks.afterHelo;
  if (refused === null) {
    const answer = run(session, 'etrn', domain, 'Etrn command', 'check_etrn_access');
    refused = refusal(session, typeof answer === 'string' ? answer : yield* answer);
  }
  if (refused === null) refused = refusal(session, deferred(session));
  session.etrnDomain = null;
  return refused;
}
