// The workspace: panes, keys, inspector, faults, run files, two tabs; and the screens for when nothing works.
import { readFileSync } from 'node:fs';

import { test as plainTest, type Page } from '@playwright/test';

import { axeViolations, expect, test } from './page.ts';

const open = async (page: Page, hash = '#/sandbox/two-islands') => {
  await page.goto(hash);
  await expect(page.getByRole('heading', { name: 'Two islands' })).toBeVisible();
};

for (const width of [1440, 1024, 390])
  for (const colorScheme of ['light', 'dark'] as const)
    test(`the sandbox is clean at ${width} px, ${colorScheme}`, async ({ page }) => {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await open(page);
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await expect(page.getByText('Loading…')).toHaveCount(0);
      expect(await axeViolations(page)).toEqual([]);
      for (const pane of width === 390 ? ['Stage', 'Inspector', 'Events'] : []) {
        await page.getByRole('button', { name: pane, exact: true }).click();
        expect(await axeViolations(page)).toEqual([]);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0);
    });

test('number keys choose the view, ? shows the keys, z fills the window, d describes', async ({ page }) => {
  await open(page);
  await page.keyboard.press('3');
  await expect(page.getByRole('tab', { name: 'Queues' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('Pause, play');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('d');
  await expect(page.getByRole('dialog', { name: 'The stage now' })).toContainText('All 12 hosts are up.');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('z');
  await expect(page.getByRole('region', { name: 'Mail' })).toBeHidden();
  await page.keyboard.press('z');
  await expect(page.getByRole('region', { name: 'Mail' })).toBeVisible();
});

test('single-key shortcuts can be turned off', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel(/Shortcuts of a single key/).uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('3');
  await expect(page.getByRole('tab', { name: 'Map' })).toHaveAttribute('aria-selected', 'true');
});

test('a splitter moves by keyboard and its place is kept', async ({ page }) => {
  await open(page);
  const splitter = page.getByRole('separator', { name: 'Width of Mail' });
  await splitter.focus();
  await page.keyboard.press('ArrowRight');
  await expect(splitter).toHaveAttribute('aria-valuenow', '400');
  await page.reload();
  await expect(splitter).toHaveAttribute('aria-valuenow', '400');
});

test('a host is stopped and started from the world pane and from the inspector', async ({ page }) => {
  await open(page);
  await page.getByRole('tab', { name: 'World and faults' }).click();
  await page.getByRole('button', { name: 'Stop mbox1' }).click();
  await page.getByRole('button', { name: 'mbox1', exact: true }).first().click();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector).toContainText('stopped');
  await inspector.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(inspector).toContainText(/up since/);
  await expect(inspector.getByRole('button', { name: 'Crash' })).toBeVisible();
});

test('a run is saved to a file and opened again; a damaged file is refused in plain words', async ({
  page,
}) => {
  await open(page);
  await page.getByRole('tab', { name: 'World and faults' }).click();
  await page.getByRole('button', { name: 'Cut the cable mx – mta1' }).click();
  await expect(page.getByText('cut', { exact: true }).first()).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save to a file' }).click();
  const file = readFileSync(await (await download).path(), 'utf8');

  const input = page.getByLabel('Open a run file');
  const bytes = (text: string) => ({
    name: 'run.json',
    mimeType: 'application/json',
    buffer: Buffer.from(text),
  });
  await input.setInputFiles(bytes(file.replace('two-islands', 'two-island5')));
  await expect(page.getByRole('alert')).toContainText('This file is damaged');

  await page.getByRole('button', { name: 'Reset world' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reset world' }).click();
  await page.getByRole('tab', { name: 'World and faults' }).click();
  await expect(page.getByRole('button', { name: 'Cut the cable mx – mta1' })).toBeVisible();
  await page.getByLabel('Open a run file').setInputFiles(bytes(file));
  await page.getByRole('tab', { name: 'World and faults' }).click();
  await expect(page.getByRole('button', { name: 'Mend the cable mx – mta1' })).toBeVisible();
});

test('a second tab works on a copy and says so', async ({ page, context }) => {
  await open(page);
  const second = await context.newPage();
  await open(second);
  await expect(second.getByText(/open in another tab/)).toBeVisible();
  await expect(page.getByText(/open in another tab/)).toHaveCount(0);
});

test('an address that leads nowhere says so', async ({ page }) => {
  await page.goto('#/nowhere');
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  await page.goto('#/sandbox/atlantis');
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
});

test('a browser that is too old is told what to do', async ({ page }) => {
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'structuredClone');
  });
  await page.goto('.');
  await expect(page.getByRole('heading', { name: 'This browser is too old for Postroom' })).toBeVisible();
  expect(await axeViolations(page)).toEqual([]);
});

test('a worker that dies leaves a screen that says so, and the world starts again from the kept work', async ({
  page,
}) => {
  await page.addInitScript(() => {
    // The first simulation worker dies a second after Send, as one does that runs out of memory.
    const Real = window.Worker;
    const born: Worker[] = [];
    window.Worker = class extends Real {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        born.push(this);
      }
    };
    const die = () =>
      born[0]!.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));
    addEventListener('submit', () => setTimeout(die, 1000), { once: true });
  });
  await page.goto('.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'The world has stopped' })).toBeVisible();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByText(/^What it said/).click();
  await expect(page.getByText('out of memory').last()).toBeVisible();
  await page.getByRole('button', { name: 'Start again from the kept work' }).click();
  await expect(page.getByText(/^sent .* ago$/)).toBeVisible();
});

test.describe('without JavaScript', () => {
  plainTest.use({ javaScriptEnabled: false });
  plainTest('the page says that it needs it', async ({ page }) => {
    await page.goto('.');
    await expect(page.getByRole('heading', { name: 'Postroom needs JavaScript' })).toBeVisible();
  });
});

test('kept work of a world that is not built in is found again, also under a name that is', async ({
  page,
}) => {
  await open(page);
  await page.getByRole('tab', { name: 'World and faults' }).click();
  await page.getByRole('button', { name: 'Cut the cable mx – mta1' }).click();
  await expect(page.getByText(/^saved/).first()).toBeVisible();
  await page.evaluate(keepUnder, { name: 'elsewhere', title: 'Elsewhere' });

  await page.goto('./#/sandbox/elsewhere');
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByText('Elsewhere', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await page.evaluate(keepUnder, { name: 'two-islands', title: 'My islands' });
  await page.goto('./#/sandbox/two-islands');
  await expect(page.getByText('My islands', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
});

/** In the page: the kept run of two-islands once more, with a world of another name and title. */
function keepUnder({ name, title }: { name: string; title: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('keyval-store');
    opening.onerror = () => reject(new Error('no database'));
    opening.onsuccess = () => {
      const changing = opening.result.transaction('keyval', 'readwrite');
      const store = changing.objectStore('keyval');
      const reading = store.get('run:world:two-islands');
      reading.onsuccess = () => {
        const kept = structuredClone(reading.result) as { run: { world: { name: string; title: string } } };
        Object.assign(kept.run.world, { name, title });
        store.put(kept, `run:world:${name}`);
      };
      changing.oncomplete = () => resolve();
    };
  });
}
