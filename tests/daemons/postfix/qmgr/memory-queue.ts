// The queue of a test: in memory, with facts as the real one.
import type { MailQueue } from '../../../../workers/daemons/postfix/qmgr/mail-queue.ts';
import type { QueueEnvelope, Route } from '../../../../workers/daemons/postfix/qmgr/message.ts';
import type { EventId, Os, Proc, VirtualTime } from '../../../../workers/os/os.ts';
import type { QueueName } from '../../../../workers/trace/event.ts';

interface File {
  queue: QueueName;
  sender: string;
  recipients: string[];
  notify: string;
  done: Set<number>;
  content: readonly Uint8Array[];
  arrived: VirtualTime;
  next: VirtualTime;
  warned: boolean;
}

export class MemoryQueue implements MailQueue {
  os: Os | null = null;
  readonly files = new Map<string, File>();
  readonly labels = new Map<string, string>();
  readonly #route: (domain: string) => { transport: string; nexthop: string };
  #last = 0;

  constructor(route: (domain: string) => { transport: string; nexthop: string }) {
    this.#route = route;
  }
  enter(message: {
    sender: string;
    recipients: string[];
    content: readonly Uint8Array[];
    label?: string;
    notify?: string;
  }): string {
    const queueId = (0xa00000 + ++this.#last).toString(16).toUpperCase();
    const { sender, recipients, content } = message;
    const arrived = this.os!.now();
    this.files.set(queueId, {
      queue: 'incoming',
      sender,
      recipients,
      content,
      notify: message.notify ?? '',
      done: new Set(),
      arrived,
      next: 0,
      warned: false,
    });
    if (message.label !== undefined) this.labels.set(queueId, message.label);
    this.os!.trace({ kind: 'queue.file-moved', queueId, from: '', to: 'incoming' });
    return queueId;
  }
  queueIdOf(label: string): string {
    return [...this.labels].find(([, other]) => other === label)?.[0] ?? '';
  }
  list(queue: QueueName): string[] {
    return [...this.files].filter(([, file]) => file.queue === queue).map(([queueId]) => queueId);
  }
  move(queueId: string, from: QueueName, to: QueueName): EventId | null {
    const file = this.files.get(queueId);
    if (file?.queue !== from) return null;
    file.queue = to;
    return this.os!.trace({ kind: 'queue.file-moved', queueId, from, to });
  }
  remove(queueId: string, from: QueueName): boolean {
    if (!this.files.delete(queueId)) return false;
    this.os!.trace({ kind: 'queue.file-moved', queueId, from, to: '' });
    return true;
  }
  readEnvelope(queueId: string): QueueEnvelope | null {
    const file = this.files.get(queueId);
    if (file === undefined) return null;
    const recipients = file.recipients
      .map((address, index) => ({
        index,
        address,
        originalAddress: address,
        dsnOriginalRecipient: `rfc822;${address}`,
        notify: file.notify,
      }))
      .filter(({ index }) => !file.done.has(index));
    return {
      sender: file.sender,
      recipients,
      arrived: file.arrived,
      created: file.arrived,
      forceExpire: false,
      submitter: '',
      fullName: '',
      size: file.content.reduce((sum, piece) => sum + piece.length, 0),
      encoding: '7bit',
      envelopeId: '',
      smtpUtf8: false,
      returnContent: '',
      client: { name: '', address: '', port: '', protocol: '', helo: '', ident: queueId, source: 'REMOTE' },
      filter: '',
      warned: file.warned,
    };
  }
  readContent(queueId: string): readonly Uint8Array[] {
    return this.files.get(queueId)?.content ?? [];
  }
  markDone(queueId: string, _queue: QueueName, recipient: number): void {
    this.files.get(queueId)?.done.add(recipient);
  }
  nextAttempt(queueId: string): VirtualTime | null {
    return this.files.get(queueId)?.next ?? null;
  }
  setNextAttempt(queueId: string, _queue: QueueName, at: VirtualTime): void {
    this.files.get(queueId)!.next = at;
  }
  markWarned(queueId: string): void {
    this.files.get(queueId)!.warned = true;
  }
  *resolve(recipient: string): Proc<Route> {
    return { ...this.#route(recipient.slice(recipient.lastIndexOf('@') + 1)), recipient };
  }
}
