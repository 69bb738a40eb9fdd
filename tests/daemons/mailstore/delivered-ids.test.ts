import { expect, test } from 'vitest';

import { DeliveredIds } from '../../../workers/daemons/mailstore/lmtpd/delivered-ids.ts';

test('the latest ids are remembered, the oldest forgotten first', () => {
  const delivered = new DeliveredIds(3);
  for (const id of ['a', 'b', 'c']) expect(delivered.remember(id)).toBe(false);
  expect(delivered.remember('a')).toBe(true);
  expect(delivered.remember('d')).toBe(false); // in the place of "a": seen again is not younger
  expect(delivered.remember('b')).toBe(true);
  expect(delivered.remember('a')).toBe(false);
  expect(['c', 'd', 'a'].map((id) => delivered.remember(id))).toEqual([true, true, true]);
  expect(delivered.remember('b')).toBe(false);
});
