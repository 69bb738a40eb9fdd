/**
 * received — the Received: field that smtpd(8) puts on top of a message
 *
 * STANDARDS  RFC 5321 §4.4 (trace information), RFC 3848 (ESMTPS, ESMTPSA), RFC 6531 §4.3 (UTF8SMTP)
 */
import { formatDate } from '../../../protocols/message/date.ts';
import { quoteLocalPart } from '../../../protocols/smtp/address.ts';

import type { Session, Transaction } from './session.ts';

/**
 * The field, with what access tables prepend, each line ended by CRLF. The recipient is named when it is the
 * only one.
 */
export function formatReceived(session: Session, transaction: Transaction, queueId: string): string {
  const { client, config, login, protocol, tls } = session;
  let field = '';
  for (const line of session.actions.prepend) field += `${line}\r\n`;
  field += `Received: from ${session.helo ?? client.name} (${client.name} [${client.address}])\r\n`;
  if (tls !== null && config.tls_received_header) field += tls.received;
  if (login !== null && config.sasl_authenticated_header)
    field += `\t(Authenticated sender: ${sanitizeComment(login.user)})\r\n`;
  const isExtended = protocol === 'ESMTP';
  const suffix = (isExtended && tls !== null ? 'S' : '') + (isExtended && login !== null ? 'A' : '');
  const with_ = `${transaction.smtpUtf8 ? 'UTF8SMTP' : protocol}${suffix}`;
  field += `\tby ${config.myhostname} (${config.mail_name}) with ${with_} id ${queueId}`;
  const date = formatDate(session.os.epochUs(transaction.arrived));
  if (session.recipientCount === 1 && session.firstRecipient !== null)
    return `${field}\r\n\tfor <${quoteLocalPart(session.firstRecipient)}>; ${date}\r\n`;
  return `${field};\r\n\t${date}\r\n`;
}

// A comment holds printable ASCII without backslash and with balanced parentheses.
function sanitizeComment(text: string): string {
  let depth = 0;
  const clean = text.replace(/[^\x20-\x7e]|[\\()]/g, (c) => {
    if (c === '(') depth++;
    else if (c !== ')' || depth === 0) return '?';
    else depth--;
    return c;
  });
  return clean + ')'.repeat(depth);
}
