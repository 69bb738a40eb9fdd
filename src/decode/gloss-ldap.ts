/** gloss-ldap — LDAP in plain words (RFC 4511) */
import type { WireLine } from './conversation.ts';

/** What a line means; '' when it needs no words. */
export function glossLdap({ role, text, about }: WireLine): string {
  const code = /^\w+ (\w+)/.exec(text)?.[1] ?? '';
  switch (role) {
    case 'bind-request':
      return about === ''
        ? 'Let me in, as nobody in particular.'
        : `I am ${leaf(about)}; here is my password.`;
    case 'bind-response':
      return code === 'success' ? 'You are who you say.' : refusal(code);
    case 'search-request':
      return search(text, about);
    case 'search-result-entry':
      return 'An entry that matches.';
    case 'search-result-reference':
      return 'More of it lies elsewhere.';
    case 'search-result-done':
      if (code !== 'success') return refusal(code);
      return about === '0' ? 'That is all: nothing matches.' : 'That is all.';
    case 'unbind-request':
      return 'Goodbye.';
    case 'compare-request':
      return 'Does the entry have this value?';
    case 'compare-response':
      return code === 'compareTrue' ? 'Yes.' : code === 'compareFalse' ? 'No.' : refusal(code);
    case 'modify-request':
      return 'Change this entry.';
    case 'add-request':
      return 'A new entry.';
    case 'delete-request':
      return 'Remove this entry.';
    case 'modify-dn-request':
      return 'Move this entry.';
    case 'abandon-request':
      return 'Never mind.';
    case 'unknown':
      return '';
    default:
      return code === 'success' ? 'Done.' : refusal(code);
  }
}

function search(text: string, about: string): string {
  const scope = text.split(' ')[1] ?? '';
  if (scope === 'base') return about === '' ? 'Read this one entry.' : `Does this one entry match ${about}?`;
  if (about === '') return scope === 'one' ? 'Who is there right below?' : 'Who is there in the tree?';
  return about.includes('@') ? `Who is ${about}?` : `What do you know of ${about}?`;
}

function refusal(code: string): string {
  switch (code) {
    case 'invalidCredentials':
      return 'Wrong name or password.';
    case 'noSuchObject':
      return 'There is no such place in the tree.';
    case 'insufficientAccessRights':
      return 'Not allowed.';
    case 'sizeLimitExceeded':
      return 'More matches than I hand out.';
    case 'timeLimitExceeded':
      return 'It took too long.';
    case 'busy':
    case 'unavailable':
      return 'Not now; try later.';
    case 'unwillingToPerform':
      return 'I won’t do that.';
    case 'protocolError':
      return 'I don’t understand that.';
    default:
      return 'That did not work.';
  }
}

/** "zimbra" of "uid=zimbra,cn=admins,cn=zimbra". */
function leaf(dn: string): string {
  return /^[^=]+=([^,]+)/.exec(dn)?.[1] ?? dn;
}
