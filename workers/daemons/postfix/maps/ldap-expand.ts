/**
 * ldap-expand — %s, %u, %d and their like in queries and results of a table
 *
 * SEE ALSO  ldap_table(5) query_filter and result_format; db_common(3)
 */
import { escapeFilterValue } from '../../clients/ldap.ts';

/**
 * Puts the parts of a key into a query.
 * @param place what is quoted: a value in a filter (RFC 4515) or in a DN (RFC 4514)
 * @returns null when the key lacks a part that the query needs: the lookup finds nothing
 */
export function expandQuery(template: string, key: string, place: 'filter' | 'dn'): string | null {
  const quote = place === 'filter' ? escapeFilterValue : quoteDnValue;
  return expand(template, (letter) => {
    const value = partOf(key, letter.toLowerCase());
    return value === null ? null : quote(value);
  });
}

/** Formats one value of a result. %s, %u and %d are of the value; %S, %U, %D and %1–%9 of the key. */
export function expandResult(
  template: string,
  { value, key }: { value: string; key: string },
): string | null {
  if (value === '') return null;
  return expand(template, (letter) => {
    const ofKey = letter !== letter.toLowerCase() || /[1-9]/.test(letter);
    return partOf(ofKey ? key : value, letter.toLowerCase());
  });
}

function expand(template: string, part: (letter: string) => string | null): string | null {
  let complete = true;
  const text = template.replace(/%([%A-Za-z1-9])/g, (_, letter: string) => {
    if (letter === '%') return '%';
    const value = part(letter);
    if (value === null) complete = false;
    return value ?? '';
  });
  return complete ? text : null;
}

function partOf(text: string, letter: string): string | null {
  const at = text.lastIndexOf('@');
  const domain = at < 0 ? '' : text.slice(at + 1);
  if (letter === 's') return text;
  if (letter === 'u') return at < 0 ? text : at === 0 ? null : text.slice(0, at);
  if (letter === 'd') return domain === '' ? null : domain;
  // %1 is the top-level domain, %2 what is left of it …
  const labels = domain === '' ? [] : domain.split('.').reverse();
  return labels[Number(letter) - 1] ?? null;
}

function quoteDnValue(value: string): string {
  return value.replace(
    /[ "#+,;<>\\]/g,
    (sign) => `\\${sign.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}
