// Lesson 1.1 from the first to the last task: by mouse, by keyboard alone, on a phone, and over a reload.
import type { Locator, Page } from '@playwright/test';

import { axeViolations, expect, test } from './page.ts';

const lesson = './#/learn/1.1';
const story = (page: Page) => page.getByRole('region', { name: 'Story' });
const beat = (page: Page) => story(page).locator('[aria-current="step"]');
const task = (page: Page, name: string) => story(page).getByRole('button', { name });
const mail = (page: Page) => page.getByRole('region', { name: 'User agent' });
const inspector = (page: Page) => page.getByRole('region', { name: 'Inspector' });
const send = (page: Page) => mail(page).getByRole('button', { name: 'Send', exact: true });

const arrives = 'Send a mail from Alice to Bob and watch it reach his mailbox';
const bobReads = 'Open the letter in Bob’s inbox';
const waits = 'Cut the cable, send again, and find where the letter waits';
const secondArrives = 'Mend the cable and let the second letter arrive';

test.setTimeout(150_000);
/** Sixteen workers on a busy machine take their time. */
const patiently = { timeout: 45_000 };

async function open(page: Page): Promise<void> {
  await page.goto(lesson);
  await expect(send(page)).toBeEnabled();
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('real');
}

/** Up to the question, by mouse. */
async function firstHalf(page: Page): Promise<void> {
  await send(page).click();
  await expect(story(page)).toContainText('The letter is on its way.');
  await expect(task(page, arrives)).toContainText('done', patiently);
  await mail(page).getByRole('button', { name: 'Bob', exact: true }).click();
  await mail(page).getByRole('button', { name: 'Check for letters' }).click();
  await mail(page)
    .getByRole('list', { name: /Letters/ })
    .getByRole('button')
    .click();
  await expect(mail(page).getByRole('article')).toContainText('alice@far.example');
  await expect(task(page, bobReads)).toContainText('done', patiently);
}

test('is finished by mouse', async ({ page }) => {
  await open(page);
  await firstHalf(page);

  await expect(beat(page)).toContainText('Where is her letter a minute later?', patiently);
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible(); // the clock stands still
  await story(page).getByRole('button', { name: 'Lost on the way' }).click();
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await expect(story(page)).toContainText('You said: Lost on the way.');

  const cable = page.getByRole('button', {
    name: /^Cable between mx\.far\.example and mta1\.acme\.example/,
  });
  const { width, height } = (await cable.boundingBox())!;
  await cable.click({ position: { x: width - 8, y: height / 2 } }); // beside the numbered steps on it
  await inspector(page).getByRole('button', { name: 'Cut', exact: true }).click();
  await expect(task(page, waits)).toContainText('partly');
  await expect(story(page)).toContainText('nobody has sent anything since');
  await mail(page).getByRole('button', { name: 'Alice', exact: true }).click();
  await send(page).click();
  await expect(task(page, waits)).toContainText('done', patiently);
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('minute');
  await inspector(page).getByRole('button', { name: 'Mend', exact: true }).click();
  await expect(task(page, secondArrives)).toContainText('done', patiently);

  const end = story(page).getByRole('region', { name: 'The end of the lesson' });
  await expect(end).toContainText('transfer agents carry');
  await end.getByRole('button', { name: /Many people think/ }).click();
  await expect(end).toContainText('It goes from stop to stop');
  await expect(end.getByRole('link', { name: /sandbox/ })).toHaveAttribute('href', '#/sandbox/two-islands');
  await page.goto('./#/learn');
  await expect(page.getByRole('listitem').filter({ hasText: '1.1 The journey' }).last()).toContainText(
    'finished',
  );
});

/** Presses Tab until what has the focus is the one wanted. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let i = 0; i < 150; i++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${wanted.toString()}`);
}

async function press(page: Page, wanted: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press(key);
}

async function speedUpTo(page: Page, id: string): Promise<void> {
  const speed = page.getByRole('combobox', { name: 'Speed' });
  for (let i = 0; i < 8 && (await speed.inputValue()) !== id; i++) await page.keyboard.press(']');
  await expect(speed).toHaveValue(id);
}

test('is finished by keyboard alone', async ({ page }) => {
  await page.goto(lesson);
  await expect(send(page)).toBeEnabled();
  await speedUpTo(page, 'real');
  await page.keyboard.press('h');
  await expect(story(page)).toContainText('Which machine does Alice sit at?');
  await press(page, send(page));
  await expect(task(page, arrives)).toContainText('done', patiently);
  await press(page, mail(page).getByRole('button', { name: 'Bob', exact: true }));
  await press(page, mail(page).getByRole('button', { name: 'Check for letters' }), 'Space');
  await press(
    page,
    mail(page)
      .getByRole('list', { name: /Letters/ })
      .getByRole('button'),
  );
  await expect(beat(page)).toContainText('Where is her letter a minute later?', patiently);
  await page.keyboard.press('3');
  await expect(story(page)).toContainText('You said: In a queue on mx.far.');

  await press(page, story(page).getByRole('button', { name: /cable between/ }));
  await press(page, inspector(page).getByRole('button', { name: 'Cut', exact: true }));
  await press(page, mail(page).getByRole('button', { name: 'Alice', exact: true }));
  const text = mail(page).getByRole('textbox', { name: 'Text' });
  await tabTo(page, text);
  await page.keyboard.press('Control+Enter');
  await expect(task(page, waits)).toContainText('done', patiently);
  await press(page, inspector(page).getByRole('button', { name: 'Mend', exact: true }));
  await speedUpTo(page, 'minute');
  await expect(task(page, secondArrives)).toContainText('done', patiently);
  await expect(story(page)).toContainText('What you saw');
});

test('is where it was after a reload, and nothing is counted twice', async ({ page }) => {
  await open(page);
  await firstHalf(page);
  await story(page).getByRole('button', { name: 'In a queue on mx.far' }).click();
  await expect(beat(page)).toContainText('Cut it, and send again');
  await expect(page.getByText(/^saved/)).toBeVisible();
  await page.waitForTimeout(500); // progress is kept right after the run

  await page.reload();
  await expect(beat(page)).toContainText('Cut it, and send again');
  await expect(send(page)).toBeEnabled();
  for (const name of [arrives, bobReads]) await expect(task(page, name)).toContainText('done');
  await expect(task(page, waits)).toContainText('not yet');
  await expect(story(page)).toContainText('You said: In a queue on mx.far.');
  await mail(page).getByRole('button', { name: 'Bob', exact: true }).click();
  await expect(mail(page)).toContainText('server says: 1 letter');
});

test('does a task for the learner when all hints are used up, and says so', async ({ page }) => {
  await open(page);
  for (const name of ['Give me a nudge', 'Where do I look?', 'How do I do it?', 'Do it for me'])
    await story(page).getByRole('button', { name }).click();
  await expect(task(page, arrives)).toContainText('shown', patiently);
});

test('tells what came back when the letter went to nobody, and shows the evidence', async ({ page }) => {
  await open(page);
  await mail(page).getByRole('textbox', { name: 'To' }).fill('bobby@acme.example');
  await send(page).click();
  await expect(story(page)).toContainText('The letter came back to Alice', patiently);
  await story(page).getByRole('button', { name: 'Show me' }).click();
  await expect(inspector(page)).toContainText('mailbox');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });
  const pane = (page: Page, name: string) =>
    page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name });

  test('it can be finished', async ({ page }) => {
    await page.goto(lesson);
    await pane(page, 'Mail').tap();
    await expect(send(page)).toBeEnabled();
    await page.getByRole('combobox', { name: 'Speed' }).selectOption('real');
    await send(page).tap();
    await pane(page, 'Story').tap();
    await expect(task(page, arrives)).toContainText('done', patiently);
    await pane(page, 'Mail').tap();
    await mail(page).getByRole('button', { name: 'Bob', exact: true }).tap();
    await mail(page).getByRole('button', { name: 'Check for letters' }).tap();
    await mail(page)
      .getByRole('list', { name: /Letters/ })
      .getByRole('button')
      .tap();
    await pane(page, 'Story').tap();
    await story(page).getByRole('button', { name: 'In a queue on mx.far' }).tap();
    await story(page)
      .getByRole('button', { name: /cable between/ })
      .tap(); // brings up the inspector
    await inspector(page).getByRole('button', { name: 'Cut', exact: true }).tap();
    await pane(page, 'Mail').tap();
    await mail(page).getByRole('button', { name: 'Alice', exact: true }).tap();
    await send(page).tap();
    await pane(page, 'Story').tap();
    await expect(task(page, waits)).toContainText('done', patiently);
    await page.getByRole('combobox', { name: 'Speed' }).selectOption('minute');
    await pane(page, 'Inspector').tap();
    await inspector(page).getByRole('button', { name: 'Mend', exact: true }).tap();
    await pane(page, 'Story').tap();
    await expect(story(page)).toContainText('What you saw', patiently);
  });
});

for (const width of [1440, 1024, 390])
  for (const colorScheme of ['light', 'dark'] as const)
    test(`lesson and course map are clean at ${width} px, ${colorScheme}`, async ({ page }) => {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const place of [lesson, './#/learn']) {
        await page.goto(place);
        await expect(page.getByText('The journey in one minute').first()).toBeVisible();
        await page.waitForTimeout(800);
        expect(await axeViolations(page), place).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, `${place} scrolls sideways`).toBeLessThanOrEqual(0);
      }
    });
