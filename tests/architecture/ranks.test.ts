// Imports point down the ranks of ARCHITECTURE.md. The rules are in .dependency-cruiser.cjs.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { beforeAll, describe, expect, test } from 'vitest';

const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  forbidden: IForbiddenRuleType[];
  options: Record<string, unknown>;
};

async function violations(
  folders: string[],
  baseDir: string,
): Promise<{ rule: string; from: string; to: string }[]> {
  const { output } = await cruise(folders, {
    ...config.options,
    baseDir,
    ruleSet: { forbidden: config.forbidden },
    validate: true,
  });
  return (output as ICruiseResult).summary.violations.map(({ rule, from, to }) => ({
    rule: rule.name,
    from,
    to,
  }));
}

describe('imports in workers/, src/ and lessons/', () => {
  let found: Awaited<ReturnType<typeof violations>> = [];
  beforeAll(async () => {
    found = await violations(['workers', 'src', 'lessons'], fileURLToPath(new URL('../..', import.meta.url)));
  });

  for (const rule of config.forbidden)
    test(`${rule.name}: ${rule.comment}`, () => {
      expect(
        found.filter((violation) => violation.rule === rule.name).map(({ from, to }) => `${from} → ${to}`),
      ).toEqual([]);
    });
});

test('the rules catch a daemon that imports the kernel, and a protocol that imports a daemon', async () => {
  const found = await violations(['workers'], fileURLToPath(new URL('./bad-tree', import.meta.url)));
  expect(found.map(({ rule, from }) => `${rule}: ${from}`).sort()).toEqual([
    'daemon-sees-os-only: workers/daemons/named/named.ts',
    'rank-protocols: workers/protocols/dns.ts',
  ]);
});
