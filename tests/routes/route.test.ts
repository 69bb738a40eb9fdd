import { expect, test } from 'vitest';

import { formatRoute, parseRoute } from '../../src/routes/route.ts';

test('a route and its hash say the same', () => {
  for (const hash of [
    '#/',
    '#/learn',
    '#/learn/1.1',
    '#/sandbox',
    '#/sandbox/two-islands',
    '#/experiments',
    '#/experiments/null-mx',
    '#/help',
  ])
    expect(formatRoute(parseRoute(hash))).toBe(hash);
});

test('an empty hash is the start, and a slash at the end does not matter', () => {
  expect(parseRoute('')).toEqual({ page: 'start' });
  expect(parseRoute('#')).toEqual({ page: 'start' });
  expect(parseRoute('#/sandbox/')).toEqual({ page: 'sandbox', world: null });
});

test('what is no route is unknown, and a broken escape does no harm', () => {
  expect(parseRoute('#/nowhere')).toEqual({ page: 'unknown', hash: '#/nowhere' });
  expect(parseRoute('#/learn/1.1/2')).toEqual({ page: 'unknown', hash: '#/learn/1.1/2' });
  expect(parseRoute('#/sandbox/%E0%A4%A')).toEqual({ page: 'sandbox', world: '%E0%A4%A' });
});
