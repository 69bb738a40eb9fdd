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

const editorOf = (page: Page, file: string) =>
  page.getByRole('textbox', { name: `${file} of mx.far.example` });

/** Opens a file at the desk, with the cursor on a new last line. */
async function openFile(page: Page, file: string): Promise<void> {
  await page.getByRole('tab', { name: file, exact: true }).click();
  await editorOf(page, file).focus();
  await page.keyboard.press('Control+End');
}

test('a small message_size_limit, saved and reloaded, refuses a mail', async ({ page }) => {
  await openDesk(page);
  await openFile(page, 'main.cf');
  await page.keyboard.type('mesage_size_limit = 300\n');
  await expect(page.getByRole('button', { name: /main\.cf, line \d+ unused parameter/ })).toContainText(
    'did you mean message_size_limit?',
  );
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'As saved' }).click();
  await expect(page.getByText('not saved')).toHaveCount(0);

  await editorOf(page, 'main.cf').focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('message_size_l');
  await expect(page.getByRole('option', { name: /^message_size_limit/ })).toBeVisible();
  await expect(page.getByText('The largest mail in bytes')).toBeVisible();
  await page.waitForTimeout(100); // the list takes no key in its first 75 ms
  await page.keyboard.press('Enter');
  await page.keyboard.type('300\n');
  await expect(page.getByText(/^Nothing is wrong/)).toBeVisible();
  await page.keyboard.press('Control+s');
  await expect(transcript(page)).toContainText('# postfix reload ✓ exit code 0');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('tab', { name: 'Log', exact: true }).first().click();
  await expect(page.getByRole('region', { name: 'Log' }).first()).toContainText('552 5.3.4');
});

test('what Postfix cannot use is saved only when asked for twice, and the file as shipped comes back', async ({
  page,
}) => {
  await openDesk(page);
  await openFile(page, 'main.cf');
  await page.keyboard.type('soft_bounce = perhaps\nstale_lock_time = 400s\n');
  await expect(
    page.getByText(/1 line needs a look; \d+ set what this simulation does not act on/),
  ).toBeVisible();
  await expect(
    page.getByRole('button', { name: /this simulation does not act on stale_lock_time/ }).last(),
  ).toBeVisible();
  await page.keyboard.press('Control+s');
  const question = page.getByRole('alert').filter({ hasText: 'Postfix cannot use line' });
  await expect(question).toContainText('bad boolean configuration: soft_bounce = perhaps');
  await expect(transcript(page)).not.toContainText('postfix reload');
  expect(await axeViolations(page)).toEqual([]);
  await question.getByRole('button', { name: 'Save all the same' }).click();
  await expect(transcript(page)).toContainText('postfix reload');
  await page.getByRole('button', { name: 'As shipped' }).click();
  await expect(page.getByText(/^Nothing is wrong/)).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(editorOf(page, 'main.cf')).toContainText('soft_bounce = perhaps');
  await expect(page.getByText('not saved')).toHaveCount(0);
});

test('master.cf is checked as it is written, completes the names of options, and is saved', async ({
  page,
}) => {
  await openDesk(page);
  await openFile(page, 'master.cf');
  await page.keyboard.type('echo unix - - n - - ekko');
  await expect(
    page.getByRole('button', { name: /master\.cf, line \d+ no such program: ekko/ }),
  ).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByText(/^Nothing is wrong/)).toBeVisible();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('10587 inet n - y - - smtpd -o smtpd_ban');
  await expect(page.getByRole('option', { name: /^smtpd_banner/ })).toBeVisible();
  await page.waitForTimeout(100);
  await page.keyboard.press('Enter');
  await page.keyboard.type('$myhostname');
  await expect(page.getByText('The greeting after 220.')).toBeVisible();
  await page.keyboard.press('Control+s');
  await expect(transcript(page)).toContainText('# /etc/postfix/master.cf is saved');
  await expect(transcript(page)).toContainText('postfix reload ✓ exit code 0');
  expect(await axeViolations(page)).toEqual([]);
});

test('maximal_backoff_time is shortened, and the next try comes sooner', async ({ page }) => {
  await openDesk(page);
  await openFile(page, 'main.cf');
  await page.keyboard.type('maximal_backoff_time = 60s\nminimal_backoff_time = 60s\nqueue_run_delay = 30s\n');
  await page.getByRole('button', { name: 'Save and reload' }).click();
  await expect(transcript(page)).toContainText('postfix reload ✓ exit code 0');
  await page.getByRole('tab', { name: 'World and faults' }).click();
  await page.getByRole('button', { name: 'Cut the cable mx – mta1' }).click();
  await page.getByRole('tab', { name: 'Mail', exact: true }).click();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('tab', { name: 'Queue', exact: true }).click();
  const queued = page.getByRole('list', { name: 'Queued messages' });
  await expect(queued).toContainText(/next try [\d:]+, in 0[01]:\d\d/);
});

test('the editor is left with Tab, and every tab of the desk is clean on a phone at night', async ({
  page,
}) => {
  await openDesk(page);
  await openFile(page, 'main.cf');
  await page.keyboard.press('Tab');
  await expect(editorOf(page, 'main.cf')).not.toBeFocused();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Stage', exact: true }).click();
  for (const name of ['Queue', 'main.cf', 'master.cf', 'Log']) {
    await page.getByRole('tablist', { name: 'MTA' }).getByRole('tab', { name }).click();
    expect(await axeViolations(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0);
  }
});

test('the help lists the parameters that nothing comes of, and finds among all', async ({ page }) => {
  await page.goto('#/help');
  const find = page.getByRole('searchbox', { name: 'Find a parameter' });
  await find.fill('postscreen_greet_wait');
  await expect(page.getByText('1 found.')).toBeVisible();
  await expect(page.getByText('Not acted on here.')).toBeVisible();
  await page.getByRole('combobox', { name: 'Which' }).selectOption('acting');
  await expect(page.getByText('None is found.')).toBeVisible();
  await find.fill('qmgr backoff');
  await expect(page.getByText('maximal_backoff_time')).toBeVisible();
  expect(await axeViolations(page)).toEqual([]);
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
  await page.getByRole('button', { name: 'Queue, configuration and log' }).click();
  await expect(page.getByRole('region', { name: 'Desk of mta1.acme.example' })).toBeVisible();
});
