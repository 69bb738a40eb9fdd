/**
 * types — protocol operations, result codes and object identifiers of LDAP
 *
 * STANDARDS  RFC 4511 §4, appendix A and B
 */

/** Tags of protocol operations: [APPLICATION n]. */
export const operationTags = Object.freeze({
  bindRequest: 0x60,
  bindResponse: 0x61,
  unbindRequest: 0x42,
  searchRequest: 0x63,
  searchResultEntry: 0x64,
  searchResultDone: 0x65,
  modifyRequest: 0x66,
  modifyResponse: 0x67,
  addRequest: 0x68,
  addResponse: 0x69,
  deleteRequest: 0x4a,
  deleteResponse: 0x6b,
  modifyDnRequest: 0x6c,
  modifyDnResponse: 0x6d,
  compareRequest: 0x6e,
  compareResponse: 0x6f,
  abandonRequest: 0x50,
  searchResultReference: 0x73,
  extendedRequest: 0x77,
  extendedResponse: 0x78,
});

/** Result codes (RFC 4511 §4.1.9) under their names there. */
export const resultCodes = Object.freeze({
  success: 0,
  operationsError: 1,
  protocolError: 2,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  compareFalse: 5,
  compareTrue: 6,
  authMethodNotSupported: 7,
  strongerAuthRequired: 8,
  referral: 10,
  adminLimitExceeded: 11,
  unavailableCriticalExtension: 12,
  noSuchAttribute: 16,
  undefinedAttributeType: 17,
  inappropriateMatching: 18,
  constraintViolation: 19,
  invalidAttributeSyntax: 21,
  noSuchObject: 32,
  invalidDNSyntax: 34,
  inappropriateAuthentication: 48,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
  other: 80,
  assertionFailed: 122, // RFC 4528 §5
});

/** What OpenLDAP's ldap_err2string(3) says, as clients log it. */
export function describeResult(code: number): string {
  return descriptions.get(code) ?? 'Unknown error';
}

/**
 * -1: no connection to the server; -5: no answer in time (LDAP_SERVER_DOWN, LDAP_TIMEOUT of
 * ldap_error(3)).
 */
export const serverDown = -1;
export const timedOut = -5;

const descriptions: ReadonlyMap<number, string> = new Map([
  [-5, 'Timed out'],
  [-2, 'Local error'],
  [-1, "Can't contact LDAP server"],
  [0, 'Success'],
  [1, 'Operations error'],
  [2, 'Protocol error'],
  [3, 'Time limit exceeded'],
  [4, 'Size limit exceeded'],
  [5, 'Compare False'],
  [6, 'Compare True'],
  [7, 'Authentication method not supported'],
  [8, 'Strong(er) authentication required'],
  [10, 'Referral'],
  [11, 'Administrative limit exceeded'],
  [12, 'Critical extension is unavailable'],
  [16, 'No such attribute'],
  [17, 'Undefined attribute type'],
  [18, 'Inappropriate matching'],
  [19, 'Constraint violation'],
  [21, 'Invalid syntax'],
  [32, 'No such object'],
  [34, 'Invalid DN syntax'],
  [48, 'Inappropriate authentication'],
  [49, 'Invalid credentials'],
  [50, 'Insufficient access'],
  [51, 'Server is busy'],
  [52, 'Server is unavailable'],
  [53, 'Server is unwilling to perform'],
  [80, 'Other (e.g., implementation specific) error'],
  [122, 'Assertion Failed'],
]);

/** RFC 4511 §4.4.1: the unsolicited notification that ends a connection. */
export const noticeOfDisconnection = '1.3.6.1.4.1.1466.20036';
/** RFC 4511 §4.14. */
export const startTls = '1.3.6.1.4.1.1466.20037';
/** RFC 4532. */
export const whoAmI = '1.3.6.1.4.1.4203.1.11.3';
