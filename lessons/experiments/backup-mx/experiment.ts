/**
 * backup-mx — the first mail host is down: the letter moves to the backup, and waits there
 */
import { all, not, saw } from '../../dsl/check.ts';
import { defineExperiment } from '../../dsl/define-experiment.ts';
import { aliceWrites, home, smallWorld } from '../../worlds/small-world.ts';
import { answered, arrivedAt, deferredAt, logged, returned } from '../seen.ts';

const main = 'main.shop.example';
const backup = 'backup.shop.example';
const second = 1_000_000;

export const backupMx = defineExperiment({
  id: 'backup-mx',
  world: smallWorld({
    name: 'exp-backup-mx',
    title: 'Backup MX',
    zones: {
      'shop.example': '@ MX 10 main\n@ MX 20 backup\nmain A 203.0.113.10\nbackup A 203.0.113.20\n',
    },
    receivers: [
      { name: main, address: '203.0.113.10', domain: 'shop.example' },
      {
        name: backup,
        address: '203.0.113.20',
        domain: '',
        role: 'Backup MX',
        parameters: { mydestination: '$myhostname, localhost', relay_domains: 'shop.example' },
      },
    ],
  }),
  inputs: [
    { at: second / 2, command: { kind: 'host.stop', host: main } },
    aliceWrites(1, 'bob@shop.example'),
    { at: 400 * second, command: { kind: 'host.start', host: main } },
  ],
  endsAtS: 1500,
  speed: 'minute',
  outcomes: [
    { id: 'home', happens: deferredAt(home) },
    { id: 'mailbox', happens: saw('mailbox.message-appended', (e) => e.host === backup) },
    { id: 'backup', happens: all(deferredAt(backup), arrivedAt(main), not(deferredAt(home))) },
    { id: 'returned', happens: returned },
  ],
  evidence: [
    { id: 'answer', view: 'dns', finds: answered('MX') },
    { id: 'tried', view: 'log', finds: logged(home, 'connect to main.shop.example') },
    { id: 'handed', view: 'log', finds: logged(home, 'relay=backup.shop.example', 'status=sent') },
    {
      id: 'waits',
      view: 'queues',
      finds: (e) => e.kind === 'queue.file-moved' && e.host === backup && e.to === 'deferred',
      host: true,
    },
    { id: 'later', view: 'log', finds: logged(backup, 'relay=main.shop.example', 'status=sent') },
  ],
});
