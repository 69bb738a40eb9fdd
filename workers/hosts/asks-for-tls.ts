/**
 * asks-for-tls — whether a Postfix with these files may want TLS, so that its code must be there before
 *
 * Rather once too often: a parameter that turns TLS on has to be written somewhere, with a value that is no
 * plain "none" or "no".
 *
 * SEE ALSO  ../daemons/postfix/smtpd/config.ts, ../daemons/postfix/master/delivery-services.ts (who ask then)
 */

const switches =
  /(smtpd?|lmtp)_(tls_(security|wrapper|policy|note)\w+|(use|enforce)_tls)\s*=\s*(?!none\b|no\b)\S/;

/** @param text of a main.cf or master.cf */
export function asksForTls(text: string): boolean {
  return switches.test(text);
}

/** Whether a host with these files may. */
export function hostAsksForTls(files: Readonly<Record<string, string>>): boolean {
  return ['main.cf', 'master.cf'].some((name) => asksForTls(files[`/etc/postfix/${name}`] ?? ''));
}
