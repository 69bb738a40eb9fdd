/** teller — begins a mail, and adds the steps of its journey, each told once */
import type { EventId, VirtualTime } from '../../../workers/api.ts';

import type { Protocol } from '../../decode/names.ts';

import type { Mail, Step } from './mail.ts';
import { letterOf } from './places.ts';

export interface StepEnds {
  fromHost: number;
  toHost: number;
  protocol: Protocol;
}

const papers = 'abcdefgh';

/** A mail of which nothing is known but that it is there. */
export function newMail(number: number, firstSeen: VirtualTime, firstEvent: EventId): Mail {
  return {
    number,
    letter: letterOf(number),
    paper: `var(--msg-${papers[number % papers.length]!})`,
    messageId: '',
    subject: '',
    sender: '',
    recipients: [],
    bytes: 0,
    reportsOn: -1,
    firstSeen,
    firstEvent,
    stays: [],
    carriages: [],
    steps: [],
    tries: [],
  };
}

/** Writes the steps of a mail, a few words each. */
export class Teller {
  readonly #told = new Set<string>();

  /** Adds a step, the first time only. @param which tells apart steps of the same words */
  tell(
    mail: Mail,
    event: { at: VirtualTime; id: EventId },
    { fromHost, toHost, protocol }: StepEnds,
    text: string,
    tone: Step['tone'] = 'plain',
    which = '',
  ): void {
    const key = `${mail.number}:${fromHost}:${toHost}:${text}:${which}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    mail.steps.push({ at: event.at, event: event.id, fromHost, toHost, protocol, tone, text });
  }
}

/** The ends of a step that happens at one host. */
export function here(hostIndex: number): StepEnds {
  return { fromHost: hostIndex, toHost: hostIndex, protocol: 'smtp' };
}

/** Whether two addresses are the same; case does not count here. */
export function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
