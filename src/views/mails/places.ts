/** places — where a mail is at the cursor, and which mail the picture follows */
import type { VirtualTime } from '../../../workers/api.ts';

import type { Selection } from '../../sim/selection.ts';

import type { Carriage, Mail, Stay } from './mail.ts';

export interface Places {
  stays: Stay[];
  /** on the wire now */
  carriages: Carriage[];
}

/** Where a mail is at the cursor. */
export function placesAt(mail: Mail, at: VirtualTime): Places {
  return {
    stays: mail.stays.filter((stay) => stay.from <= at && at < stay.until),
    carriages: mail.carriages.filter((carriage) => carriage.from <= at && at < carriage.until),
  };
}

/** The mail that the picture follows: the selected one, else the last that someone wrote. @returns null when there is none yet */
export function currentMail(
  fold: { readonly mails: readonly Mail[] },
  selection: Selection | null,
  at: VirtualTime,
): Mail | null {
  if (selection?.kind === 'mail') return fold.mails[selection.mail] ?? null;
  for (let number = fold.mails.length - 1; number >= 0; number--) {
    const mail = fold.mails[number]!;
    if (mail.firstSeen <= at && mail.sender !== '') return mail;
  }
  return null;
}

/** 'A' … 'Z', then 'A1' … */
export function letterOf(number: number): string {
  const letter = String.fromCharCode(65 + (number % 26));
  return number < 26 ? letter : `${letter}${Math.floor(number / 26)}`;
}
