/**
 * filter — judges a message, adds the filter's headers and hands it on
 *
 * The log lines are those of amavisd at log level 1, in its order.
 *
 * SEE ALSO  reinject.ts
 */

import { isSevenBit } from '../../bytes/ascii.ts';

import { formatCompactStamp, formatDate } from '../../protocols/message/date.ts';
import { getField, parseHeader, prependLines } from '../../protocols/message/header.ts';

import { MILLISECOND, type Os, type Proc } from '../../os/os.ts';

import { reinject } from './reinject.ts';
import type { AmavisSession } from './session.ts';

/** A message under way. */
export interface FilteredMessage {
  /** 12 characters, as mail_id in the log and as id in the Received field */
  mailId: string;
  sender: string;
  recipients: readonly string[];
  content: readonly Uint8Array[];
  size: number;
  body: '7BIT' | '8BITMIME';
}

/** @returns the reply to the end of DATA */
export function* filterMessage(os: Os, session: AmavisSession, content: Uint8Array): Proc<string> {
  const startedAt = os.now();
  const sender = session.sender ?? '';
  const recipients = [...session.recipients];
  const log = (text: string): void => os.log('amavis', `(${session.taskId}) ${text}`);
  const mailId = randomId(os, 12);
  const people = `<${sender}> -> ${recipients.map((address) => `<${address}>`).join(',')}`;
  const received = receivedField(os, session, '');
  const protocol = session.protocol === 'SMTP' ? 'SMTP' : 'ESMTP';
  const parameters = session.parameters === '' ? '' : `${session.parameters} `;
  const directory = `/var/lib/amavis/tmp/amavis-${stamp(os)}-${os.pid}-${randomId(os, 8)}`;
  log(`${protocol} [127.0.0.1]:10024 ${directory}: ${people} ${parameters}Received: ${received}`);
  const address = session.xforward.get('ADDR') ?? '';
  const client = address === '' ? session.conn.remote.address : address;
  log(`Checking: ${mailId} [${client}] ${people}`);
  const messageId = getField(parseHeader(content), 'message-id') ?? '';
  os.trace({ kind: 'filter.judged', messageId, verdict: 'CLEAN', text: 'Passed CLEAN {RelayedInbound}' });
  // Like amavisd, which looks at the bytes and not at what the client said.
  const body = isSevenBit(content) ? '7BIT' : '8BITMIME';
  const trace = receivedField(os, session, mailId);
  const header = `X-Virus-Scanned: amavis at ${os.hostName}\r\nReceived: ${trace}\r\n`;
  const pieces = prependLines(header, content);
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const result = yield* reinject(os, session, { mailId, sender, recipients, content: pieces, size, body });
  log(`${result.ok ? '' : '(!)'}${mailId} FWD from ${people}, ${result.bodySaid}${result.logged}`);
  const port = session.xforward.get('PORT') ?? '';
  const origin = address === '' ? `[${client}]` : `[${client}]${port === '' ? '' : `:${port}`} [${client}]`;
  const verdict = result.ok
    ? 'Passed CLEAN {RelayedInbound}'
    : `Blocked MTA-BLOCKED {${result.temporary ? 'TempFailedInbound' : 'RejectedInbound'}}`;
  const ident = session.xforward.get('IDENT') ?? '';
  const details = [
    `${origin} ${people}`,
    ...(ident === '' ? [] : [`Queue-ID: ${ident}`]),
    ...(messageId === '' ? [] : [`Message-ID: ${messageId}`]),
    `mail_id: ${mailId}`,
    'Hits: -',
    `size: ${content.length}`,
    ...(result.queuedAs === '' ? [] : [`queued_as: ${result.queuedAs}`]),
    `${Math.ceil((os.now() - startedAt) / MILLISECOND)} ms`,
  ];
  log(`${verdict}, ${details.join(', ')}`);
  return result.reply;
}

/** In the log without id; in the message folded, with it. */
function receivedField(os: Os, session: AmavisSession, mailId: string): string {
  const { recipients, protocol, hello, conn } = session;
  const [blank, id] = mailId === '' ? [' ', ''] : ['\r\n ', `\r\n id ${mailId}`];
  const only = recipients.length === 1 ? ` for <${recipients[0]!}>` : '';
  const how = protocol === 'SMTP' ? 'SMTP' : protocol === 'LMTP' ? 'LMTP' : 'ESMTP';
  const by = `by localhost (${os.hostName} [127.0.0.1]) (amavis, port 10024) with ${how}`;
  const date = formatDate(os.epochUs());
  return `from ${hello} ([${conn.remote.address}])${blank}${by}${id}${only};${blank}${date}`;
}

/** "20261122T125834" */
function stamp(os: Os): string {
  const digits = formatCompactStamp(os.epochUs());
  return `${digits.slice(0, 8)}T${digits.slice(8)}`;
}

const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function randomId(os: Os, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) {
    // RFC 4648 §5 with letters and digits at both ends, as amavisd makes it.
    const bound = i === 0 || i === length - 1 ? 62 : 64;
    text += idAlphabet[os.random.below(bound)]!;
  }
  return text;
}
