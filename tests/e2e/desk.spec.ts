// The desk of an MTA: its queue and its main.cf, by the commands of Postfix.
import type { Page } from '@playwright/test';

import { axeViolations, expect, test } from './page.ts';

async function openDesk(page: Page): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('#/sandbox/two-islands');
  await expect(page.getByRole('heading', { name: 'Two islands' })).toBeVisible();
  await page.keyboard.press('7');
  await expect(page.getByRole('region', { name: 'Desk of mx.far.example' })).toBeVisible();
}

const transcript = (page: Page) => page.getByRole('log', { name: 'Commands and output' });

test('a small message_size_limit, saved and reloaded, refuses a mail', async ({ page }) => {
  await openDesk(page);
  await page.getByRole('tab', { name: 'main.cf' }).click();
  const editor = page.getByRole('textbox', { name: 'main.cf of mx.far.example' });
  const text = await editor.inputValue();
  await editor.fill(`mesage_size_limit = 300\n${text}`);
  await expect(page.getByRole('button', { name: /line 1 unused parameter/ })).toContainText(
    'did you mean message_size_limit?',
  );
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(editor).toHaveValue(text);
  await editor.fill(`${text}message_size_limit = 300\n`);
  await expect(page.getByText('Nothing is wrong')).toBeVisible();
  expect(await axeViolations(page)).toEqual([]);
  await page.keyboard.press('Control+s');
  await expect(transcript(page)).toContainText('# postfix reload ✓ exit code 0');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('tab', { name: 'Log', exact: true }).first().click();
  await expect(page.getByRole('region', { name: 'Log' }).first()).toContainText('552 5.3.4');
});

test('a deferred mail is held, released, flushed and deleted, each by its command', async ({ page }) => {
  await openDesk(page);
  await page.getByRole('tab', { name: 'World and faults' }).click();
  await page.getByRole('button', { name: 'Cut the cable mx – mta1' }).click();
  await page.getByRole('tab', { name: 'Mail', exact: true }).click();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const queued = page.getByRole('list', { name: 'Queued messages' });
  await expect(queued).toContainText('deferred');
  await expect(queued).toContainText('No route to host');
  expect(await axeViolations(page)).toEqual([]);

  await queued.getByRole('button', { name: /^Hold/ }).click();
  await expect(transcript(page)).toContainText(/postsuper -h [0-9A-F]+ ✓ exit code 0/);
  await expect(transcript(page)).toContainText('placed on hold');
  await expect(queued).toContainText('hold');
  await queued.getByRole('button', { name: /^Release/ }).click();
  await expect(queued).toContainText('deferred');
  await page.getByRole('button', { name: 'Flush all' }).click();
  await expect(transcript(page)).toContainText('postqueue -f ✓ exit code 0');
  await expect(queued).toContainText('deferred');
  await queued.getByRole('button', { name: /^Delete/ }).click();
  await expect(transcript(page)).toContainText(/postsuper -d [0-9A-F]+ ✓ exit code 0/);
  await expect(page.getByText('No mail is queued')).toBeVisible();
});

test('the inspector of an MTA leads to its desk', async ({ page }) => {
  await page.goto('#/sandbox/two-islands');
  await page.getByRole('tab', { name: 'World and faults' }).click();
  await page.getByRole('button', { name: 'mta1', exact: true }).click();
  await page.getByRole('button', { name: 'Queue, main.cf and log' }).click();
  await expect(page.getByRole('region', { name: 'Desk of mta1.acme.example' })).toBeVisible();
});
