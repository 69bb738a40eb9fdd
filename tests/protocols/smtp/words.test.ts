import { expect, test } from 'vitest';

import {
  decodeXtext,
  parseEnvelopeId,
  parseNotify,
  parseOriginalRecipient,
} from '../../../workers/protocols/smtp/esmtp-parameters.ts';
import { isAddressLiteral, isHostName, isIpv6 } from '../../../workers/protocols/smtp/host-name.ts';
import { escapeForLog, formatReply, printable, splitStatus } from '../../../workers/protocols/smtp/reply.ts';

test('RFC 3461 §4: xtext', () => {
  expect(decodeXtext('a+2Bb+3D')).toBe('a+b=');
  expect(decodeXtext('a+b')).toBeNull();
  expect(parseEnvelopeId('')).toBeNull();
  expect(parseEnvelopeId('a+0Ab')).toBeNull();
  expect(parseOriginalRecipient('rfc822;a+2Bb@x')).toBe('rfc822;a+b@x');
  expect(parseOriginalRecipient('a@x')).toBeNull();
  expect(parseOriginalRecipient(';a@x')).toBeNull();
});

test('RFC 3461 §4.1: NEVER stands alone, and words come in one order', () => {
  expect(parseNotify('delay,SUCCESS')).toEqual({ notify: 'SUCCESS,DELAY' });
  expect(parseNotify('NEVER')).toEqual({ notify: 'NEVER' });
  expect(parseNotify('NEVER,DELAY')).toBeNull();
  expect(parseNotify('')).toBeNull();
  expect(parseNotify('SOMETIMES')).toEqual({ unknown: 'SOMETIMES' });
});

test.each(['client.example', 'a_b', 'localhost', 'x-1.example'])('%s is a host name', (name) => {
  expect(isHostName(name)).toBe(true);
});
test.each(['', '-bad-.example', 'a..b', 'a.', '192.0.2.1', 'a b', 'bad!', 'x'.repeat(64)])(
  '%j is no host name',
  (name) => {
    expect(isHostName(name)).toBe(false);
  },
);
test('address literals', () => {
  expect(isAddressLiteral('[192.0.2.1]')).toBe(true);
  expect(isAddressLiteral('[IPv6:2001:db8::1]')).toBe(true);
  expect(isAddressLiteral('[1.2.3]')).toBe(false);
  expect(isAddressLiteral('[300.1.1.1]')).toBe(false);
  expect(isIpv6('1::2::3')).toBe(false);
});

test('replies', () => {
  expect(formatReply('250', ['a', 'b'])).toBe('250-a\r\n250 b');
  expect(splitStatus('4.7.0 Later', '5.7.1')).toEqual({ status: '4.7.0', text: 'Later' });
  expect(splitStatus('Later', '5.7.1')).toEqual({ status: '5.7.1', text: 'Later' });
  expect(printable('a\u0001é', '?')).toBe('a?é');
  expect(escapeForLog('a\r\n\u0016\\')).toBe('a\\r\\n\\026\\\\');
});
