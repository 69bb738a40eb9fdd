import { expect, test } from 'vitest';

import { commandOf, keyTable } from '../../src/ui/keys.ts';

const press = (key: string, modifiers: { shiftKey?: boolean; altKey?: boolean; ctrlKey?: boolean } = {}) => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...modifiers,
});

test('every row of the table is obeyed, and no two rows share a key', () => {
  const seen = new Set<string>();
  for (const row of keyTable) {
    const modifiers = { shiftKey: row.shift ?? false, altKey: row.alt ?? false };
    const name = JSON.stringify([row.key, modifiers]);
    expect(seen.has(name), row.keys).toBe(false);
    seen.add(name);
    expect(commandOf(press(row.key, modifiers), 'page', true), row.keys).toBe(row.command);
  }
});

test('keys write in a field, and the space bar presses a button', () => {
  expect(commandOf(press('3'), 'field', true)).toBeNull();
  expect(commandOf(press('Escape'), 'field', true)).toBe('back');
  expect(commandOf(press(' '), 'button', true)).toBeNull();
  expect(commandOf(press('3'), 'button', true)).toBe('view-3');
});

test('single keys can be turned off; those with Alt, and Escape, stay', () => {
  expect(commandOf(press(' '), 'page', false)).toBeNull();
  expect(commandOf(press('ArrowRight', { altKey: true }), 'page', false)).toBe('next-interesting');
  expect(commandOf(press('Escape'), 'page', false)).toBe('back');
});

test('the browser keeps its own shortcuts, and "?" may need Shift', () => {
  expect(commandOf(press('s', { ctrlKey: true }), 'page', true)).toBeNull();
  expect(commandOf(press('?', { shiftKey: true }), 'page', true)).toBe('help');
  expect(commandOf(press('N', { shiftKey: true }), 'page', true)).toBe('previous-mail');
});
