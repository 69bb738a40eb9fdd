/**
 * parse-world — checks untrusted data before it becomes a World
 *
 * ERRORS  WorldError: where in the data, what was expected, what was found.
 */
import { parseInstant } from '../os/calendar.ts';

import { finite, integer, list, object, oneOf, pair, text, WorldError, type Fields } from './checked.ts';
import { parseInputs } from './parse-command.ts';
import type { HostKind, World, WorldHost, WorldLink, WorldPerson } from './world.ts';

const hostsMax = 200;
const linksMax = 2000;
const filesMax = 200;
const filesTextMax = 8_000_000;
const kinds: readonly HostKind[] = [
  'mta',
  'resolver',
  'dns-server',
  'directory',
  'mailstore',
  'workstation',
  'mail-host',
  'receiver',
  'outside',
];

/** @throws WorldError */
export function parseWorld(data: unknown, at = 'world'): World {
  const world = object(data, at);
  const hosts = list(world['hosts'], `${at}.hosts`, hostsMax).map((host, i) =>
    parseHost(host, `${at}.hosts[${i}]`),
  );
  const names = hosts.map((host) => host.name);
  refuseTwice(names, `${at}.hosts`, 'names');
  refuseTwice(
    hosts.flatMap((host) => host.addresses),
    `${at}.hosts`,
    'addresses',
  );
  checkFilesText(hosts, `${at}.hosts`);
  const known = new Set(names);
  const links = list(world['links'], `${at}.links`, linksMax).map((link, i) =>
    parseLink(link, `${at}.links[${i}]`, known),
  );
  refuseTwice(
    links.map(({ between: [a, b] }) => (a < b ? `${a} – ${b}` : `${b} – ${a}`)),
    `${at}.links`,
    'links',
  );
  const people = list(world['people'], `${at}.people`, hostsMax).map((person, i) =>
    parsePerson(person, `${at}.people[${i}]`, known),
  );
  refuseTwice(
    people.map((person) => person.address),
    `${at}.people`,
    'addresses',
  );
  const startsAt = text(world['startsAt'], `${at}.startsAt`);
  if (parseInstant(startsAt) === null)
    throw new WorldError(`${at}.startsAt: expected YYYY-MM-DDTHH:MM:SSZ, found ${JSON.stringify(startsAt)}`);
  return {
    name: text(world['name'], `${at}.name`),
    title: text(world['title'], `${at}.title`),
    startsAt,
    hosts,
    links,
    people,
    demo: parseInputs(world['demo'], `${at}.demo`),
  };
}

function refuseTwice(keys: readonly string[], at: string, what: string): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) throw new WorldError(`${at}: expected different ${what}, found ${key} twice`);
    seen.add(key);
  }
}

function checkFilesText(hosts: readonly WorldHost[], at: string): void {
  let characters = 0;
  for (const { files } of hosts)
    for (const [path, content] of Object.entries(files)) characters += path.length + content.length;
  if (characters > filesTextMax)
    throw new WorldError(
      `${at}: expected at most ${filesTextMax} characters in all files, found ${characters}`,
    );
}

function parseHost(data: unknown, at: string): WorldHost {
  const host = object(data, at);
  const name = text(host['name'], `${at}.name`);
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(name))
    throw new WorldError(`${at}.name: expected a host name in lower case, found ${JSON.stringify(name)}`);
  const place = object(host['at'], `${at}.at`);
  const addresses = list(host['addresses'], `${at}.addresses`, 64).map((address, i) =>
    parseAddress(address, `${at}.addresses[${i}]`),
  );
  if (addresses.length === 0) throw new WorldError(`${at}.addresses: expected at least one, found none`);
  return {
    name,
    kind: oneOf(host['kind'], `${at}.kind`, kinds),
    role: text(host['role'], `${at}.role`),
    organisation: text(host['organisation'], `${at}.organisation`),
    addresses,
    at: { x: finite(place['x'], `${at}.at.x`), y: finite(place['y'], `${at}.at.y`) },
    files: parseFiles(object(host['files'], `${at}.files`), `${at}.files`),
  };
}

function parseFiles(files: Fields, at: string): Record<string, string> {
  const paths = Object.keys(files);
  if (paths.length > filesMax)
    throw new WorldError(`${at}: expected at most ${filesMax} entries, found ${paths.length}`);
  for (const path of paths)
    if (path.length > 255 || !/^(?:\/(?!\.{1,2}(?:\/|$))[^/\x00-\x1f]+)+$/.test(path))
      throw new WorldError(`${at}: expected absolute paths, found ${JSON.stringify(path.slice(0, 60))}`);
  return Object.fromEntries(paths.map((path) => [path, text(files[path], `${at}[${path}]`)]));
}

function parseLink(data: unknown, at: string, names: ReadonlySet<string>): WorldLink {
  const link = object(data, at);
  const between = pair(link['between'], `${at}.between`);
  for (const name of between)
    if (!names.has(name))
      throw new WorldError(`${at}.between: expected a host of this world, found ${JSON.stringify(name)}`);
  if (between[0] === between[1])
    throw new WorldError(`${at}.between: expected two hosts, found ${between[0]} twice`);
  return {
    between,
    latencyUs: integer(link['latencyUs'], `${at}.latencyUs`, 100, 600_000_000),
    ...(link['bitsPerSecond'] === undefined
      ? {}
      : { bitsPerSecond: integer(link['bitsPerSecond'], `${at}.bitsPerSecond`, 300, 1e12) }),
    ...(link['lossPerMille'] === undefined
      ? {}
      : { lossPerMille: integer(link['lossPerMille'], `${at}.lossPerMille`, 0, 1000) }),
  };
}

function parsePerson(data: unknown, at: string, names: ReadonlySet<string>): WorldPerson {
  const person = object(data, at);
  const host = text(person['host'], `${at}.host`);
  if (!names.has(host))
    throw new WorldError(`${at}.host: expected a host of this world, found ${JSON.stringify(host)}`);
  return {
    name: text(person['name'], `${at}.name`),
    address: text(person['address'], `${at}.address`),
    host,
  };
}

function parseAddress(data: unknown, at: string): string {
  const address = text(data, at);
  const parts = address.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    throw new WorldError(`${at}: expected an IPv4 address, found ${JSON.stringify(address)}`);
  return address;
}
