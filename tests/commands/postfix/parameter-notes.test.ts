// The table of what parameters do, held against what the daemons read.
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { parameterNotes } from '../../../workers/commands/postfix/parameter-notes.ts';
import { knownParameters } from '../../../workers/commands/postfix/known-parameters.ts';
import { parseMainCf } from '../../../workers/daemons/postfix/main-cf.ts';
import { fullParameterTable } from '../../../workers/daemons/postfix/unread-params.ts';
import { listFiles, root } from '../../architecture/source-files.ts';

const tables = /(params|more-parameters|known-parameters|parameter-(words|notes)|check-\w+-cf)\.ts$/;
const code = listFiles('workers/daemons/postfix', 'workers/commands')
  .filter((name) => name.endsWith('.ts') && !tables.test(name))
  .map((name) => readFileSync(path.join(root, name), 'utf8').replace(/^\s*(\*|\/\*|\/\/).*$/gm, ''))
  .join('\n');

const notes = parameterNotes();
const table = fullParameterTable();
const known = knownParameters(parseMainCf(''), [], new Map());
const quoted = new Set([...code.matchAll(/'(\w+)'/g)].map(([, name]) => name!));

// Names that are put together: `${protocol}_tls_…`, `smtpd_${part}_restrictions`, `${transport}_destination_…`.
function isReadByParts(name: string): boolean {
  const ending = /^(smtp|lmtp)_(?:tls_)?(\w+)$/.exec(name)?.[2];
  if (ending !== undefined && (quoted.has(ending) || code.includes(`}_${ending}\``))) return true;
  if (ending !== undefined && (quoted.has(`tls_${ending}`) || code.includes(`}_tls_${ending}\``)))
    return true;
  const ofCache = /^(?:smtp|lmtp)_connection_(\w+)$/.exec(name)?.[1];
  if (ofCache !== undefined)
    return quoted.has(ofCache) && code.includes('`${protocol}_connection_${ending}`');
  if (/_rset_timeout$/.test(name)) return code.includes('`${protocol}_rset_timeout`');
  if (/_cert_match$/.test(name)) return code.includes('_cert_match`');
  if (/^smtpd_\w+_restrictions$/.test(name)) return code.includes('`smtpd_${part}_restrictions`');
  if (/canonical_classes$/.test(name)) return code.includes('`${name}_classes`');
  if (/^(reject|defer)_code$/.test(name)) return code.includes('`${name}_code`');
  if (/^unverified_/.test(name)) return code.includes('`unverified_${whose}_');
  if (/^address_verify_\w+_(expire|refresh)_time$/.test(name))
    return code.includes('`address_verify_${kind}_');
  if (/_feedback$/.test(name)) return code.includes('_destination_concurrency_${sign}_feedback`');
  const ofTransport = /_((initial_)?destination_\w+|transport_rate_delay|(minimum_)?delivery_slot\w+)$/.exec(
    name,
  )?.[1];
  return ofTransport !== undefined && (quoted.has(ofTransport) || code.includes(`_${ofTransport}\``));
}

// $name in the default of one that is read.
function isReadThroughOthers(name: string): boolean {
  const named = new RegExp(`\\$[{(]?${name}\\b`);
  return [...notes.keys()].some((other) => other !== name && named.test(table.get(other)?.usual ?? ''));
}

describe('what parameters do', () => {
  test('each has a reader, and a few words without a full stop', () => {
    for (const [name, { readers, does }] of notes) {
      expect(readers, name).not.toBe('');
      expect(does, name).toMatch(/^[a-zA-Z0-9].*[^.]$/);
      expect(table.has(name) || known.has(name), `${name} is a parameter`).toBe(true);
    }
  });

  test('what is said to be acted on is read somewhere in the code of the daemons', () => {
    const unread = [...notes.keys()].filter(
      (name) => !quoted.has(name) && !isReadByParts(name) && !isReadThroughOthers(name),
    );
    expect(unread).toEqual([]);
  });

  test('what a daemon reads by its name is in parameter-notes.ts', () => {
    const read = [...code.matchAll(/arameters\.(?:text|bool|number|time|list)\(\s*'(\w+)'/g)].map(
      ([, name]) => name!,
    );
    const untold = [...new Set(read)].filter((name) => !notes.has(name));
    expect(untold).toEqual([]);
  });
});
