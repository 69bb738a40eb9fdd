import { expect, test } from 'vitest';

import * as utf8 from '../../../../workers/bytes/utf8.ts';
import {
  appendBounceLog,
  readBounceLog,
  type BounceLogEntry,
} from '../../../../workers/daemons/postfix/bounce/bounce-log.ts';
import { FileSystem } from '../../../../workers/os/files.ts';

const plain: BounceLogEntry = {
  recipient: 'bob@a.example',
  originalRecipient: '',
  dsnOriginalRecipient: '',
  notify: '',
  status: '4.4.1',
  action: 'delayed',
  reason: 'connect to a.example[192.0.2.1]:25: Connection refused',
  diagnostic: '',
  remoteMta: '',
  offset: 0,
};
const full: BounceLogEntry = {
  ...plain,
  recipient: 'carol@a.example',
  originalRecipient: 'c@b.example',
  dsnOriginalRecipient: 'rfc822;c@b.example',
  notify: 'FAILURE,DELAY',
  action: 'failed',
  diagnostic: '550 5.1.1 no such user',
  remoteMta: 'mx.a.example',
  offset: 12,
};
const foreign: BounceLogEntry = { ...plain, recipient: 'jürgen@a.example', reason: 'Größe', offset: 3 };
const all = [plain, full, foreign];

function logOf(...entries: BounceLogEntry[]): {
  disk: FileSystem;
  logs: ReturnType<FileSystem['directory']>;
} {
  const disk = new FileSystem(() => 0);
  const logs = disk.directory('/spool/defer');
  for (const entry of entries) appendBounceLog(logs, 'ABC', entry);
  return { disk, logs };
}

test.each(all)(
  'what is read before the bytes are made equals what is read from them: $recipient',
  (entry) => {
    const { disk, logs } = logOf(entry);
    const before = readBounceLog(logs, 'ABC');
    const bytes = disk.read('/spool/defer/ABC')!;
    expect(bytes.length).toBe(disk.state('/spool/defer/ABC')?.size);
    expect(readBounceLog(logs, 'ABC')).toEqual(before);
    expect(before).toEqual([entry]);
  },
);

test('the text has a block for each recipient', () => {
  const { disk } = logOf(plain, full);
  expect(utf8.decode(disk.read('/spool/defer/ABC')!)).toBe(
    [
      '<bob@a.example>: connect to a.example[192.0.2.1]:25: Connection refused',
      'recipient=bob@a.example',
      'offset=0',
      'status=4.4.1',
      'action=delayed',
      'reason=connect to a.example[192.0.2.1]:25: Connection refused',
      '',
      '<carol@a.example>: connect to a.example[192.0.2.1]:25: Connection refused',
      'recipient=carol@a.example',
      'offset=12',
      'original_recipient=c@b.example',
      'dsn_orig_rcpt=rfc822;c@b.example',
      'notify_flags=FAILURE,DELAY',
      'status=4.4.1',
      'action=failed',
      'diag_type=smtp',
      'diag_text=550 5.1.1 no such user',
      'mta_type=dns',
      'mta_mname=mx.a.example',
      'reason=connect to a.example[192.0.2.1]:25: Connection refused',
      '',
      '',
    ].join('\n'),
  );
});

test('of a recipient listed twice the last counts, also when the file was read in between', () => {
  const { disk, logs } = logOf(...all);
  disk.read('/spool/defer/ABC');
  appendBounceLog(logs, 'ABC', { ...plain, reason: 'later' });
  expect(readBounceLog(logs, 'ABC').map(({ recipient, reason }) => [recipient, reason])).toEqual([
    ['bob@a.example', 'later'],
    ['carol@a.example', plain.reason],
    ['jürgen@a.example', 'Größe'],
  ]);
});

test('a log that is not there has no entries', () => {
  expect(readBounceLog(new FileSystem(() => 0).directory('/spool/defer'), 'ABC')).toEqual([]);
});
