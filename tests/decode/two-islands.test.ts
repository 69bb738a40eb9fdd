// Everything that is said in the demo of two-islands, as the ladder shows it.
import { beforeAll, describe, expect, test } from 'vitest';

import { worldNamed } from '../../lessons/worlds/index.ts';
import { ConversationsFold } from '../../src/decode/conversations.ts';
import { glossOf } from '../../src/decode/gloss.ts';
import { namesOf } from '../../src/decode/names.ts';
import { roles } from '../../workers/hosts/all-roles.ts';
import { engineVersion } from '../../workers/input.ts';
import { SECOND } from '../../workers/os/os.ts';
import { LocalPartition } from '../../workers/partition-port.ts';
import { Simulation } from '../../workers/simulation.ts';
import { eventAt } from '../../workers/trace/batch.ts';
import type { TraceEvent } from '../../workers/trace/event.ts';

const world = worldNamed('two-islands')!;
const names = namesOf(world);
let fold: ConversationsFold;

beforeAll(async () => {
  const simulation = await Simulation.boot({
    run: { version: engineVersion, world, seed: 1, inputs: [] },
    placement: 'one',
    keepTrace: true,
    start: (spec) => new LocalPartition(spec, roles),
  });
  for (const { at, command } of world.demo) simulation.input(command, at - 1);
  await simulation.window(60 * SECOND);
  const chunk = simulation.takeTrace()!;
  const events: TraceEvent[] = [];
  for (let i = 0; i < chunk.count; i++) events.push(eventAt(chunk, i));
  const byId = new Map(events.map((event) => [event.id, event]));
  fold = new ConversationsFold({ world, names, byId: (id) => byId.get(id) ?? null });
  for (const event of events) if (fold.kinds.has(event.kind)) fold.add(event);
});

describe('what is said in two-islands', () => {
  test('is understood: every line has its part in its dialogue', () => {
    const strange = fold.conversations.flatMap(({ lines, protocol }) =>
      lines
        .filter(({ role, kind }) => role === 'unknown' || kind === 'opaque' || / (unasked)?$/.test(role))
        .map(({ text, role }) => `${protocol} ${role}: ${text}`),
    );
    expect(strange).toEqual([]);
    expect([...new Set(fold.conversations.map(({ protocol }) => protocol))].sort()).toEqual([
      'dns',
      'imap',
      'ldap',
      'lmtp',
      'smtp',
    ]);
  });

  test('is explained, every line', () => {
    const mute = new Set<string>();
    for (const conversation of fold.conversations)
      for (const line of conversation.lines)
        if (glossOf(line, conversation, names) === '') mute.add(`${conversation.protocol} ${line.role}`);
    expect([...mute].sort()).toEqual([]);
  });

  test('is a walk wherever a resolver asks: it never asks for itself alone', () => {
    const resolvers = new Set(world.hosts.flatMap(({ kind }, index) => (kind === 'resolver' ? [index] : [])));
    const lookups = fold.dns.lookupsAt(60 * SECOND);
    expect(lookups.length).toBeGreaterThan(20);
    expect(lookups.filter(({ clientHost }) => resolvers.has(clientHost))).toEqual([]);
    expect(lookups.some(({ children }) => children.length === 3)).toBe(true);
  });
});
