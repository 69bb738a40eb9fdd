/**
 * pickup — takes locally submitted and requeued mail from maildrop to cleanup(8)
 *
 * A file of postdrop(1) says who submitted it; a file that postsuper(1) put back is Postfix's own, and the
 * log names its old queue id. The message gets a new queue id and another Received: field; recipients that
 * are done are left out.
 *
 * SIMPLIFIED: files of a host have no owner: postdrop(1) writes the user id into the file.
 *
 * SEE ALSO  pickup(8), postsuper(1), ../cleanup/cleanup.ts
 */
import * as ascii from '../../../bytes/ascii.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import { shownAddress } from '../../../protocols/smtp/address.ts';
import { formatDate } from '../../../protocols/message/date.ts';

import type { Os, Proc } from '../../../os/os.ts';

import type { CleanupResult } from '../cleanup/mail-stream.ts';
import { decodeQueueFile } from '../cleanup/queue-file.ts';
import type { Instance } from '../instance.ts';

/** Takes what is in maildrop, until nothing can be taken any more. */
export function* pickup(os: Os, instance: Instance): Proc<void> {
  const maildrop = `${instance.parameters.text('queue_directory')}/maildrop`;
  let taken: number;
  do {
    taken = 0;
    for (const path of os.files.list(maildrop)) if (yield* take(os, instance, path)) taken++;
  } while (taken > 0);
}

/** @returns whether the file is done with, and gone */
function* take(os: Os, instance: Instance, path: string): Proc<boolean> {
  const { parameters } = instance;
  const bytes = os.files.read(path);
  const file = bytes === null ? null : decodeQueueFile(bytes);
  const oldId = path.slice(path.lastIndexOf('/') + 1);
  if (file === null) return false; // being written, or garbage
  const { envelope, content } = file;
  const stream = instance.openCleanup(os, {
    sender: envelope.sender,
    arrived: envelope.arrived,
    encoding: envelope.encoding,
    envelopeId: envelope.envelopeId,
    returnContent: envelope.returnContent,
    client: { ...envelope.client, source: 'LOCAL' },
    fullName: envelope.fullName,
    smtpUtf8: envelope.smtpUtf8,
    noHeaderBodyChecks: false,
    noAddressMappings: false,
    noCopies: false,
    filter: parameters.text('content_filter'),
    hold: false,
    redirect: '',
    discard: false,
  });
  const uid =
    envelope.submitter === '' ? mailOwnerUid(os, parameters.text('mail_owner')) : envelope.submitter;
  const ident = `${parameters.text('syslog_name')}/pickup`;
  const origin = envelope.submitter === '' ? ` orig_id=${oldId}` : '';
  os.log(ident, `${stream.queueId}: uid=${uid} from=<${shownAddress(envelope.sender)}>${origin}`);
  for (const { address, originalAddress, dsnOriginalRecipient, notify } of envelope.recipients)
    stream.addRecipient({ address, originalAddress, dsnOriginalRecipient, notify });
  const by = `Received: by ${parameters.text('myhostname')} (${parameters.text('mail_name')}`;
  const modified = os.epochUs(os.files.modifiedAt(path) ?? os.now());
  const received = ascii.encode(
    `${by}, from userid ${uid})\r\n\tid ${stream.queueId}; ${formatDate(modified)}\r\n`,
  );
  const result = yield* stream.finish([received, content]);
  if (!isDone(result)) {
    os.log(ident, `warning: maildrop/${oldId}: error writing ${stream.queueId}: ${reasonOf(result)}`);
    if (result.kind !== 'refused' || result.dsn !== noRecipients) return false;
  }
  os.files.remove(path);
  os.trace({ kind: 'queue.file-moved', queueId: oldId, from: 'maildrop', to: '' });
  return true;
}

// What was delivered to all before it was requeued has no recipients left: it is discarded.
const noRecipients = '5.1.0';

function isDone(result: CleanupResult): boolean {
  return result.kind === 'ok';
}

// cleanup_strerror(3)
function reasonOf(result: CleanupResult): string {
  if (result.kind === 'ok') return '';
  return result.text.replace(/^Error: /, '');
}

function mailOwnerUid(os: Os, owner: string): string {
  const passwd = os.files.read('/etc/passwd');
  if (passwd !== null)
    for (const line of utf8.decode(passwd).split('\n')) {
      const [name, , uid] = line.split(':');
      if (name === owner && uid !== undefined) return uid;
    }
  return debianUid;
}

const debianUid = '102'; // what Debian gives to postfix
