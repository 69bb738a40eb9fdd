import { describe, expect, test } from 'vitest';

import { ConversationsFold } from '../../../src/decode/conversations.ts';
import {
  askedAt,
  chooseAsked,
  commandOf,
  filterLines,
  listAsked,
} from '../../../src/views/directory/layout.ts';

import { askDirectory, eventsOf, folded, sceneWorld } from '../../decode/scene.ts';

const w = sceneWorld();
w.call('mx.far.example', askDirectory);
const { ldap } = folded(ConversationsFold, w);
const event = eventsOf(w);
const all = (cursor = w.now) => listAsked(ldap, { cursor, max: 10, wanted: () => true });

describe('what was asked of the directory', () => {
  test('is listed with what came back, the newest first', () => {
    expect(all().shown.map(({ exchange, result, tone }) => [exchange.operation, result, tone])).toEqual([
      ['search', 'nothing matches', 'none'],
      ['search', '1 entry', 'found'],
      ['bind', 'success', 'found'],
      ['bind', 'invalidCredentials', 'fail'],
    ]);
    expect(
      listAsked(ldap, { cursor: w.now, max: 1, wanted: ({ operation }) => operation === 'bind' }),
    ).toMatchObject({ count: 2 });
  });

  test('waits until the answer has come', () => {
    const bob = all().shown[1]!.exchange;
    expect(askedAt(bob, bob.at)).toMatchObject({ result: 'waiting', entries: [], isDone: false });
    expect(all(0).count).toBe(0);
  });

  test('is chosen by any of its packets', () => {
    const bob = all().shown[1]!.exchange;
    const choose = (selected: number | null) => chooseAsked(ldap, { selected, cursor: w.now, event });
    expect(choose(bob.done!.event)).toBe(bob);
    expect(choose(bob.entries[0]!.line.event)).toBe(bob);
    expect(choose(null)).toBe(all().shown[0]!.exchange);
  });

  test('can be asked by hand', () => {
    const bob = all().shown[1]!.exchange;
    expect(commandOf(bob, 'ldap1.acme.example')).toBe(
      "ldapsearch -x -H ldap://ldap1.acme.example -b '' -s sub '(&(objectClass=zimbraAccount)(mail=bob@acme.example))' zimbraMailDeliveryAddress",
    );
  });
});

test('a filter is laid out part by part', () => {
  const lines = filterLines('(&(|(a=1)(b=2))(!(c=\\2A)))').map(
    ({ depth, text }) => `${' '.repeat(depth)}${text}`,
  );
  expect(lines).toEqual(['(&', ' (|', '  (a=1)', '  (b=2)', ' )', ' (!', '  (c=\\2A)', ' )', ')']);
  expect(filterLines('(uid=bob)')).toEqual([{ depth: 0, text: '(uid=bob)' }]);
});
