/** interesting — which events the buttons "previous" and "next" stop at */
import type { TraceEvent } from '../../workers/api.ts';

/** A delivery, a refusal, a move that a person would want to see; not the packets between. */
export function isInteresting(event: TraceEvent): boolean {
  switch (event.kind) {
    case 'queue.file-moved':
      return (
        event.to === 'deferred' || event.to === 'hold' || event.to === 'corrupt' || event.from === 'deferred'
      );
    case 'tcp.state-changed':
      return event.state !== 'syn-sent' && event.state !== 'established' && event.state !== 'closed';
    case 'input.accepted':
    case 'host.crashed':
    case 'host.stopped':
    case 'queue.message-entered':
    case 'delivery.attempted':
    case 'filter.judged':
    case 'mailbox.message-appended':
    case 'mua.message-fetched':
    case 'mua.mailbox-listed':
    case 'mua.message-submitted':
    case 'mua.failed':
    case 'command.ended':
      return true;
    case 'host.booted':
      return event.at > 0;
    case 'cache.changed':
      return event.change === 'expired';
    case 'process.stopped':
      return event.how === 'failed';
    default:
      return false;
  }
}
