/** colours — the tokens of the page as the sixteen colours of a terminal */
import type { ITheme } from '@xterm/xterm';

const tokens: Readonly<Record<keyof ITheme & string, string>> = {
  background: '--pane',
  foreground: '--ink',
  cursor: '--ink',
  cursorAccent: '--pane',
  selectionBackground: '--post-wash',
  selectionInactiveBackground: '--post-wash',
  black: '--ink',
  red: '--fail-text',
  green: '--ok-text',
  yellow: '--wait-text',
  blue: '--smtp-text',
  magenta: '--dns-text',
  cyan: '--ldap-text',
  white: '--ink-2',
  brightBlack: '--ink-3',
  brightRed: '--fail-text',
  brightGreen: '--ok-text',
  brightYellow: '--wait-text',
  brightBlue: '--smtp-text',
  brightMagenta: '--dns-text',
  brightCyan: '--ldap-text',
  brightWhite: '--ink',
} as Record<keyof ITheme & string, string>;

/** The colours as they are now. @param within an element of the page */
export function themeOf(within: HTMLElement): ITheme {
  const probe = document.createElement('span');
  within.append(probe);
  const theme = Object.fromEntries(
    Object.entries(tokens).map(([name, token]) => {
      probe.style.color = `var(${token})`;
      return [name, getComputedStyle(probe).color];
    }),
  );
  probe.remove();
  return theme;
}

/** Calls when the page changes between day and night. @returns ends it */
export function onThemeChange(changed: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  query.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    query.removeEventListener('change', changed);
  };
}
