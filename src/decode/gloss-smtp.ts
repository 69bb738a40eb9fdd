/** gloss-smtp — SMTP and LMTP in plain words: verbs, reply codes, enhanced status codes (RFC 3463) */
import type { WireLine } from './conversation.ts';
import type { Ends } from './gloss.ts';

/** What a line means; '' when it needs no words. */
export function glossSmtp(line: WireLine, ends: Ends): string {
  if (line.kind === 'body') return 'The letter: header, an empty line, text.';
  return line.side === 'client' ? ofCommand(line, ends) : ofReply(line, ends);
}

function ofCommand({ role, text, about }: WireLine, ends: Ends): string {
  switch (role) {
    case 'EHLO':
      return `I am ${firstLabel(text) || ends.client}.`;
    case 'HELO':
      return `I am ${firstLabel(text) || ends.client}, and keep it simple.`;
    case 'LHLO':
      return `I am ${firstLabel(text) || ends.client}; let us speak LMTP.`;
    case 'MAIL':
      return about === '' ? 'The envelope, from nobody: no reply wanted.' : 'The envelope, from.';
    case 'RCPT':
      return 'The envelope, to.';
    case 'DATA':
      return 'Now the letter itself.';
    case 'BDAT':
      return /LAST/i.test(text)
        ? 'The last piece of the letter, counted.'
        : 'A piece of the letter, counted.';
    case 'end':
      return 'A lone dot: the letter ends here.';
    case 'RSET':
      return 'Forget that envelope.';
    case 'QUIT':
      return 'Goodbye.';
    case 'NOOP':
      return 'Still there?';
    case 'VRFY':
      return 'Do you know this address?';
    case 'STARTTLS':
      return 'Let us go on encrypted.';
    case 'AUTH':
      return about === '' ? 'I want to log in.' : credentials(about);
    case 'auth-answer':
      return text === '*' ? 'Never mind.' : credentials(about);
    case 'XFORWARD':
      return 'Whom I have this letter from.';
    case 'XCLIENT':
      return 'Take me for this client.';
    case 'unknown':
      return 'No SMTP command.';
    default:
      return '';
  }
}

/** PLAIN holds [authzid] NUL user NUL password: base64 hides nothing. */
function credentials(about: string): string {
  const parts = about.split(' ').filter((part) => part !== '');
  const [user, password] = parts.slice(-2);
  if (parts.length < 2) return about === '' ? '' : `In base64: “${about}”.`;
  return `In base64: ${user}, password “${password}”.`;
}

function ofReply({ role, text, about }: WireLine, ends: Ends): string {
  const [code = '', verb = ''] = role.split(' ');
  const special = replies.get(role);
  if (special !== undefined) return special;
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1] ?? '';
  if (code.startsWith('4') || code.startsWith('5')) return refusal(code, enhanced);
  if (code === '220') return verb === 'connect' ? `${ends.house} answers the door.` : '';
  if (code === '250') return accepted(verb, text, about);
  if (code === '334') return about === '' ? 'Go on: your credentials.' : `In base64: “${about}”`;
  return generic.get(code) ?? '';
}

function accepted(verb: string, text: string, about: string): string {
  if (verb === 'EHLO' || verb === 'LHLO') return extension(text);
  if (verb !== 'end') return '';
  const queued = /queued as (\S+)/i.exec(text)?.[1];
  if (about !== '') return `It lies in ${about.split('@')[0]}’s mailbox.`;
  return queued === undefined
    ? 'Taken: from now on it is my duty.'
    : 'Taken and stored: from now on it is my duty.';
}

const replies: ReadonlyMap<string, string> = new Map([
  ['250 HELO', 'Pleased to meet you.'],
  ['250 MAIL', 'Sender noted.'],
  ['250 RCPT', 'Recipient accepted.'],
  ['251 RCPT', 'Moved, but I will forward it.'],
  ['252 RCPT', 'Perhaps; I will try.'],
  ['252 VRFY', 'I won’t say; just try.'],
  ['250 BDAT', 'Piece received.'],
  ['250 RSET', 'Forgotten.'],
  ['250 NOOP', 'Still here.'],
  ['250 XFORWARD', 'Noted.'],
  ['220 STARTTLS', 'Go ahead; all that follows is encrypted.'],
  ['354 DATA', 'Go ahead; a lone dot ends it.'],
  ['220 XCLIENT', 'So be it; start over.'],
]);

const generic: ReadonlyMap<string, string> = new Map([
  ['221', 'Goodbye; I hang up.'],
  ['235', 'Welcome; you are who you say.'],
  ['214', 'Some help.'],
]);

/** A line of the answer to EHLO. */
function extension(text: string): string {
  const [keyword = '', argument = ''] = text.slice(4).split(/[ =]/);
  switch (keyword.toUpperCase()) {
    case 'PIPELINING':
      return 'You need not wait for each answer.';
    case 'SIZE':
      return Number(argument) > 0
        ? `Letters up to ${Math.floor(Number(argument) / 1_000_000)} MB.`
        : 'Tell me the size.';
    case 'VRFY':
      return 'You may ask about addresses.';
    case 'ETRN':
      return 'You may ask for waiting mail.';
    case 'STARTTLS':
      return 'We can go on encrypted.';
    case 'AUTH':
      return 'Ways to log in.';
    case 'ENHANCEDSTATUSCODES':
      return 'My replies carry a finer code.';
    case '8BITMIME':
      return 'Letters may hold bytes above 127.';
    case 'DSN':
      return 'You may ask for a report.';
    case 'SMTPUTF8':
      return 'Addresses may use any script.';
    case 'CHUNKING':
      return 'Letters may come in counted pieces.';
    case 'XFORWARD':
      return 'You may say whom it came from.';
    default:
      return 'Pleased to meet you; here is what I can do.';
  }
}

function refusal(code: string, enhanced: string): string {
  return (
    details.get(enhanced) ??
    details.get(enhanced.replace(/^\d/, 'x')) ??
    codes.get(code) ??
    (code.startsWith('4') ? 'Not now; try again later.' : 'No, and trying again won’t help.')
  );
}

/** By enhanced status code; x stands for 4 and 5 alike. */
const details: ReadonlyMap<string, string> = new Map([
  ['4.1.1', 'I can’t tell if this mailbox exists; try later.'],
  ['x.1.1', 'Nobody of that name lives here.'],
  ['x.1.2', 'There is no such domain.'],
  ['4.1.8', 'I can’t look up the sender’s domain; try later.'],
  ['x.1.8', 'The sender’s domain does not exist.'],
  ['x.1.3', 'That is no address.'],
  ['x.1.7', 'That is no sender address.'],
  ['x.1.0', 'I don’t take this address.'],
  ['x.2.1', 'That mailbox is closed.'],
  ['4.2.2', 'The mailbox is full; try later.'],
  ['x.2.2', 'The mailbox is full.'],
  ['x.2.3', 'Too long for that mailbox.'],
  ['4.2.0', 'Trouble with the mailbox; try later.'],
  ['4.3.0', 'Trouble on my side; try later.'],
  ['x.3.1', 'My disk is full; try later.'],
  ['4.3.2', 'I take no mail just now; try later.'],
  ['x.3.4', 'The letter is too big for me.'],
  ['4.3.5', 'I am set up wrong; try later.'],
  ['4.4.2', 'You were silent too long; I hang up.'],
  ['x.4.6', 'It has gone round in circles.'],
  ['x.5.0', 'Something is wrong with that command.'],
  ['x.5.1', 'Not in this order, or not at all.'],
  ['x.5.2', 'I don’t understand that.'],
  ['x.5.3', 'Too many recipients at once.'],
  ['x.5.4', 'The arguments are wrong.'],
  ['x.6.0', 'I can’t take content of this kind.'],
  ['x.6.7', 'I can’t carry such an address.'],
  ['x.7.0', 'Not like this: login or rules forbid it.'],
  ['4.7.0', 'Not just now, says policy; try later.'],
  ['4.7.1', 'Not just now, says policy; try later.'],
  ['5.7.1', 'Not allowed.'],
  ['4.7.25', 'I can’t look up your name; try later.'],
  ['x.7.8', 'Wrong name or password.'],
  ['x.7.9', 'Not by this way of logging in.'],
  ['x.7.11', 'Only with encryption.'],
]);

/** By reply code alone. */
const codes: ReadonlyMap<string, string> = new Map([
  ['421', 'I have to close; try later.'],
  ['450', 'Not now; try again later.'],
  ['451', 'Trouble on my side; try later.'],
  ['452', 'No room just now; try later.'],
  ['454', 'I can’t check that just now; try later.'],
  ['500', 'I don’t know that command.'],
  ['501', 'The arguments are wrong.'],
  ['502', 'I don’t do that.'],
  ['503', 'Not in this order.'],
  ['504', 'I don’t know that argument.'],
  ['521', 'This host takes no mail.'],
  ['530', 'Log in first.'],
  ['535', 'Wrong name or password.'],
  ['550', 'No such mailbox, or not for you.'],
  ['552', 'The letter is too big for me.'],
  ['554', 'No, and trying again won’t help.'],
]);

function firstLabel(text: string): string {
  const name = text.split(/\s+/)[1] ?? '';
  return name.startsWith('[') ? name : (name.split('.')[0] ?? '');
}
