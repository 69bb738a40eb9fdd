/**
 * verdict — what a password check ends with
 */
export type PasswordVerdict = 'ok' | 'bad-password' | { kind: 'try-again'; why: string };
