// The tour of ARCHITECTURE.md, "A mail on its way": what the table names is there, and the facts come in its order.
import { existsSync, readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { twoIslands } from '../lessons/worlds/two-islands/world.ts';
import { BootedPartition } from '../workers/hosts/boot.ts';
import { roles } from '../workers/hosts/all-roles.ts';
import { SECOND } from '../workers/os/os.ts';
import { eventAt } from '../workers/trace/batch.ts';
import type { TraceEvent } from '../workers/trace/event.ts';

interface Row {
  number: number;
  /** files with what they export */
  places: { file: string; name: string }[];
  /** kinds of facts of the last column */
  kinds: string[];
}

const root = new URL('..', import.meta.url).pathname;
const rows: Row[] = readFileSync(`${root}ARCHITECTURE.md`, 'utf8')
  .split('## A mail on its way')[1]!
  .split('\n## ')[0]!
  .split('\n')
  .flatMap((line) => {
    const [, number, , where, fact] = line.split('|').map((cell) => cell.trim());
    if (number === undefined || !/^\d+$/.test(number)) return [];
    const places = [...where!.matchAll(/`([\w./-]+\.ts)`: `(\w+)`/g)].map((match) => ({
      file: match[1]!.startsWith('src/') ? match[1]! : `workers/${match[1]!}`,
      name: match[2]!,
    }));
    return [
      {
        number: Number(number),
        places,
        kinds: [...fact!.matchAll(/`([a-z]+\.[a-z-]+)`/g)].map((m) => m[1]!),
      },
    ];
  });

type Proof = (event: TraceEvent, host: string) => boolean;

const far = 'mx.far.example';
const acme = 'mta1.acme.example';
const entered =
  (where: string): Proof =>
  (event, host) =>
    event.kind === 'queue.message-entered' && host === where;
const connectAt =
  (where: string, ident: string): Proof =>
  (event, host) =>
    event.kind === 'log.line-written' &&
    host === where &&
    event.ident === ident &&
    event.text.startsWith('connect from');
const bobIn =
  (table: string): Proof =>
  (event, host) =>
    event.kind === 'lookup.answered' &&
    host === acme &&
    event.service === 'ldap' &&
    event.table.endsWith(table) &&
    event.key === 'bob@acme.example' &&
    event.result === 'found';

/** What the last column says, row by row; a row with two kinds has two. */
const proofs: readonly (readonly [row: number, proof: Proof])[] = [
  [1, (event) => event.kind === 'input.accepted'],
  [2, (event, host) => event.kind === 'lookup.answered' && event.key === far && host.startsWith('ws-alice')],
  [3, connectAt(far, 'postfix/submission/smtpd')],
  [4, entered(far)],
  [5, (event, host) => event.kind === 'queue.file-moved' && event.to === 'active' && host === far],
  [6, (event) => event.kind === 'mua.message-submitted'],
  [7, (event) => event.kind === 'cache.changed' && event.name === 'acme.example' && event.type === 'MX'],
  [8, connectAt(acme, 'postfix/smtpd')],
  [9, bobIn('ldap-vam.cf')],
  [10, entered(acme)],
  [11, (event) => event.kind === 'filter.judged'],
  [12, entered(acme)],
  [13, bobIn('ldap-transport.cf')],
  [14, (event) => event.kind === 'mailbox.message-appended' && event.mailbox === 'bob@acme.example'],
  [15, (event, host) => event.kind === 'delivery.attempted' && event.transport === 'lmtp' && host === acme],
  [15, (event, host) => event.kind === 'delivery.attempted' && event.status === 'sent' && host === far],
  [16, (event) => event.kind === 'mua.message-fetched'],
  [17, (event) => event.kind === 'queue.file-moved' && event.to === 'deferred'],
  [17, (event) => event.kind === 'retry.scheduled'],
  [18, (event) => event.kind === 'queue.message-entered' && event.sender === ''],
];

test('every function that the table names is exported by the file that it names', async () => {
  expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
  for (const { number, places } of rows) {
    expect(places.length, `row ${number}`).toBeGreaterThan(0);
    for (const { file, name } of places) {
      expect(existsSync(root + file), `row ${number}: ${file}`).toBe(true);
      // Runes need Svelte's compiler: their files are read, not run.
      const names = file.endsWith('.svelte.ts')
        ? [...readFileSync(root + file, 'utf8').matchAll(/^export (?:class|function\*?) (\w+)/gm)].map(
            (m) => m[1],
          )
        : Object.keys((await import(/* @vite-ignore */ root + file)) as object);
      expect(names, `row ${number}: ${file}`).toContain(name);
    }
  }
});

test('the facts of the last column happen in the order of the table', () => {
  const runs = twoIslands.hosts.map((_, index) => index);
  const booted = new BootedPartition({ world: twoIslands, seed: 1, runs, keepTrace: true, roles });
  for (const { at, command } of twoIslands.demo) booted.input(at, command);
  booted.partition.runUntil(60 * SECOND);
  const chunk = booted.partition.tracer.take()!;
  const events = Array.from({ length: chunk.count }, (_, i) => eventAt(chunk, i));
  let at = -1;
  for (const [number, proof] of proofs) {
    const next = events.findIndex(
      (event, i) => i > at && proof(event, twoIslands.hosts[event.hostIndex]!.name),
    );
    expect(next, `row ${number} after event ${at} (${events[at]?.kind})`).toBeGreaterThan(at);
    expect(rows[number - 1]!.kinds, `row ${number}`).toContain(events[next]!.kind);
    at = next;
  }
  const proved = rows.filter(({ kinds }) => kinds.length > 0).map(({ number }) => number);
  expect([...new Set(proofs.map(([number]) => number))]).toEqual(proved);
});
