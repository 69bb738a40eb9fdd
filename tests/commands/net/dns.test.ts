// dig, host and nslookup print what BIND's print of the same servers.
import { describe } from 'vitest';

import { testRecorded } from './golden.ts';

const mask = (text: string): string =>
  text
    .replace(/\bid: \d+/g, 'id: N')
    .replace(/Query time: \d+ msec/g, 'Query time: N msec')
    .replace(/ in \d+ ms\b/g, ' in N ms')
    .replace(/^(;; WHEN: ).*/gm, '$1TIME')
    .replace(/COOKIE: \w{16}\b/g, 'COOKIE: X')
    .replace(/\b359\d(?=\tIN\t)/g, '3600')
    .replace(/\b29\d(?=\tIN\t)/g, '300')
    .replace(/\b5183\d\d(?=\tIN\t)/g, '518400');

describe('dig', () => testRecorded('dig', mask));
describe('host', () => testRecorded('host', mask));
describe('nslookup', () => testRecorded('nslookup', mask));
