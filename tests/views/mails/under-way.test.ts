import { expect, test } from 'vitest';

import { MailsFold } from '../../../src/views/mails/fold.ts';
import { lettersUnderWay } from '../../../src/views/mails/under-way.ts';
import type { Input } from '../../../workers/input.ts';
import { playWorld } from '../played.ts';

const second = 1_000_000;
const [host, user] = ['ws-alice.far.example', 'alice@far.example'];
const letter = (at: number): Input => ({
  at,
  command: { kind: 'mua.send', host, user, to: 'bob@acme.example', subject: 'Hello', text: 'Hello' },
});

test('letters are under way from Send until they are delivered', async () => {
  const played = await playWorld('two-islands', 20 * second, [second, second, 2 * second].map(letter));
  const fold = played.fold(MailsFold);
  expect(lettersUnderWay(fold, second - 1)).toBe(0);
  expect(lettersUnderWay(fold, second + 20_000)).toBe(2);
  expect(lettersUnderWay(fold, 20 * second)).toBe(0);
});

test('one that waits in deferred is not', async () => {
  const cut: Input = {
    at: 0,
    command: { kind: 'link.set', between: ['mx.far.example', 'mta1.acme.example'], fault: 'down' },
  };
  const played = await playWorld('two-islands', 60 * second, [cut, letter(second)]);
  const fold = played.fold(MailsFold);
  expect(lettersUnderWay(fold, second + 20_000)).toBe(1);
  expect(lettersUnderWay(fold, 5 * second)).toBe(0);
});
