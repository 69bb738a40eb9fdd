/**
 * reject-footer — smtpd_reject_footer: text that an administrator adds to every 4xx and 5xx reply
 *
 * "\n" starts a new line of the reply, with its code and enhanced status; "\c" at the start continues the
 * last line.
 */
import type { Session } from './session.ts';

/** Adds the footer of the configuration to a reply. */
export function addFooter(reply: string, session: Session): string {
  const template = session.config.reject_footer;
  const lines = reply.split('\r\n');
  const last = lines[lines.length - 1]!;
  const code = last.slice(0, 3);
  const status = /^[245]\.\d{1,3}\.\d{1,3}(?= |$)/.exec(last.slice(4))?.[0];
  for (const [i, part] of template.split('\\n').entries()) {
    if (i === 0 && part.startsWith('\\c')) lines[lines.length - 1] += expand(part.slice(2), session);
    else lines.push(`${code} ${status === undefined ? '' : `${status} `}${expand(part, session)}`);
  }
  return lines
    .map((line, i) => (i < lines.length - 1 ? `${line.slice(0, 3)}-${line.slice(4)}` : line))
    .join('\r\n');
}

function expand(text: string, session: Session): string {
  return text.replace(/\$(?:\$|\{(\w+)\}|\((\w+)\)|(\w+))/g, (whole, a?: string, b?: string, c?: string) =>
    whole === '$$' ? '$' : value(a ?? b ?? c ?? '', session),
  );
}

function value(name: string, session: Session): string {
  const { client, config } = session;
  const recipient = session.recipient ?? '';
  const values: ReadonlyMap<string, string> = new Map([
    ['client', session.namaddr],
    ['client_address', client.address],
    ['client_name', client.name],
    ['client_port', client.port],
    ['helo_name', session.helo ?? ''],
    ['recipient', recipient],
    ['recipient_name', recipient.split('@')[0]!],
    ['recipient_domain', recipient.slice(recipient.lastIndexOf('@') + 1)],
    ['sender', session.sender ?? ''],
    ['server_name', config.myhostname],
    ['mail_name', config.mail_name],
    ['myhostname', config.myhostname],
  ]);
  return values.get(name) ?? '';
}
