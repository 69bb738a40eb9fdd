/**
 * late-code — what late.ts gives: one file to fetch
 */
export { answer } from './operations.ts';
export { matchExtensible, matchOddItem } from './rare-match.ts';
export { rootDse, subschema } from './root-dse.ts';
