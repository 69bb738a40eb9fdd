/**
 * reporter — bounce(8) for the queue manager of one instance
 *
 * SEE ALSO  ../bounce/notify.ts
 */
import { formatDate } from '../../../protocols/message/date.ts';

import type { Proc } from '../../../os/os.ts';

import { report, type BounceConfig, type CopyClass } from '../bounce/notify.ts';
import type { Instance } from '../instance.ts';
import type { InstanceQueue } from '../qmgr/instance-queue.ts';
import type { Reporter } from '../qmgr/state.ts';

import { enterMessage, traceLines } from './enter-message.ts';

/** Reports on messages of the queue. */
export function makeReporter(instance: Instance, queue: InstanceQueue): Reporter {
  const config = bounceConfig(instance, queue);
  return { report: (os, task, message) => report(os, config, task, message) };
}

function bounceConfig(instance: Instance, queue: InstanceQueue): BounceConfig {
  const { parameters } = instance;
  return {
    myhostname: parameters.text('myhostname'),
    myorigin: parameters.text('myorigin'),
    queue_directory: parameters.text('queue_directory'),
    bounce_size_limit: parameters.number('bounce_size_limit'),
    delay_warning_time: parameters.time('delay_warning_time'),
    maximal_queue_lifetime: parameters.time('maximal_queue_lifetime'),
    double_bounce_sender: parameters.text('double_bounce_sender'),
    copiesTo: copiesTo(instance),
    readContent: (queueId) => queue.readContent(queueId, 'active'),
    *enter(os, message): Proc<string | null> {
      const address = message.recipient;
      return yield* enterMessage(os, instance, {
        sender: message.sender,
        recipients: [{ address, originalAddress: address, dsnOriginalRecipient: '', notify: '' }],
        encoding: '8bit',
        headerOf: (queueId) => `${traceLines(os, instance, queueId)}Date: ${formatDate(os.epochUs())}\r\n`,
        content: message.content,
      });
    },
  };
}

function copiesTo(instance: Instance): BounceConfig['copiesTo'] {
  const { parameters } = instance;
  const classes = parameters.list('notify_classes');
  const of = (name: CopyClass, recipient: string): BounceConfig['copiesTo'] =>
    classes.includes(name) ? { [name]: instance.rewrite(parameters.text(recipient)) } : {};
  return {
    ...of('bounce', 'bounce_notice_recipient'),
    ...of('2bounce', '2bounce_notice_recipient'),
    ...of('delay', 'delay_notice_recipient'),
  };
}
