/** dns-dialogue — DNS messages as one line each, and the exchange each belongs to; over UDP and TCP */
import { DecodeError } from '../../workers/bytes/byte-reader.ts';
import {
  decodeMessage,
  dnsFramer,
  type DnsMessage,
  type DnsRecord,
} from '../../workers/protocols/dns/message.ts';
import { rdataFormat } from '../../workers/protocols/dns/rdata/index.ts';
import { NOERROR, NXDOMAIN, rcodeName } from '../../workers/protocols/dns/types.ts';

import type { Piece, Side } from './conversation.ts';
import type { Dialogue, Talk } from './dialogue.ts';
import type { DnsExchange, DnsExchanges, DnsOutcome } from './exchanges.ts';
import type { Found } from './line-reader.ts';

const openMax = 1000;

/** Reads the datagrams of one DNS exchange as lines. */
export class DnsDialogue implements Dialogue {
  readonly firstMode = () => ({ kind: 'frames', frameLength: dnsFramer }) as const;
  readonly #exchanges: DnsExchanges;
  /** unanswered, by client port and id */
  readonly #open = new Map<number, DnsExchange>();

  constructor(exchanges: DnsExchanges) {
    this.#exchanges = exchanges;
  }

  read(side: Side, found: Found, talk: Talk): void {
    if (found.kind === 'opaque') talk.opaque(side, found.piece);
    // RFC 1035 §4.2.2: over TCP the message has its length before it.
    else if (found.kind === 'frame')
      this.message({ side, bytes: found.bytes.subarray(2), pieces: found.pieces, port: 0 }, talk);
  }

  /** One message; `port` is the client's, which with the id tells exchanges apart. */
  message(
    { side, bytes, pieces, port }: { side: Side; bytes: Uint8Array; pieces: Piece[]; port: number },
    talk: Talk,
  ): void {
    let message: DnsMessage;
    try {
      message = decodeMessage(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      talk.say(
        side,
        { kind: 'opaque', text: `not DNS: ${error.message}`, role: 'unknown', tone: 'fail' },
        pieces,
      );
      return;
    }
    const key = port * 0x10000 + message.id;
    const question = message.questions[0];
    const asked = question === undefined ? '' : `${question.type} ${shown(question.name)}`;
    if (!message.response) {
      const role = message.recursionDesired ? 'query' : 'query-direct';
      const line = talk.say(side, { kind: 'message', text: `? ${asked}`, role, about: asked }, pieces);
      if (this.#open.size >= openMax) this.#open.clear();
      this.#open.set(key, this.#exchanges.add(talk.conversation, message, line));
      return;
    }
    const outcome = outcomeOf(message);
    const tone = outcome === 'failed' ? 'fail' : outcome === 'truncated' ? 'wait' : 'plain';
    const line = talk.say(
      side,
      { kind: 'message', text: summaryOfDns(message, outcome), role: outcome, about: asked, tone },
      pieces,
    );
    const exchange = this.#open.get(key);
    this.#open.delete(key);
    if (exchange !== undefined) this.#exchanges.answer(exchange, message, outcome, line);
  }
}

/** What kind of answer a response is. */
export function outcomeOf(message: DnsMessage): DnsOutcome {
  if (message.truncated) return 'truncated';
  if (message.rcode === NXDOMAIN) return 'no-such-name';
  if (message.rcode !== NOERROR) return 'failed';
  if (message.answers.length > 0) return 'answer';
  const delegates = message.authorities.some((record) => record.type === 'NS');
  return delegates && !message.authoritative && !message.recursionAvailable ? 'referral' : 'no-data';
}

/** One line for a response. */
export function summaryOfDns(message: DnsMessage, outcome: DnsOutcome): string {
  const question = message.questions[0];
  const name = shown(question?.name ?? '');
  switch (outcome) {
    case 'answer':
      return message.answers.map((record) => recordText(record, question?.name ?? '')).join(', ');
    case 'referral': {
      const servers = message.authorities.filter((record) => record.type === 'NS');
      const zone = shown(servers[0]!.name);
      return `${zone} NS ${servers.map(dataText).join(', ')}`;
    }
    case 'no-such-name':
      return `NXDOMAIN ${name}`;
    case 'no-data':
      return `NOERROR, no ${question?.type ?? 'data'} for ${name}`;
    case 'truncated':
      return 'truncated (TC), ask again over TCP';
    case 'failed':
      return rcodeName(message.rcode);
  }
}

/** "MX 10 mta1.acme.example"; with the owner where it is not the name asked for. */
function recordText(record: DnsRecord, asked: string): string {
  const owner = record.name.toLowerCase() === asked.toLowerCase() ? '' : `${shown(record.name)} `;
  return `${owner}${record.type} ${dataText(record)}`;
}

function dataText(record: DnsRecord): string {
  return rdataFormat(record.type).format(record.data).replace(/\.$/, '');
}

function shown(name: string): string {
  return name === '' ? '.' : name;
}
