import { expect, test } from 'vitest';

import { worldNamed } from '../../lessons/worlds/index.ts';
import { parseCommand, parseInputs } from '../../workers/hosts/parse-command.ts';
import { parseWorld } from '../../workers/hosts/parse-world.ts';

type Data = Record<string, unknown>;

const host = (name: string, address: string): Data => ({
  name,
  kind: 'mta',
  role: 'MTA',
  organisation: '',
  addresses: [address],
  at: { x: 0, y: 0 },
  files: { '/etc/postfix/main.cf': '' },
});
const small = {
  name: 'small',
  title: 'Small',
  startsAt: '2026-03-03T09:00:00Z',
  hosts: [host('a.example', '192.0.2.1'), host('b.example', '192.0.2.2')],
  links: [{ between: ['a.example', 'b.example'], latencyUs: 1000 }],
  people: [{ name: 'Al', address: 'al@a.example', host: 'a.example' }],
  demo: [{ at: 5, command: { kind: 'host.stop', host: 'a.example' } }],
};
const first = (change: Data): Data => ({ hosts: [{ ...small.hosts[0], ...change }, small.hosts[1]] });
const files = (paths: readonly string[], text: string): Data =>
  Object.fromEntries(paths.map((path) => [path, text]));
const paths = (count: number): string[] => Array.from({ length: count }, (_, i) => `/f/${i}`);
const stop = { kind: 'host.stop', host: 'a.example' };

test('a world comes out as it went in', () => {
  expect(parseWorld(structuredClone(small))).toEqual(small);
  const twoIslands = worldNamed('two-islands');
  expect(parseWorld(structuredClone(twoIslands))).toEqual(twoIslands);
});

// prettier-ignore
test.each<[string, unknown, string]>([
  ['no world', 7, 'world: expected an object, found 7'],
  ['no name', { ...small, name: 1 }, 'world.name: expected text, found 1'],
  ['a long title', { ...small, title: 'x'.repeat(1_000_001) }, 'world.title: expected at most 1000000 characters, found 1000001'],
  ['no such day', { ...small, startsAt: '2026-02-31T09:00:00Z' }, 'world.startsAt: expected YYYY-MM-DDTHH:MM:SSZ, found "2026-02-31T09:00:00Z"'],
  ['no hosts', { ...small, hosts: {} }, 'world.hosts: expected a list, found {}'],
  ['a bad host name', { ...small, ...first({ name: 'A_B' }) }, 'world.hosts[0].name: expected a host name in lower case, found "A_B"'],
  ['a host twice', { ...small, ...first({ name: 'b.example' }) }, 'world.hosts: expected different names, found b.example twice'],
  ['no such kind', { ...small, ...first({ kind: 'pony' }) }, 'world.hosts[0].kind: expected one of ["mta",'],
  ['no address', { ...small, ...first({ addresses: [] }) }, 'world.hosts[0].addresses: expected at least one, found none'],
  ['a bad address', { ...small, ...first({ addresses: ['1.2.3.256'] }) }, 'world.hosts[0].addresses[0]: expected an IPv4 address, found "1.2.3.256"'],
  ['an address twice', { ...small, ...first({ addresses: ['192.0.2.2'] }) }, 'world.hosts: expected different addresses, found 192.0.2.2 twice'],
  ['a place nowhere', { ...small, ...first({ at: { x: NaN, y: 0 } }) }, 'world.hosts[0].at.x: expected a number, found null'],
  ['a relative path', { ...small, ...first({ files: { 'etc/x': '' } }) }, 'world.hosts[0].files: expected absolute paths, found "etc/x"'],
  ['a path upwards', { ...small, ...first({ files: { '/etc/../x': '' } }) }, 'world.hosts[0].files: expected absolute paths, found "/etc/../x"'],
  ['a path to a directory', { ...small, ...first({ files: { '/etc/': '' } }) }, 'world.hosts[0].files: expected absolute paths, found "/etc/"'],
  ['a file of bytes', { ...small, ...first({ files: { '/x': [1] } }) }, 'world.hosts[0].files[/x]: expected text, found [1]'],
  ['too many files', { ...small, ...first({ files: files(paths(201), '') }) }, 'world.hosts[0].files: expected at most 200 entries, found 201'],
  ['too much text', { ...small, ...first({ files: files(paths(9), 'x'.repeat(1_000_000)) }) }, 'world.hosts: expected at most 8000000 characters in all files, found 90000'],
  ['a link to nowhere', { ...small, links: [{ between: ['a.example', 'c'], latencyUs: 1000 }] }, 'world.links[0].between: expected a host of this world, found "c"'],
  ['a link with one end', { ...small, links: [{ between: ['a.example'], latencyUs: 1000 }] }, 'world.links[0].between: expected 2 entries, found 1'],
  ['a link to itself', { ...small, links: [{ between: ['a.example', 'a.example'], latencyUs: 1000 }] }, 'world.links[0].between: expected two hosts, found a.example twice'],
  ['a link without latency', { ...small, links: [{ between: ['a.example', 'b.example'], latencyUs: 0 }] }, 'world.links[0].latencyUs: expected an integer from 100 to 600000000, found 0'],
  ['a link twice', { ...small, links: [...small.links, { between: ['b.example', 'a.example'], latencyUs: 1000 }] }, 'world.links: expected different links, found a.example – b.example twice'],
  ['a person nowhere', { ...small, people: [{ ...small.people[0], host: 'c.example' }] }, 'world.people[0].host: expected a host of this world, found "c.example"'],
  ['a person twice', { ...small, people: [...small.people, ...small.people] }, 'world.people: expected different addresses, found al@a.example twice'],
  ['a bad input', { ...small, demo: [{ at: 0, command: { kind: 'rm' } }] }, 'world.demo[0].command.kind: expected a kind of input, found "rm"'],
])('a world with %s is refused, with where, expected and found', (_, data, message) => {
  expect(() => parseWorld(data)).toThrow(message);
});

// prettier-ignore
test.each<[string, unknown, string]>([
  ['before the start', [{ at: -1, command: stop }], 'inputs[0].at: expected an integer from 0 to 34560000000000, found -1'],
  ['after 400 days', [{ at: 34_560_000_000_001, command: stop }], 'inputs[0].at: expected an integer from 0 to 34560000000000'],
  ['out of order', [{ at: 2, command: stop }, { at: 1, command: stop }], 'inputs[1].at: expected at least 2, found 1'],
  ['of no text', [{ at: 1, command: { kind: 'host.stop' } }], 'inputs[0].command.host: expected text, found undefined'],
])('an input %s is refused', (_, data, message) => {
  expect(() => parseInputs(data, 'inputs')).toThrow(message);
});

test('a command comes out with its fields in one order', () => {
  const reversed = { host: 'a.example', extra: 1, kind: 'host.stop' };
  expect(JSON.stringify(parseCommand(reversed, 'input'))).toBe('{"kind":"host.stop","host":"a.example"}');
});
