import { expect, test } from 'vitest';

import { formatDelay, formatStatusLine } from '../../../../workers/daemons/postfix/delivery/status-line.ts';

test.each([
  [0, '0'],
  [4_000, '0'],
  [5_000, '0.01'],
  [72_000, '0.07'],
  [200_000, '0.2'],
  [994_000, '0.99'],
  [1_000_000, '1'],
  [1_149_000, '1.1'],
  [9_060_000, '9.1'],
  [9_960_000, '10'],
  [59_400_000, '59'],
  [-5, '0'],
])('%i microseconds are logged as %s', (us, text) => {
  expect(formatDelay(us)).toBe(text);
});

test('a line as recorded', () => {
  const line = formatStatusLine({
    recipient: 'two@soft.example',
    originalRecipient: 'team@alias.example',
    relay: 'mx.soft.example[127.0.1.12]:2609',
    reuseCount: 0,
    times: { arrived: 0, active: 0, handedOff: 10_000, connected: 12_000, ended: 65_000 },
    dsn: '4.2.1',
    status: 'deferred',
    text: 'host mx.soft.example[127.0.1.12] said: 450 4.2.1 busy (in reply to RCPT TO command)',
  });
  expect(line).toBe(
    'to=<two@soft.example>, orig_to=<team@alias.example>, relay=mx.soft.example[127.0.1.12]:2609, delay=0.07, ' +
      'delays=0/0.01/0/0.05, dsn=4.2.1, status=deferred ' +
      '(host mx.soft.example[127.0.1.12] said: 450 4.2.1 busy (in reply to RCPT TO command))',
  );
});
