/**
 * filter — judges a message, adds the filter's headers and hands it on
 *
 * The log lines are those of amavisd at log level 1, in its order.
 *
 * SEE ALSO  reinject.ts
 */

import { isSevenBit } from '../../bytes/ascii.ts';

import { formatCompactStamp, formatDate } from '../../protocols/message/date.ts';
import { findField, prependLines } from '../../protocols/message/header.ts';

import { call, MILLISECOND, type Os, type Proc } from '../../os/os.ts';

import { reinject, type Reinjected } from './reinject.ts';
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
  const { recipients, xforward } = session;
  const inLog = `(${session.taskId}) `;
  const mailId = randomId(os, 12);
  const people = `<${sender}> -> <${recipients.join('>,<')}>`;
  const received = receivedField(os, session);
  const protocol = session.protocol === 'SMTP' ? 'SMTP' : 'ESMTP';
  const parameters = session.parameters === '' ? '' : `${session.parameters} `;
  const directory = `/var/lib/amavis/tmp/amavis-${stamp(os)}-${os.pid}-${randomId(os, 8)}`;
  const came = `${protocol} [127.0.0.1]:10024 ${directory}: ${people} ${parameters}`;
  os.log('amavis', `${inLog}${came}Received: ${received.inLog}`);
  const address = xforward.get('ADDR') ?? '';
  const client = address === '' ? session.conn.remote.address : address;
  os.log('amavis', `${inLog}Checking: ${mailId} [${client}] ${people}`);
  const messageId = findField(content, 'message-id') ?? '';
  os.trace({ kind: 'filter.judged', messageId, verdict: 'CLEAN', text: passed });
  // Like amavisd, which looks at the bytes and not at what the client said.
  const body = isSevenBit(content) ? '7BIT' : '8BITMIME';
  const trace = `${received.before}\r\n id ${mailId}${received.after}`;
  const pieces = prependLines(`X-Virus-Scanned: amavis at ${os.hostName}\r\nReceived: ${trace}\r\n`, content);
  const size = pieces[0]!.length + content.length;
  const message: FilteredMessage = { mailId, sender, recipients, content: pieces, size, body };
  const result = yield* call(reinject(os, session, message));
  os.log(
    'amavis',
    `${inLog}${result.ok ? '' : '(!)'}${mailId} FWD from ${people}, ${result.bodySaid}${result.logged}`,
  );
  const port = xforward.get('PORT') ?? '';
  const ident = xforward.get('IDENT') ?? '';
  os.log(
    'amavis',
    `${inLog}${verdictOf(result)}, [${client}]` +
      (address === '' ? '' : `${port === '' ? '' : `:${port}`} [${client}]`) +
      ` ${people}` +
      (ident === '' ? '' : `, Queue-ID: ${ident}`) +
      (messageId === '' ? '' : `, Message-ID: ${messageId}`) +
      `, mail_id: ${mailId}, Hits: -, size: ${content.length}` +
      (result.queuedAs === '' ? '' : `, queued_as: ${result.queuedAs}`) +
      `, ${Math.ceil((os.now() - startedAt) / MILLISECOND)} ms`,
  );
  return result.reply;
}

const passed = 'Passed CLEAN {RelayedInbound}';

function verdictOf({ ok, temporary }: Reinjected): string {
  return ok ? passed : `Blocked MTA-BLOCKED {${temporary ? 'TempFailedInbound' : 'RejectedInbound'}}`;
}

interface ReceivedField {
  /** on one line, without id */
  inLog: string;
  /** folded; the line with the id goes in between */
  before: string;
  after: string;
}

function receivedField(os: Os, { recipients, protocol, hello, conn }: AmavisSession): ReceivedField {
  const from = `from ${hello} ([${conn.remote.address}])`;
  const by = `by localhost (${os.hostName} [127.0.0.1]) (amavis, port 10024) with ${protocol}`;
  const only = recipients.length === 1 ? ` for <${recipients[0]!}>;` : ';';
  const date = formatDate(os.epochUs());
  return {
    inLog: `${from} ${by}${only} ${date}`,
    before: `${from}\r\n ${by}`,
    after: `${only}\r\n ${date}`,
  };
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
    const isEnd = i === 0 || i === length - 1;
    text += idAlphabet[isEnd ? os.random.below(62) : os.random.u32() & 63]!;
  }
  return text;
}
