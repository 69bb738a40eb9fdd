// What the editor says of a master.cf as it is written.
import { expect, test } from 'vitest';

import { worlds } from '../../../lessons/worlds/index.ts';
import { MasterCfCheck } from '../../../workers/commands/postfix/check-master-cf.ts';

const host = { hostName: 'mx.far.example', addresses: ['203.0.113.25'], mainCf: 'site = x\n' };
const check = (text: string): MasterCfCheck => new MasterCfCheck(text, host);
const said = (text: string): string[] =>
  check(text).findings.map((found) => `${found.line} ${found.severity}: ${found.text}`);

const smtpd = 'smtp inet n - y - - smtpd';

test.each([
  ['too few fields', '# c\nsmtp inet n - y', '2 error: missing transport type'],
  ['a type that is none', 'smtp tcp n - y - - smtpd', '1 error: invalid transport type: tcp'],
  ['a process limit that is none', 'smtp inet n - y - many smtpd', '1 error: bad maxproc field "many"'],
  ['a program that is not there', 'smtp inet n - y - - smptd', '1 error: no such program: smptd'],
  ['a program that does nothing here', 'smtp inet n - y - 1 postscreen', '1 note: this simulation does not act on postscreen'],
  ['a service twice', `${smtpd}\n\n${smtpd}`, '3 error: duplicate service: smtp inet, as in line 1'],
  ['an -o of a misspelt name', `${smtpd}\n  -o smtpd_banner=x\n# c\n  -o smtpd_baner=x`, '4 warning: unused parameter: smtpd_baner; did you mean smtpd_banner?'],
  ['an -o with a bad value', `${smtpd}\n  -o smtpd_tls_auth_only=maybe`, '2 error: bad boolean configuration: smtpd_tls_auth_only = maybe; expected yes or no'],
  ['an -o in braces', `${smtpd}\n  -o { smtpd_timeout = soon }`, '2 error: parameter smtpd_timeout: bad time value or unit: soon; units are s m h d w'],
])('%s', (_, text, expected) => expect(said(text)).toContain(expected)); // prettier-ignore

test('the files of our worlds have no errors', () => {
  for (const world of worlds)
    for (const { name, addresses, files } of world.hosts) {
      const text = files['/etc/postfix/master.cf'];
      if (text === undefined) continue;
      const mainCf = files['/etc/postfix/main.cf'] ?? '';
      const { findings } = new MasterCfCheck(text, { hostName: name, addresses, mainCf });
      expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    }
});

test('the line of an -o belongs to its parameter', () => {
  const checked = check(`${smtpd} -o soft_bounce=yes\n  -o smtpd_timeout=5s\n  -v`);
  expect([1, 2, 3].map((line) => checked.nameAt(line))).toEqual(['soft_bounce', 'smtpd_timeout', null]);
  expect(checked.help('smtpd_timeout')).toMatchObject({ type: 'time', readers: 'smtpd' });
});

test('anything that can be typed is answered', () => {
  for (const text of ['-o', 'a b c d e f g h -o', '\0', '{'.repeat(5000), ' -o x=y', 'x\n'.repeat(3000)])
    expect(Array.isArray(said(text))).toBe(true);
});
