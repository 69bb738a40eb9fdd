// What the editor says of a main.cf as it is written.
import { describe, expect, test } from 'vitest';

import { worlds } from '../../../lessons/worlds/index.ts';
import { MainCfCheck } from '../../../workers/commands/postfix/check-main-cf.ts';
import { nearestName } from '../../../workers/commands/postfix/nearest-name.ts';

const host = {
  hostName: 'mx.far.example',
  addresses: ['203.0.113.25'],
  masterCf: 'smtp inet n - y - - smtpd\nsmtp-amavis unix - - n - 10 smtp\n',
};
const check = (text: string): MainCfCheck => new MainCfCheck(text, host);
const said = (text: string): string[] =>
  check(text).findings.map((found) => `${found.line} ${found.severity}: ${found.text}`);

describe('findings', () => {
  test.each([
    ['a line that defines nothing', '# c\n\nnonsense\n', `3 error: missing '=' after attribute name: "nonsense"`],
    ['a typing error', 'mesage_size_limit = 5', '1 warning: unused parameter: mesage_size_limit; did you mean message_size_limit?'],
    ['a name like no other', 'colour_of_the_envelope = red', '1 warning: unused parameter: colour_of_the_envelope'],
    ['a number that is none', 'x_y = 1\nmessage_size_limit = 10 MB', '2 error: bad numerical configuration: message_size_limit = 10 MB'],
    ['a time that is none', 'queue_run_delay = 5 min', '1 error: parameter queue_run_delay: bad time value or unit: 5 min; units are s m h d w'],
    ['neither yes nor no', 'soft_bounce = true', '1 error: bad boolean configuration: soft_bounce = true; expected yes or no'],
    ['a word of no enumeration', 'mynetworks_style = hosts', '1 error: bad value "hosts": expected class, subnet, host'],
    ['a list with a wrong word', 'inet_protocols = ipv4, ipx', '1 error: bad value "ipx": expected all, ipv4, ipv6'],
    ['a name without a value', 'mydestination = $myhostname, $mydomian', '1 warning: $mydomian is not defined: it stands for nothing'],
    ['a brace that is not closed', 'relayhost = ${mydomain', '1 error: truncated macro reference: "${mydomain"'],
    ['a second definition', 'relayhost = a\nrelayhost = b', '2 warning: overriding earlier entry: relayhost=a'],
    ['a parameter that no daemon reads', 'deliver_lock_attempts = 5', '1 note: this simulation does not act on deliver_lock_attempts'],
    ['a wrong value of such a parameter', 'deliver_lock_attempts = x', '1 error: bad numerical configuration: deliver_lock_attempts = x'],
    ['a line that continues', 'mydestination = a\n  b\n# c\nsoft_bounce =\n maybe', '4 error: bad boolean configuration: soft_bounce = maybe; expected yes or no'],
  ])('%s', (_, text, expected) => expect(said(text)).toContain(expected)); // prettier-ignore

  test('values in their right form are silent', () => {
    expect(
      said(
        'smtp-amavis_destination_concurrency_limit = 2\nqueue_run_delay = 5m\nsoft_bounce = Yes\n' +
          'site = here.example\nmyorigin = $site\nmaximal_queue_lifetime = ${soft_bounce?{1}:{5}}d\n' +
          'default_rbl_reply = $rbl_code no; $rbl_reason\nmydestination =\ninet_protocols = ipv4 ipv6',
      ),
    ).toEqual([]);
  });

  test('the files of our worlds have no errors', () => {
    for (const world of worlds)
      for (const { name, addresses, files } of world.hosts) {
        const text = files['/etc/postfix/main.cf'];
        if (text === undefined) continue;
        const masterCf = files['/etc/postfix/master.cf'] ?? '';
        const { findings } = new MainCfCheck(text, { hostName: name, addresses, masterCf });
        expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
      }
  });

  test('of thousands of unknown names the first are guessed at', () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `mydomai${i} = x\n`).join('');
    const guesses = said(lines).filter((text) => text.endsWith('; did you mean mydomain?'));
    expect(guesses.length).toBeGreaterThan(5);
    expect(guesses.length).toBeLessThanOrEqual(50);
    expect(said(lines)).toHaveLength(3000);
  });

  test('anything that can be typed is answered, and soon', () => {
    const odd = ['$', '${', '$(', '=', '= x', '\0', 'a='.repeat(2000), '${'.repeat(5000), 'x = $x', ' \n'];
    for (const text of [...odd, odd.join('\n'), 'x = ${x\n'.repeat(2000)])
      expect(Array.isArray(said(text))).toBe(true);
  });
});

describe('help', () => {
  const help = (name: string) => check('site = x\nmyorigin = $site').help(name);

  test('a parameter has a type, a default, and a unit when it is a time', () => {
    expect(help('bounce_queue_lifetime')).toEqual({
      name: 'bounce_queue_lifetime',
      type: 'time',
      words: [],
      usual: '5d',
      unit: 'd',
      actsHere: true,
      readers: 'qmgr',
      does: 'how long a notice is tried before it is given up',
    });
    expect(help('message_size_limit')).toMatchObject({ type: 'number', usual: '10240000', unit: null });
    expect(help('inet_protocols')!.words).toEqual(['all', 'ipv4', 'ipv6']);
    expect(help('mydomain')!.usual).toBe('far.example');
  });

  test('it says what the simulation does not act on, and nothing of what is not there', () => {
    expect(help('deliver_lock_delay')).toMatchObject({ type: 'time', actsHere: false });
    expect(help('smtpd_milters')).toMatchObject({ readers: 'smtpd', actsHere: false });
    expect(help('site')).toMatchObject({ actsHere: true });
    expect(help('smtp-amavis_destination_concurrency_limit')).toMatchObject({
      readers: 'qmgr',
      actsHere: true,
    });
    expect(help('nothing')).toBeNull();
  });

  test('a line belongs to the parameter that it continues', () => {
    const checked = check('# c\nmydestination = a\n  b\nrelayhost =');
    expect([1, 2, 3, 4].map((line) => checked.nameAt(line))).toEqual([
      null,
      'mydestination',
      'mydestination',
      'relayhost',
    ]);
  });
});

test('the nearest name is one slip away or a few, never a guess', () => {
  const names = ['relayhost', 'relay_domains', 'mydomain', 'myorigin'];
  expect(nearestName('relay_host', names)).toBe('relayhost');
  expect(nearestName('mydomian', names)).toBe('mydomain');
  expect(nearestName('smtpd_banner', names)).toBeNull();
});
