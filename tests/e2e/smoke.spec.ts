// The page loads from a sub-path, without errors and without accessibility violations, wide and narrow, light and dark.
import { axeViolations, expect, test } from './page.ts';

const widths = [1440, 1024, 390];

for (const width of widths)
  for (const colorScheme of ['light', 'dark'] as const)
    test(`the first screen is clean at ${width} px, ${colorScheme}`, async ({ page }) => {
      await page.setViewportSize({ width, height: 844 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto('.');
      await expect(page).toHaveTitle(/Postroom/);
      await expect(page.getByRole('button', { name: /send/i }).first()).toBeVisible();
      expect(await axeViolations(page)).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0);
    });
