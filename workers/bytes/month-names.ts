/**
 * month-names — the English month names of syslog, RFC 5322 and IMAP dates
 */

/** Three letters each, January first. */
export const monthNames: readonly string[] = Object.freeze(
  'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' '),
);
