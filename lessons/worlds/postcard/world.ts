/**
 * postcard — two users on one host: the shortest way a mail can take
 */
import type { World } from '../../../workers/hosts/world.ts';

import { plainPostfixFiles, type PlainSite } from '../two-islands/mail.ts';
import { mailHostFiles } from '../two-islands/stores.ts';

const second = 1_000_000;
const host = 'post.example';
const site: PlainSite = {
  host,
  domain: host,
  users: [
    { name: 'alice', password: 'wonderland', gecos: 'Alice' },
    { name: 'bob', password: 'builder', gecos: 'Bob' },
  ],
};

export const postcard: World = {
  name: 'postcard',
  title: 'Postcard',
  startsAt: '2026-03-03T09:00:00Z',
  hosts: [
    {
      name: host,
      kind: 'mail-host',
      role: 'Mail host',
      organisation: '',
      addresses: ['192.0.2.1'],
      at: { x: 0, y: 0 },
      files: { ...plainPostfixFiles(site), ...mailHostFiles(site) },
    },
  ],
  links: [],
  people: [
    { name: 'Alice', address: 'alice@post.example', host },
    { name: 'Bob', address: 'bob@post.example', host },
  ],
  demo: [
    {
      at: second,
      command: {
        kind: 'mua.send',
        host,
        user: 'alice@post.example',
        to: 'bob@post.example',
        subject: 'A postcard – für Bob',
        text: 'Wish you were here. Ünïcödé ✉\n',
      },
    },
    { at: 5 * second, command: { kind: 'mua.fetch', host, user: 'bob@post.example', uid: 1 } },
  ],
};
