// Pictures of the page: node scripts/screenshot.mjs OUT.png [--hash '#/'] [--width 1440] [--height 900] [--dark] [--wait 3000]
// Needs a build (npm run build). Several widths at once: --width 1440,1024,390 adds the width to the name.
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

import { chromiumOptions } from './project.mjs';
import { serve } from './serve.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hash: { type: 'string', default: '' },
    dir: { type: 'string', default: 'dist' },
    width: { type: 'string', default: '1440' },
    height: { type: 'string', default: '900' },
    dark: { type: 'boolean', default: false },
    reduced: { type: 'boolean', default: false },
    wait: { type: 'string', default: '3000' },
    click: { type: 'string', multiple: true, default: [] },
    press: { type: 'string', multiple: true, default: [] },
  },
});
if (positionals.length !== 1) {
  console.error(
    'usage: node scripts/screenshot.mjs OUT.png [--hash #/…] [--width N[,N…]] [--height N] [--dark] [--wait MS] [--click SELECTOR]… [--press KEY]… [--dir dist]',
  );
  process.exit(2);
}
const [out] = positionals;
const widths = values.width.split(',').map(Number);
const { server, url } = await serve({ dir: values.dir });
const browser = await chromium.launch(chromiumOptions());
for (const width of widths) {
  const page = await browser.newPage({
    viewport: { width, height: Number(values.height) },
    colorScheme: values.dark ? 'dark' : 'light',
    reducedMotion: values.reduced ? 'reduce' : 'no-preference',
  });
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await page.goto(url + values.hash);
  for (const selector of values.click) await page.locator(selector).first().click();
  for (const key of values.press) await page.keyboard.press(key);
  await page.waitForTimeout(Number(values.wait));
  const file = widths.length === 1 ? out : out.replace(/(\.png)?$/, `-${width}.png`);
  await page.screenshot({ path: file });
  console.log(file);
  await page.close();
}
await browser.close();
server.close();
