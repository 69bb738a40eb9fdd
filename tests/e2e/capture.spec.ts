// What went over the cables, downloaded as a capture: of the world, of a host and of a link.
import { readFileSync } from 'node:fs';

import type { Page } from '@playwright/test';

import { axeViolations, expect, test } from './page.ts';

async function openWorld(page: Page): Promise<void> {
  await page.goto('#/sandbox/two-islands');
  await expect(page.getByRole('heading', { name: 'Two islands' })).toBeVisible();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('tab', { name: 'World and faults' }).click();
}

/** The types of the blocks of a pcapng file (draft-ietf-opsawg-pcapng §3.1). */
function blocksOf(file: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at < file.length; at += file.readUInt32BE(at + 4)) types.push(file.readUInt32BE(at));
  return types;
}

const packetsIn = (file: Buffer): number => blocksOf(file).filter((type) => type === 6).length;

async function download(
  page: Page,
  within: ReturnType<Page['getByRole']>,
): Promise<{ name: string; file: Buffer }> {
  const coming = page.waitForEvent('download');
  await within.getByRole('button', { name: 'Download capture' }).click();
  const got = await coming;
  return { name: got.suggestedFilename(), file: readFileSync(await got.path()) };
}

test('the whole world, one host and one cable are captured, for Wireshark', async ({ page }) => {
  await openWorld(page);
  const world = page.getByRole('region', { name: 'Capture' });
  await expect(world).toContainText('Every packet on every cable so far');
  const all = await download(page, world);
  expect(all.name).toBe('postroom-two-islands.pcapng');
  expect(blocksOf(all.file)[0]).toBe(0x0a0d0d0a);
  expect(packetsIn(all.file)).toBeGreaterThan(0);
  await expect(world.getByRole('status')).toContainText('packets in postroom-two-islands.pcapng');
  expect(await axeViolations(page)).toEqual([]);

  const inspector = page.getByRole('region', { name: 'Inspector' });
  await page
    .getByRole('region', { name: 'Faults' })
    .getByRole('button', { name: 'ws-alice', exact: true })
    .click();
  const host = await download(page, inspector);
  expect(host.name).toBe('postroom-two-islands-ws-alice.pcapng');
  expect(packetsIn(host.file)).toBeGreaterThan(0);

  await inspector.getByRole('button', { name: 'resolver.far' }).click();
  await expect(inspector).toContainText('Every packet on this cable');
  const link = await download(page, inspector);
  expect(link.name).toBe('postroom-two-islands-ws-alice-resolver.far.pcapng');
  expect(packetsIn(link.file)).toBeLessThan(packetsIn(all.file));
  expect(await axeViolations(page)).toEqual([]);
});
