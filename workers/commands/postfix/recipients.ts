/**
 * recipients — the addresses that sendmail(1) is given, on the command line or in the message's header (-t)
 *
 * SEE ALSO  sendmail.ts, tok822_parse(3)
 */
import { findAddresses } from '../../protocols/message/address-list.ts';

/** The addresses in a text: "Bob <bob@b.example>, alice" → two. */
export function addressesOf(text: string): string[] {
  return findAddresses(text).map(({ start, end }) => text.slice(start, end));
}

/**
 * What -t does: the recipients of To, Cc and Bcc, or of their Resent- forms when there are any; Bcc fields
 * are taken out of the message.
 */
export function extractRecipients(lines: readonly string[]): { recipients: string[]; lines: string[] } {
  const kept: string[] = [];
  const found: { plain: string[]; resent: string[] } = { plain: [], resent: [] };
  let resent = false;
  let at = 0;
  while (at < lines.length && lines[at] !== '') {
    let end = at + 1;
    while (end < lines.length && /^[ \t]/.test(lines[end]!)) end++;
    const field = lines.slice(at, end);
    const match = /^([!-9;-~]+)[ \t]*:(.*)$/s.exec(field.join(' '));
    if (match === null) break;
    const name = match[1]!.toLowerCase();
    if (/^resent-(to|cc|bcc|from|sender|date|message-id)$/.test(name)) resent = true;
    if (/^(to|cc|bcc)$/.test(name)) found.plain.push(...addressesOf(match[2]!));
    if (/^resent-(to|cc|bcc)$/.test(name)) found.resent.push(...addressesOf(match[2]!));
    if (name !== 'bcc' && name !== 'resent-bcc') kept.push(...field);
    at = end;
  }
  return { recipients: resent ? found.resent : found.plain, lines: [...kept, ...lines.slice(at)] };
}
