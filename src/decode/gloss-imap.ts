/** gloss-imap — IMAP in plain words (RFC 3501, RFC 9051) */
import type { WireLine } from './conversation.ts';
import type { Ends } from './gloss.ts';

/** What a line means; '' when it needs no words. */
export function glossImap(line: WireLine, ends: Ends): string {
  const { role, side, text, about, kind } = line;
  if (kind === 'body')
    return side === 'server' ? 'Exactly as many octets as announced.' : 'The octets announced.';
  if (role === 'rest') return side === 'server' && text === ')' ? 'So much for that one.' : '';
  if (role === '* greeting') return `${ends.house} answers the door.`;
  if (side === 'server') return ofServer(role, text, about);
  if (role === 'auth-answer') return about === '' ? 'Never mind.' : plain(about);
  if (role === 'LOGIN') {
    const [user, password] = text.split(/\s+/).slice(2).map(unquoted);
    return password === undefined ? 'Let me in.' : `I am ${user}, password “${password}”, for all to read.`;
  }
  if (role === 'SELECT' || role === 'EXAMINE')
    return `Open the folder ${unquoted(text.split(/\s+/)[2] ?? '')}.`;
  if (role.endsWith('STORE')) return /\\Seen/i.test(text) ? 'Mark it as read.' : 'Change its flags.';
  if (role.endsWith('FETCH'))
    return /BODY(\.PEEK)?\[\]|RFC822/i.test(text) ? 'Hand me the letter.' : 'Tell me about these letters.';
  return commands.get(role) ?? '';
}

const commands: ReadonlyMap<string, string> = new Map([
  ['CAPABILITY', 'What can you do?'],
  ['NOOP', 'Anything new?'],
  ['LOGOUT', 'Goodbye.'],
  ['AUTHENTICATE', 'I want to log in.'],
  ['STARTTLS', 'Let us go on encrypted.'],
  ['LIST', 'Which folders are there?'],
  ['LSUB', 'Which folders do I follow?'],
  ['STATUS', 'How many letters are in it?'],
  ['SEARCH', 'Which letters match?'],
  ['UID SEARCH', 'Which letters match?'],
  ['APPEND', 'Put this into the folder.'],
  ['EXPUNGE', 'Throw away what is marked as deleted.'],
  ['CLOSE', 'Close the folder.'],
  ['IDLE', 'Tell me when something comes.'],
  ['DONE', 'Enough waiting.'],
  ['COPY', 'Copy to another folder.'],
  ['UID COPY', 'Copy to another folder.'],
  ['unknown', 'No IMAP command.'],
]);

function ofServer(role: string, text: string, about: string): string {
  const [first = '', verb = ''] = role.split(/ (.*)/);
  if (first === '+') return verb === 'AUTHENTICATE' ? 'Go on: your credentials.' : 'Go on.';
  if (first === 'OK') return done.get(verb) ?? 'Done.';
  if (first === 'NO') return refused(verb, text);
  if (first === 'BAD') return 'I don’t understand that.';
  switch (verb) {
    case 'EXISTS':
      return about === '1' ? 'One letter lies here.' : `${about} letters lie here.`;
    case 'RECENT':
      return Number(about) === 0 ? 'Nothing new since last time.' : 'New since last time.';
    case 'FETCH':
      return /\[\] \{\d+\}$/.test(text) ? `Letter ${about}, so many octets:` : `About letter ${about}.`;
    case 'EXPUNGE':
      return `Letter ${about} is gone.`;
    case 'SEARCH':
      return 'These match.';
    case 'CAPABILITY':
      return 'What I can do.';
    case 'FLAGS':
      return 'Marks a letter may carry.';
    case 'LIST':
      return 'A folder.';
    case 'STATUS':
      return 'The counts.';
    case 'BYE':
      return 'Goodbye; I hang up.';
    case 'OK':
      return untaggedOk(text);
    default:
      return '';
  }
}

/** The response code says why, where there is one (RFC 5530). */
function refused(verb: string, text: string): string {
  if (/\[UNAVAILABLE\]/i.test(text)) return 'I can’t check that just now.';
  if (/\[NONEXISTENT\]/i.test(text)) return 'There is no such folder.';
  if (/\[OVERQUOTA\]/i.test(text)) return 'There is no room left.';
  if (/\[PRIVACYREQUIRED\]/i.test(text)) return 'Not in the clear: encrypt first.';
  return verb === 'LOGIN' || verb === 'AUTHENTICATE' ? 'Wrong name or password.' : 'That did not work.';
}

function untaggedOk(text: string): string {
  if (/\[UIDVALIDITY/i.test(text)) return 'My numbers hold as long as this one stays.';
  if (/\[UIDNEXT/i.test(text)) return 'The number the next letter will get.';
  if (/\[UNSEEN/i.test(text)) return 'The first unread letter.';
  if (/\[PERMANENTFLAGS/i.test(text)) return 'Marks that last.';
  return '';
}

const done: ReadonlyMap<string, string> = new Map([
  ['LOGIN', 'Welcome; you are who you say.'],
  ['AUTHENTICATE', 'Welcome; you are who you say.'],
  ['SELECT', 'The folder is open.'],
  ['EXAMINE', 'The folder is open, to look only.'],
  ['LOGOUT', 'Done.'],
  ['FETCH', 'That is all of it.'],
  ['UID FETCH', 'That is all of it.'],
]);

function plain(about: string): string {
  const [user, password] = about.split(' ').slice(-2);
  return password === undefined ? `In base64: “${about}”.` : `In base64: ${user}, password “${password}”.`;
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, '$1');
}
