import { defineConfig } from '@playwright/test';

import { chromiumOptions } from './scripts/project.mjs';

// Not the root of the server: the page works from any sub-path.
const base = '/some/deep/path/';
const port = Number(process.env['E2E_PORT'] ?? 4187);

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  fullyParallel: true,
  workers: 2,
  retries: 1, // on a busy machine; what passed only then is named by npm test
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: 'line',
  use: {
    baseURL: `http://127.0.0.1:${port}${base}`,
    viewport: { width: 1440, height: 900 },
    launchOptions: chromiumOptions(),
    screenshot: 'only-on-failure',
  },
  webServer: {
    command: `node scripts/serve.mjs --port ${port} --base ${base}`,
    url: `http://127.0.0.1:${port}${base}`,
    reuseExistingServer: false,
  },
});
