/**
 * conf — /etc/receiver.conf: which personalities a receiver has, and their settings
 *
 *   domains = grey.example        # settings of the host, then sections
 *   [greylist]                    # each section is a personality, asked in the order of the file
 *   delay = 300s
 *   [script]                      # has rules for lines, see parse-rule.ts
 *   rcpt /<nobody@/ reply 550 5.1.1 User unknown
 *
 * Lines that begin with # are comments. What is not set has its default (kinds.ts). A line that is wrong is
 * named, with what was expected, and left out.
 *
 * SEE ALSO  kinds.ts (personalities and settings), ../../../docs/receivers.md
 */
import { hostSettings, kindNamed, kinds, type Kind, type Setting } from './kinds.ts';
import { parseRule } from './parse-rule.ts';
import { parseBytes, parseCount, parseDuration } from './parse-value.ts';
import type { Rule } from './rules.ts';

const charsMax = 65_536;
const rulesMax = 200;
const errorsMax = 20;

/** Values by the name of the setting: microseconds, numbers, bytes, 0 or 1 for yes-no, or text. */
export type Values = ReadonlyMap<string, number | string>;

/** A personality with its settings. */
export interface Section {
  readonly kind: Kind;
  readonly values: Values;
  /** of [script] */
  readonly rules: readonly Rule[];
  /** the rules as they are written */
  readonly ruleTexts: readonly string[];
}

export interface ReceiverConf {
  readonly host: Values;
  readonly sections: readonly Section[];
}

/** What is wrong with a line, counted from 1. */
export interface ConfError {
  readonly line: number;
  readonly text: string;
}

/** Reads the text of the file. */
export function parseConf(text: string): { conf: ReceiverConf; errors: ConfError[] } {
  const reader = new ConfReader();
  if (text.length > charsMax) reader.fail(1, `expected at most ${charsMax} characters, found ${text.length}`);
  else for (const [i, line] of text.split('\n').entries()) reader.take(i + 1, line.trim());
  return { conf: { host: reader.host, sections: reader.sections }, errors: reader.errors };
}

/** The sections as they are written: '' when there is none of that name. */
export function number(values: Values, name: string): number {
  const value = values.get(name);
  return typeof value === 'number' ? value : 0;
}

/** A text setting. */
export function text(values: Values, name: string): string {
  const value = values.get(name);
  return typeof value === 'string' ? value : '';
}

interface OpenSection extends Section {
  readonly values: Map<string, number | string>;
  readonly rules: Rule[];
  readonly ruleTexts: string[];
}

class ConfReader {
  readonly host = defaultsOf(hostSettings);
  readonly sections: OpenSection[] = [];
  readonly errors: ConfError[] = [];
  #section: OpenSection | null = null;
  /** the section's name was wrong: its lines are not looked at */
  #skips = false;

  take(line: number, content: string): void {
    if (content === '' || content.startsWith('#')) return;
    if (content.startsWith('[')) this.#begin(line, content);
    else if (this.#skips) return;
    else if (this.#section?.kind.name === 'script') this.#rule(line, content, this.#section);
    else this.#set(line, content);
  }

  fail(line: number, what: string): void {
    if (this.errors.length < errorsMax) this.errors.push({ line, text: what });
  }

  #begin(line: number, content: string): void {
    const name = /^\[([^\]]*)\]$/.exec(content)?.[1]?.trim() ?? '';
    const kind = kindNamed(name);
    const isTwice = this.sections.some((section) => section.kind === kind);
    this.#skips = kind === undefined || isTwice;
    if (kind === undefined)
      return this.fail(line, expected(`[NAME] with one of ${kinds.map((k) => k.name).join(', ')}`, content));
    if (isTwice) return this.fail(line, `expected each personality once, found [${name}] again`);
    this.#section = { kind, values: defaultsOf(kind.settings), rules: [], ruleTexts: [] };
    this.sections.push(this.#section);
  }

  #rule(line: number, content: string, section: OpenSection): void {
    if (section.rules.length >= rulesMax) return this.fail(line, `expected at most ${rulesMax} rules`);
    const rule = parseRule(content);
    if (typeof rule === 'string') return this.fail(line, rule);
    section.rules.push(rule);
    section.ruleTexts.push(content);
  }

  #set(line: number, content: string): void {
    const [, name, value] = /^([a-z_]+)\s*=\s*(.*)$/.exec(content) ?? [];
    if (name === undefined) return this.fail(line, expected('NAME = VALUE', content));
    const settings = this.#section?.kind.settings ?? hostSettings;
    const setting = settings.find((candidate) => candidate.name === name);
    if (setting === undefined) return this.fail(line, expected(oneOf(settings.map((s) => s.name)), name));
    const parsed = parseValue(setting, value!);
    if (parsed === null) return this.fail(line, `${name}: ${expected(whatIs(setting), value!)}`);
    (this.#section?.values ?? this.host).set(name, parsed);
  }
}

function oneOf(names: readonly string[]): string {
  return names.length === 0 ? 'no setting here' : `one of ${names.join(', ')}`;
}

function defaultsOf(settings: readonly Setting[]): Map<string, number | string> {
  return new Map(settings.map((setting) => [setting.name, parseValue(setting, setting.usual) ?? '']));
}

function parseValue({ type, choices }: Setting, value: string): number | string | null {
  switch (type) {
    case 'duration':
      return parseDuration(value);
    case 'count':
      return parseCount(value);
    case 'bytes':
      return parseBytes(value);
    case 'yes-no':
      return value === 'yes' ? 1 : value === 'no' ? 0 : null;
    case 'choice':
      return choices!.includes(value) ? value : null;
    case 'text':
      return value.length <= 500 && !/[^\x20-\x7e]/.test(value) ? value : null;
  }
}

function whatIs({ type, choices }: Setting): string {
  switch (type) {
    case 'duration':
      return 'a time of at most 400d such as 300s, 5m or 2h';
    case 'count':
      return 'a number';
    case 'bytes':
      return 'a size of at most 1000000000 such as 500, 20k or 1m';
    case 'yes-no':
      return 'yes or no';
    case 'choice':
      return `one of ${choices!.join(', ')}`;
    case 'text':
      return 'at most 500 printable ASCII characters';
  }
}

function expected(what: string, found: string): string {
  return `expected ${what}, found ${found === '' ? 'nothing' : JSON.stringify(found.slice(0, 60))}`;
}
