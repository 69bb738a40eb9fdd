// The first visit: send, watch, read, rewind, cut the cable, wait, mend; and the work is there after a reload.
import type { Page } from '@playwright/test';

import { expect, test } from './page.ts';

const send = (page: Page) => page.getByRole('button', { name: 'Send', exact: true });
const inbox = (page: Page) => page.getByRole('region', { name: /Bob’s inbox/ });
const waiting = (page: Page) => page.getByRole('region', { name: /Not lost: it waits on mx/ });

async function sendAndSkip(page: Page): Promise<void> {
  await send(page).click();
  await page.getByRole('button', { name: 'Skip to the end' }).click();
}

test('a letter is sent, crosses the world and is read in Bob’s inbox, in a quarter of a minute', async ({
  page,
}) => {
  await page.goto('.');
  await send(page).click();
  await expect(page.getByText(/^sent .* ago$/)).toBeVisible();
  await expect(inbox(page)).toContainText('empty');
  await expect(inbox(page)).toContainText('read', { timeout: 40_000 });
  await expect(inbox(page)).toContainText('alice@far.example');
  await expect(page.getByText(/^You saw \d+ things happen/)).toBeVisible();
  for (const name of ['Rewind', 'Cut the cable and send again'])
    await expect(page.getByRole('button', { name })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Start lesson 1', exact: true })).toBeVisible();
});

test('every thing that happened can be asked why', async ({ page }) => {
  await page.goto('.');
  await sendAndSkip(page);
  const steps = page.getByRole('list', { name: 'What happened to the letter' }).getByRole('button');
  await expect(steps.last()).toContainText('Bob reads it');
  await steps.last().click();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await expect(inspector.getByRole('heading', { name: 'Why' })).toBeVisible();
  await expect(inspector).toContainText('because');
  await page.keyboard.press('Escape');
});

test('rewind shows the past and returns to live by itself', async ({ page }) => {
  await page.goto('.');
  await sendAndSkip(page);
  await expect(inbox(page)).toContainText('read');
  await page.getByRole('button', { name: 'Rewind' }).click();
  await expect(page.getByText(/^PAST −/)).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText(/^PAST −/)).toBeVisible();
  await page.getByRole('button', { name: 'Return to live' }).click();
  await expect(inbox(page)).toContainText('read');
});

test('with the cable cut the letter waits with a reason and a next try, and arrives once it is mended', async ({
  page,
}) => {
  await page.goto('.');
  await sendAndSkip(page);
  await page.getByRole('button', { name: 'Cut the cable and send again' }).click();
  await page.getByRole('button', { name: 'Skip to the end' }).click();
  await expect(waiting(page)).toContainText('No route to host');
  await expect(waiting(page)).toContainText(/Next try at \d\d:\d\d:\d\d/);
  await waiting(page).getByRole('button', { name: 'Mend the cable' }).click();
  await waiting(page).getByRole('button', { name: 'Skip to it' }).click();
  await page.getByRole('button', { name: 'Skip to the end' }).click();
  await expect(inbox(page)).toContainText('read');
  await expect(page.getByRole('button', { name: 'Cut the cable and send again' })).toBeVisible();
});

test('what was done is there after a reload', async ({ page }) => {
  await page.goto('.');
  await page.getByLabel('Text').fill('Grüße, Bob! ✉');
  await sendAndSkip(page);
  await expect(inbox(page)).toContainText('Grüße, Bob! ✉');
  await expect(inbox(page)).toContainText('read');
  await page.goto('#/sandbox/two-islands');
  await expect(page.getByText(/^saved .* on this device$/)).toBeVisible();
  await page.goto('#/');
  await expect(page.getByRole('heading', { name: 'The route' })).toBeVisible(); // nothing is under way any more
  await page.reload();
  await expect(inbox(page)).toContainText('read');
  await expect(inbox(page)).toContainText('Grüße, Bob! ✉');
});

test('the first run goes by keyboard alone', async ({ page }) => {
  await page.goto('.');
  await expect(send(page)).toBeEnabled();
  await page.getByLabel('Text').focus();
  await page.keyboard.press('Enter');
  const skip = page.getByRole('button', { name: 'Skip to the end' });
  await expect(skip).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(send(page)).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(skip).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(inbox(page)).toContainText('read');
  await page.keyboard.press('Tab');
});

test('letters sent one after the other do not slow each other down, and the time bar says so', async ({
  page,
}) => {
  await page.goto('.');
  for (let i = 0; i < 4; i++) {
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(page.getByText(/^sent .* ago$/)).toBeVisible();
  }
  await expect(page.getByText('4 letters are under way; the lines come the faster.')).toBeVisible();
  await expect(inbox(page)).toContainText('fetched by IMAP', { timeout: 30_000 });
});
