/**
 * flush — fast flush: tries the deferred mail of one site, or one message, at once (ETRN, postqueue -s, -i)
 *
 * SIMPLIFIED: the real server keeps a list of queue ids for each site of $fast_flush_domains; here the defer
 * logs are read when somebody asks, which finds the same mail and takes longer with much of it.
 *
 * SEE ALSO  flush(8), ETRN_README, postqueue(1)
 */
import type { Os, Proc } from '../../../os/os.ts';

import { bounceLogs, readBounceLog } from '../bounce/bounce-log.ts';
import type { Instance } from '../instance.ts';
import { MatchList } from '../maps/match-list.ts';
import { servicePaths, type FlushStatus, type FlushWhat, type QmgrTrigger } from '../services.ts';

/** Serves one request. */
export function* flush(os: Os, instance: Instance, what: FlushWhat): Proc<FlushStatus> {
  const spool = instance.parameters.text('queue_directory');
  const qmgr = os.bound<QmgrTrigger>(`${spool}/${servicePaths.qmgr}`);
  if (qmgr === null) return 'fail';
  if ('queueId' in what) {
    if (!isQueueId(what.queueId)) return 'bad';
    qmgr.put({ kind: 'flush', queueId: what.queueId });
    return 'ok';
  }
  const site = what.site.toLowerCase();
  const domains = new MatchList(instance.parameters.list('fast_flush_domains'), {
    open: (title) => instance.tables(title),
    parentMatches: instance.parameters
      .list('parent_domain_matches_subdomains')
      .includes('fast_flush_domains'),
  });
  const listed = yield* domains.matches(os, site);
  if (listed.kind !== 'yes') return listed.kind === 'no' ? 'deny' : 'fail';
  const logs = bounceLogs(os.files, spool, 'defer');
  for (const queueId of os.files.directory(`${spool}/deferred`).names()) {
    const log = readBounceLog(logs, queueId);
    if (log.some(({ recipient }) => siteOf(recipient) === site)) qmgr.put({ kind: 'flush', queueId });
  }
  return 'ok';
}

function siteOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

/** Whether a name may be that of a queue file. */
export function isQueueId(text: string): boolean {
  return /^[A-Za-z0-9_]{1,255}$/.test(text);
}
