/**
 * parse-world — checks untrusted data before it becomes a World or an InputCommand
 *
 * ERRORS  WorldError: where in the data, what was expected, what was found.
 */
import type { InputCommand, LinkFault } from '../input.ts';

import type { HostKind, World, WorldHost, WorldLink, WorldPerson } from './world.ts';

/** Data that is not a world, an input or a run. */
export class WorldError extends Error {
  override name = 'WorldError';
}

const hostsMax = 200;
const linksMax = 2000;
const textMax = 1_000_000;
const inputsMax = 100_000;
const kinds: readonly HostKind[] = [
  'mta',
  'resolver',
  'dns-server',
  'directory',
  'mailstore',
  'workstation',
  'mail-host',
  'outside',
];
const faults: readonly LinkFault[] = ['', 'down', 'blackhole', 'refuse'];

type Fields = Record<string, unknown>;

/** @throws WorldError */
export function parseWorld(data: unknown, at = 'world'): World {
  const world = object(data, at);
  const hosts = list(world['hosts'], `${at}.hosts`, hostsMax).map((host, i) =>
    parseHost(host, `${at}.hosts[${i}]`),
  );
  const names = new Set(hosts.map((host) => host.name));
  if (names.size !== hosts.length)
    throw new WorldError(`${at}.hosts: expected different names, found one twice`);
  const links = list(world['links'], `${at}.links`, linksMax).map((link, i) =>
    parseLink(link, `${at}.links[${i}]`, names),
  );
  const startsAt = text(world['startsAt'], `${at}.startsAt`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(startsAt))
    throw new WorldError(`${at}.startsAt: expected YYYY-MM-DDTHH:MM:SSZ, found ${JSON.stringify(startsAt)}`);
  return {
    name: text(world['name'], `${at}.name`),
    title: text(world['title'], `${at}.title`),
    startsAt,
    hosts,
    links,
    people: list(world['people'], `${at}.people`, hostsMax).map((person, i) =>
      parsePerson(person, `${at}.people[${i}]`),
    ),
    demo: parseInputs(world['demo'], `${at}.demo`),
  };
}

/** A list of stamped inputs, in order of time. @throws WorldError */
export function parseInputs(data: unknown, at: string): { at: number; command: InputCommand }[] {
  let last = 0;
  return list(data, at, inputsMax).map((item, i) => {
    const input = object(item, `${at}[${i}]`);
    const stamp = integer(input['at'], `${at}[${i}].at`, 0, Number.MAX_SAFE_INTEGER);
    if (stamp < last) throw new WorldError(`${at}[${i}].at: expected at least ${last}, found ${stamp}`);
    last = stamp;
    return { at: stamp, command: parseCommand(input['command'], `${at}[${i}].command`) };
  });
}

/** @throws WorldError */
export function parseCommand(data: unknown, at: string): InputCommand {
  const c = object(data, at);
  const kind = text(c['kind'], `${at}.kind`);
  const string = (name: string): string => text(c[name], `${at}.${name}`);
  const number = (name: string, min = -0x7fffffff, max = 0x7fffffff): number =>
    integer(c[name], `${at}.${name}`, min, max);
  switch (kind) {
    case 'mua.send': {
      const send = {
        kind,
        host: string('host'),
        user: string('user'),
        to: string('to'),
        subject: string('subject'),
        text: string('text'),
      } as const;
      return c['inReplyTo'] === undefined ? send : { ...send, inReplyTo: string('inReplyTo') };
    }
    case 'mua.fetch':
      return { kind, host: string('host'), user: string('user'), uid: number('uid', 0) };
    case 'link.set':
      return {
        kind,
        between: pair(c['between'], `${at}.between`),
        fault: oneOf(c['fault'], `${at}.fault`, faults),
      };
    case 'link.tune':
      return {
        kind,
        between: pair(c['between'], `${at}.between`),
        latencyUs: number('latencyUs', 100, 600_000_000),
        lossPerMille: number('lossPerMille', 0, 1000),
      };
    case 'host.crash':
    case 'host.stop':
    case 'host.start':
    case 'queue.flush':
      return { kind, host: string('host') };
    case 'outside.connect':
      return {
        kind,
        connection: number('connection'),
        to: string('to'),
        port: number('port', 1, 65535),
        from: string('from'),
      };
    case 'outside.data':
      return { kind, connection: number('connection'), base64: string('base64') };
    case 'outside.close':
    case 'outside.abort':
      return { kind, connection: number('connection') };
    case 'outside.datagram':
      return {
        kind,
        flow: number('flow'),
        to: string('to'),
        port: number('port', 1, 65535),
        from: string('from'),
        base64: string('base64'),
      };
    default:
      throw new WorldError(`${at}.kind: expected a kind of input, found ${JSON.stringify(kind)}`);
  }
}

/** @throws WorldError */
export function object(data: unknown, at: string): Fields {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new WorldError(`${at}: expected an object, found ${show(data)}`);
  return data as Fields;
}
/** @throws WorldError */
export function text(data: unknown, at: string): string {
  if (typeof data !== 'string') throw new WorldError(`${at}: expected text, found ${show(data)}`);
  if (data.length > textMax)
    throw new WorldError(`${at}: expected at most ${textMax} characters, found ${data.length}`);
  return data;
}
/** @throws WorldError */
export function integer(data: unknown, at: string, min: number, max: number): number {
  if (typeof data !== 'number' || !Number.isSafeInteger(data) || data < min || data > max)
    throw new WorldError(`${at}: expected an integer from ${min} to ${max}, found ${show(data)}`);
  return data;
}
function list(data: unknown, at: string, max: number): unknown[] {
  if (!Array.isArray(data)) throw new WorldError(`${at}: expected a list, found ${show(data)}`);
  if (data.length > max) throw new WorldError(`${at}: expected at most ${max} entries, found ${data.length}`);
  return data as unknown[];
}
function oneOf<T extends string>(data: unknown, at: string, values: readonly T[]): T {
  const value = values.find((candidate) => candidate === data);
  if (value === undefined)
    throw new WorldError(`${at}: expected one of ${JSON.stringify(values)}, found ${show(data)}`);
  return value;
}
function pair(data: unknown, at: string): [string, string] {
  const items = list(data, at, 2);
  return [text(items[0], `${at}[0]`), text(items[1], `${at}[1]`)];
}

function parseHost(data: unknown, at: string): WorldHost {
  const host = object(data, at);
  const name = text(host['name'], `${at}.name`);
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(name))
    throw new WorldError(`${at}.name: expected a host name in lower case, found ${JSON.stringify(name)}`);
  const place = object(host['at'], `${at}.at`);
  const files = object(host['files'], `${at}.files`);
  return {
    name,
    kind: oneOf(host['kind'], `${at}.kind`, kinds),
    role: text(host['role'], `${at}.role`),
    organisation: text(host['organisation'], `${at}.organisation`),
    addresses: list(host['addresses'], `${at}.addresses`, 64).map((address, i) =>
      parseAddress(address, `${at}.addresses[${i}]`),
    ),
    at: { x: finite(place['x'], `${at}.at.x`), y: finite(place['y'], `${at}.at.y`) },
    files: Object.fromEntries(
      Object.keys(files).map((path) => [path, text(files[path], `${at}.files[${path}]`)]),
    ),
  };
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

function parsePerson(data: unknown, at: string): WorldPerson {
  const person = object(data, at);
  return {
    name: text(person['name'], `${at}.name`),
    address: text(person['address'], `${at}.address`),
    host: text(person['host'], `${at}.host`),
  };
}

function parseAddress(data: unknown, at: string): string {
  const address = text(data, at);
  const parts = address.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    throw new WorldError(`${at}: expected an IPv4 address, found ${JSON.stringify(address)}`);
  return address;
}

function finite(data: unknown, at: string): number {
  if (typeof data !== 'number' || !Number.isFinite(data))
    throw new WorldError(`${at}: expected a number, found ${show(data)}`);
  return data;
}

function show(data: unknown): string {
  const shown = JSON.stringify(data) ?? String(data);
  return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
}
