import { expect, test } from 'vitest';

import { wordsOf } from '../../src/lesson/words.ts';

const hosts = [
  'ws-alice.far.example',
  'mx.far.example',
  'mta1.acme.example',
  'ns1.far.example',
  'ns1.acme.example',
  'post.example',
];
const found = (text: string) => wordsOf(text, hosts).filter(({ kind }) => kind !== 'text');

test('names of hosts become words that can be clicked; the rest stays as it is', () => {
  const words = wordsOf('Alice sits at ws-alice. mx.far asks mta1, not ws-alice.far.example!', hosts);
  expect(words.map(({ text }) => text).join('')).toBe(
    'Alice sits at ws-alice. mx.far asks mta1, not ws-alice.far.example!',
  );
  expect(words.flatMap((word) => (word.kind === 'host' ? [word.host] : []))).toEqual([
    'ws-alice.far.example',
    'mx.far.example',
    'mta1.acme.example',
    'ws-alice.far.example',
  ]);
});

test('the cable between two hosts is one word', () => {
  expect(found('Click the cable between mx.far and mta1 and cut it.')).toEqual([
    { kind: 'link', text: 'cable between mx.far and mta1', between: ['mx.far.example', 'mta1.acme.example'] },
  ]);
});

test('an ambiguous name, an organisation and an English word are no names', () => {
  expect(found('ns1 carries the post to acme.example; a post is a post-office thing')).toEqual([]);
});
