/**
 * parse-command — checks untrusted data before it becomes an InputCommand
 *
 * What comes out has its fields in the order of input.ts, whatever the order of what came in: the trace holds
 * the command as JSON, and the same command must give the same trace.
 *
 * ERRORS  WorldError
 */
import type { InputCommand, LinkFault } from '../input.ts';

import { integer, list, object, oneOf, pair, show, text, WorldError, type Fields } from './checked.ts';

const inputsMax = 100_000;
const atMax = 400 * 86_400_000_000; // 400 days
const argsMax = 100;
const argCharsMax = 4096;
const stdinCharsMax = 65_536;
const fileCharsMax = 262_144;
const ttyMax = 16;
const faults: readonly LinkFault[] = ['', 'down', 'blackhole', 'refuse'];

/** A list of stamped inputs, in order of time. @throws WorldError */
export function parseInputs(data: unknown, at: string): { at: number; command: InputCommand }[] {
  let last = 0;
  return list(data, at, inputsMax).map((item, i) => {
    const input = object(item, `${at}[${i}]`);
    const stamp = integer(input['at'], `${at}[${i}].at`, 0, atMax);
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
  const on = (): { host?: string } => (c['host'] === undefined ? {} : { host: string('host') });
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
    case 'host.run':
    case 'file.write':
      return parseAdmin(kind, c, at);
    case 'outside.connect':
      return {
        kind,
        connection: number('connection'),
        to: string('to'),
        port: number('port', 1, 65535),
        from: string('from'),
        ...on(),
      };
    case 'outside.data':
      return { kind, connection: number('connection'), base64: string('base64'), ...on() };
    case 'outside.close':
    case 'outside.abort':
      return { kind, connection: number('connection'), ...on() };
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
      return parseTty(kind, c, at);
  }
}

function parseAdmin(kind: 'host.run' | 'file.write', c: Fields, at: string): InputCommand {
  const host = text(c['host'], `${at}.host`);
  if (kind === 'file.write') {
    const path = filePath(c['path'], `${at}.path`);
    return { kind, host, path, text: bounded(c['text'], `${at}.text`, fileCharsMax) };
  }
  const run = { kind, host, argv: parseArgv(c['argv'], `${at}.argv`) };
  if (c['stdin'] === undefined) return run;
  return { ...run, stdin: bounded(c['stdin'], `${at}.stdin`, stdinCharsMax) };
}

function parseTty(kind: string, c: Fields, at: string): InputCommand {
  if (!kind.startsWith('tty.')) throw noSuchKind(kind, at);
  const on = { host: text(c['host'], `${at}.host`), tty: integer(c['tty'], `${at}.tty`, 1, ttyMax) };
  switch (kind) {
    case 'tty.open':
    case 'tty.resize': {
      const columns = integer(c['columns'], `${at}.columns`, 20, 1000);
      if (kind === 'tty.open' && c['rows'] === undefined) return { kind, ...on, columns };
      return { kind, ...on, columns, rows: integer(c['rows'], `${at}.rows`, 1, 1000) };
    }
    case 'tty.input':
      return { kind, ...on, text: bounded(c['text'], `${at}.text`, stdinCharsMax) };
    case 'tty.signal':
      return { kind, ...on, signal: oneOf(c['signal'], `${at}.signal`, ['INT', 'EOF'] as const) };
    case 'tty.close':
      return { kind, ...on };
    default:
      throw noSuchKind(kind, at);
  }
}

function noSuchKind(kind: string, at: string): WorldError {
  return new WorldError(`${at}.kind: expected a kind of input, found ${JSON.stringify(kind)}`);
}

// A program's name and its arguments; as in C, none of them has a NUL.
function parseArgv(data: unknown, at: string): string[] {
  const argv = list(data, at, argsMax).map((item, i) => bounded(item, `${at}[${i}]`, argCharsMax));
  if (argv.length === 0 || argv[0] === '') throw new WorldError(`${at}: expected a command, found none`);
  const bad = argv.findIndex((arg) => arg.includes('\0'));
  if (bad >= 0) throw new WorldError(`${at}[${bad}]: expected text without NUL`);
  return argv;
}

function filePath(data: unknown, at: string): string {
  const path = bounded(data, at, argCharsMax);
  const isPath = /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(path);
  if (!isPath) throw new WorldError(`${at}: expected the path of a file, found ${show(path)}`);
  return path;
}

function bounded(data: unknown, at: string, charsMax: number): string {
  const given = text(data, at);
  if (given.length > charsMax)
    throw new WorldError(`${at}: expected at most ${charsMax} characters, found ${given.length}`);
  return given;
}
