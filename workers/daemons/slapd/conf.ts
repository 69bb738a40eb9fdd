/**
 * conf — slapd.conf(5): global settings, schema, one database
 *
 * SIMPLIFIED: one database, whose content is the .ldif files of its directory, read at start (the real
 * one keeps an
 * LMDB file that slapadd(8) fills from such files). cn=config is not there.
 *
 * ERRORS   SlapdConfError "file: line n: …"; the server then does not start, as the real one
 * SEE ALSO access.ts (access to …)
 */
import * as utf8 from '../../bytes/utf8.ts';

import { normaliseDn, parseDn } from '../../protocols/ldap/dn.ts';

import type { Files } from '../../os/os.ts';

import { parseAccess, type AccessRule, type Who } from './access.ts';
import { canonicalType } from './matching.ts';
import { Schema } from './schema.ts';
import { standardSchema } from './standard-schema.ts';

export interface SizeLimits {
  /** when the client asks for none; 0 = unlimited */
  soft: number;
  /** at most; 0 = as soft */
  hard: number;
  /** candidates looked at; 0 = unlimited */
  unchecked: number;
}

export interface SlapdConf {
  schema: Schema;
  /** normalised; null = no database */
  suffix: string | null;
  /** as written */
  rootDn: string;
  rootPassword: string;
  directory: string;
  /** types with an equality index, in lower case */
  equalityIndexes: string[];
  access: AccessRule[];
  limits: { who: Who; limits: SizeLimits }[];
  size: SizeLimits;
  /** seconds; 0 = unlimited */
  timeLimit: number;
  /** seconds; 0 = never */
  idleTimeout: number;
  readOnly: boolean;
  bytesMaxAnonymous: number;
  bytesMaxBound: number;
}

/** A configuration the server cannot start with. */
export class SlapdConfError extends Error {
  override name = 'SlapdConfError';
}

const includesMax = 50;
const standardFiles = /\/(core|cosine|inetorgperson|nis|dyngroup)\.schema$/;

/** Reads a configuration file and what it includes. */
export function readSlapdConf(files: Files, path: string): SlapdConf {
  const conf: SlapdConf = {
    schema: new Schema(),
    suffix: null,
    rootDn: '',
    rootPassword: '',
    directory: '/var/lib/ldap',
    equalityIndexes: [],
    access: [],
    limits: [],
    size: { soft: 500, hard: 0, unchecked: 0 },
    timeLimit: 3600,
    idleTimeout: 0,
    readOnly: false,
    bytesMaxAnonymous: 262_143, // sockbuf_max_incoming
    bytesMaxBound: 4_194_303, // sockbuf_max_incoming_auth
  };
  readText({ files, conf, path: 'standard schema', depth: 0 }, standardSchema);
  readFile({ files, conf, path, depth: 0 });
  return conf;
}

interface Reading {
  files: Files;
  conf: SlapdConf;
  path: string;
  depth: number;
}

function readFile(reading: Reading): void {
  const bytes = reading.files.read(reading.path);
  if (bytes !== null) return readText(reading, utf8.decode(bytes));
  if (standardFiles.test(reading.path)) return;
  throw new SlapdConfError(`could not open config file "${reading.path}": No such file or directory (2)`);
}

function readText(reading: Reading, text: string): void {
  for (const { words, line } of directives(text)) {
    const problem = applyDirective(reading, words);
    if (problem !== null) throw new SlapdConfError(`${reading.path}: line ${line}: ${problem}`);
  }
}

/**
 * Logical lines as words; a line that starts with white space continues the one before, quotes keep
 * spaces.
 */
function directives(text: string): { words: string[]; line: number }[] {
  const logical: { text: string; line: number }[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (raw.trim() === '' || raw.startsWith('#')) continue;
    const last = logical[logical.length - 1];
    if (/^\s/.test(raw) && last !== undefined) last.text += ` ${raw.trim()}`;
    else logical.push({ text: raw, line: index + 1 });
  }
  return logical.map(({ text: whole, line }) => ({ words: splitWords(whole), line }));
}

function splitWords(text: string): string[] {
  const keyword = /^\s*(\S+)/.exec(text)?.[1] ?? '';
  // Definitions are read by schema.ts, with their own quotes.
  if (/^(attributetypes?|objectclass(es)?)$/i.test(keyword))
    return [keyword, text.trim().slice(keyword.length).trim()];
  return (text.match(/(?:"(?:[^"\\]|\\.)*"|[^\s"])+/g) ?? []).map((word) =>
    word.replace(/"((?:[^"\\]|\\.)*)"/g, '$1'),
  );
}

/** @returns what is wrong, null when nothing is */
function applyDirective(reading: Reading, words: readonly string[]): string | null {
  const { conf } = reading;
  const [first = '', ...rest] = words;
  const [one = '', two = ''] = rest;
  const directive = first.toLowerCase();
  switch (directive) {
    case 'include':
      if (reading.depth >= includesMax) return 'include nested too deeply';
      readFile({ ...reading, path: one, depth: reading.depth + 1 });
      return null;
    case 'objectidentifier':
      conf.schema.addMacro(one, two);
      return null;
    case 'attributetype':
    case 'attributetypes':
      return conf.schema.addType(one);
    case 'objectclass':
    case 'objectclasses':
      return conf.schema.addClass(one);
    case 'sizelimit':
      return applySize(
        conf.size,
        rest.map((word) => (word.startsWith('size') ? word : `size=${word}`)),
      );
    case 'limits':
      return applyLimits(conf, one, rest.slice(1));
    case 'access': {
      const rule = parseAccess(rest, conf.schema);
      if (typeof rule === 'string') return rule;
      conf.access.push(rule);
      return null;
    }
    case 'index':
      if (/(^|,)eq(,|$)/.test(two)) conf.equalityIndexes.push(...one.toLowerCase().split(','));
      return one.split(',').find((name) => name !== 'default' && conf.schema.type(name) === null) ===
        undefined
        ? null
        : `index attribute "${one}" undefined`;
    default:
      return applyValue(conf, directive, one);
  }
}

function applyValue(conf: SlapdConf, directive: string, value: string): string | null {
  switch (directive) {
    case 'suffix':
      conf.suffix = normalised(conf.schema, value);
      return conf.suffix === null ? `invalid DN 34 (Invalid DN syntax)` : null;
    case 'rootdn':
      conf.rootDn = value;
      return parseDn(value) === null ? `invalid DN 34 (Invalid DN syntax)` : null;
    case 'rootpw':
      conf.rootPassword = value;
      return null;
    case 'directory':
      conf.directory = value.replace(/\/$/, '');
      return null;
    case 'timelimit':
      conf.timeLimit = value === 'unlimited' ? 0 : Number(value);
      return Number.isInteger(conf.timeLimit) ? null : `illegal value "${value}" for timelimit`;
    case 'idletimeout':
      conf.idleTimeout = Number(value);
      return Number.isInteger(conf.idleTimeout) ? null : `illegal value "${value}" for idletimeout`;
    case 'readonly':
      conf.readOnly = value === 'on';
      return null;
    case 'sockbuf_max_incoming':
      conf.bytesMaxAnonymous = Number(value);
      return Number.isInteger(conf.bytesMaxAnonymous) ? null : `illegal value "${value}"`;
    case 'sockbuf_max_incoming_auth':
      conf.bytesMaxBound = Number(value);
      return Number.isInteger(conf.bytesMaxBound) ? null : `illegal value "${value}"`;
    default:
      // What has no meaning for a simulated host.
      if (ignored.test(directive)) return null;
      return `unknown directive <${directive}> outside backend info and database definitions`;
  }
}

const ignored = new RegExp(
  '^(database|backend|modulepath|moduleload|pidfile|argsfile|maxsize|lastmod|overlay|sortvals|loglevel|' +
    'logfile|threads|tls\\S*|password-hash|security|checkpoint|sssvlv-\\S+|dbnosync|envflags|mode|' +
    'searchstack|conn_max_pending\\S*|localssf|gentlehup|writetimeout)$',
);

function applyLimits(conf: SlapdConf, who: string, words: readonly string[]): string | null {
  const limits = { ...conf.size };
  const problem = applySize(limits, words);
  if (problem !== null) return problem;
  const match = /^(\*|anonymous|users|dn(?:\.(?:exact|base|subtree|children|one(?:level)?))?=.*)$/.exec(who);
  if (match === null) return `"limits ${who}": expected *, anonymous, users or dn.…="…"`;
  const rule = parseAccess(['to', '*', 'by', who, 'none'], conf.schema);
  if (typeof rule === 'string') return rule;
  conf.limits.push({ who: rule.by[0]!.who, limits });
  return null;
}

function applySize(limits: SizeLimits, words: readonly string[]): string | null {
  for (const word of words) {
    const match = /^size(?:\.(soft|hard|unchecked))?=(\d+|unlimited|none)$/.exec(word);
    if (match === null) {
      if (word.startsWith('time')) continue;
      return `expected size[.soft|.hard|.unchecked]=number, found "${word}"`;
    }
    const value = /^\d/.test(match[2]!) ? Number(match[2]) : 0;
    if (match[1] === undefined) Object.assign(limits, { soft: value, hard: value });
    else Object.assign(limits, { [match[1]]: value });
  }
  return null;
}

function normalised(schema: Schema, dn: string): string | null {
  const rdns = parseDn(dn);
  return rdns === null ? null : normaliseDn(rdns, (type) => canonicalType(schema, type));
}
