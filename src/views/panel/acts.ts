/** acts — what can be done with the queue of an MTA, each as the command that does it */
import type { QueueName } from '../../../workers/api.ts';

export interface QueueAct {
  name: string;
  argv: readonly string[];
}

/** What can be done with one message, by the queue it lies in. */
export function actsFor(queue: QueueName, queueId: string): QueueAct[] {
  const hold: QueueAct = { name: 'Hold', argv: ['postsuper', '-h', queueId] };
  const release: QueueAct = { name: 'Release', argv: ['postsuper', '-H', queueId] };
  const requeue: QueueAct = { name: 'Requeue', argv: ['postsuper', '-r', queueId] };
  const flush: QueueAct = { name: 'Flush', argv: ['postqueue', '-i', queueId] };
  const show: QueueAct = { name: 'Show', argv: ['postcat', '-qeh', queueId] };
  const remove: QueueAct = { name: 'Delete', argv: ['postsuper', '-d', queueId] };
  switch (queue) {
    case 'hold':
      return [release, requeue, show, remove];
    case 'deferred':
      return [flush, hold, requeue, show, remove];
    case 'corrupt':
      return [remove];
    default:
      return [hold, requeue, show, remove];
  }
}

/** What can be done with all of them. */
export const actsForAll: readonly QueueAct[] = [
  { name: 'Flush all', argv: ['postqueue', '-f'] },
  { name: 'List', argv: ['postqueue', '-p'] },
  { name: 'By age', argv: ['qshape', 'deferred'] },
];
