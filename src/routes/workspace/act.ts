/** act — what a keyboard command does to the session; what concerns the panes is left to the workspace */
import type { TraceEvent } from '../../../workers/api.ts';

import type { Session } from '../../sim/session.svelte.ts';
import { speeds } from '../../sim/speeds.ts';
import { isInteresting } from '../../time/interesting.ts';
import type { Command } from '../../ui/keys.ts';
import { MailsFold } from '../../views/mails/fold.ts';

/** @returns false when the command is none of the session's */
export function actOnSession(session: Session, command: Command): boolean {
  switch (command) {
    case 'toggle':
      void session.toggle();
      return true;
    case 'step':
      void session.stepForward(here(session));
      return true;
    case 'step-back':
      void session.stepBack(here(session));
      return true;
    case 'step-any':
      void session.stepForward();
      return true;
    case 'step-any-back':
      void session.stepBack();
      return true;
    case 'next-interesting':
      void session.stepForward(isInteresting);
      return true;
    case 'previous-interesting':
      void session.stepBack(isInteresting);
      return true;
    case 'slower':
      changeSpeed(session, -1);
      return true;
    case 'faster':
      changeSpeed(session, 1);
      return true;
    case 'start':
      session.seek(0);
      return true;
    case 'live':
      session.goLive();
      return true;
    case 'next-mail':
      selectMail(session, 1);
      return true;
    case 'previous-mail':
      selectMail(session, -1);
      return true;
    default:
      return false;
  }
}

/** Events of the selected host; of any when none is selected. */
function here(session: Session): (event: TraceEvent) => boolean {
  const { selection } = session;
  return selection?.kind === 'host' ? (event) => event.hostIndex === selection.host : () => true;
}

function changeSpeed(session: Session, by: 1 | -1): void {
  const speed = speeds[speeds.indexOf(session.speed) + by];
  if (speed !== undefined) void session.setSpeed(speed);
}

function selectMail(session: Session, by: 1 | -1): void {
  const { selection } = session;
  const mails = session.read(MailsFold).mails.filter((mail) => mail.firstSeen <= session.at);
  if (mails.length === 0) return;
  const from =
    selection?.kind === 'mail' ? mails.findIndex((mail) => mail.number === selection.mail) : by > 0 ? -1 : 0;
  const mail = mails[(from + by + mails.length) % mails.length]!;
  session.select({ kind: 'mail', mail: mail.number });
}
