/**
 * enter-message — how a daemon of the instance itself enters a message: bounce(8) its reports, local(8) what
 * it forwards
 *
 * SEE ALSO  post_mail(3)
 */
import * as ascii from '../../../bytes/ascii.ts';

import { formatDate } from '../../../protocols/message/date.ts';

import type { Os, Proc } from '../../../os/os.ts';

import type { MailRecipient } from '../cleanup/mail-stream.ts';
import type { Instance } from '../instance.ts';

export interface InternalMessage {
  sender: string;
  recipients: readonly MailRecipient[];
  encoding: string;
  /** lines in front of the content, each ended by CRLF */
  headerOf: (queueId: string) => string;
  content: readonly Uint8Array[];
  /** of verify(8): see MailEnvelope */
  isProbe?: boolean;
}

/** @returns the queue id, or null when cleanup would not have it */
export function* enterMessage(os: Os, instance: Instance, message: InternalMessage): Proc<string | null> {
  const stream = instance.openCleanup(os, {
    sender: message.sender,
    arrived: os.now(),
    encoding: message.encoding,
    envelopeId: '',
    returnContent: '',
    client: { name: '', address: '', port: '', protocol: '', helo: '', ident: '', source: 'LOCAL' },
    smtpUtf8: false,
    noHeaderBodyChecks: true,
    noAddressMappings: false,
    noCopies: true,
    filter: '',
    hold: false,
    redirect: '',
    discard: false,
    isProbe: message.isProbe === true,
  });
  for (const recipient of message.recipients) stream.addRecipient(recipient);
  const result = yield* stream.finish([ascii.encode(message.headerOf(stream.queueId)), ...message.content]);
  return result.kind === 'ok' ? stream.queueId : null;
}

/** The Received: field of a message that was made here. */
export function traceLines(os: Os, instance: Instance, queueId: string): string {
  const { parameters } = instance;
  const by = `Received: by ${parameters.text('myhostname')} (${parameters.text('mail_name')})`;
  return `${by}\r\n\tid ${queueId}; ${formatDate(os.epochUs())}\r\n`;
}
