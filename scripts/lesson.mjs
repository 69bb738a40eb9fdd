// npm run lesson -- new ID "Title" [--minutes N] | check [ID…] [--report FILE] | draw ID [--out FILE] | play ID
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';

import { installIfNeeded, root } from './project.mjs';
import { newLesson } from './new-lesson.mjs';

const [act, ...rest] = process.argv.slice(2);
if (!installIfNeeded()) process.exit(1);
process.chdir(root);

switch (act) {
  case 'check':
  case 'draw':
    process.exitCode = await node(['scripts/node-entry.mjs', 'lesson', act, ...rest]);
    break;
  case 'new':
    await create(rest);
    break;
  case 'play':
    await play(rest);
    break;
  default:
    fail(
      'usage: npm run lesson -- new ID "Title" | check [ID…] [--report FILE] | draw ID [--out FILE] | play ID',
    );
}

/** Writes the three files of a lesson, all of which stand, and names it in the catalogue. */
async function create([id, title]) {
  if (!/^\d{1,2}\.\d{1,2}$/.test(id ?? '')) fail(`new: expected a number as 6.3, found "${id ?? ''}"`);
  if ((title ?? '').trim() === '') fail('new: expected a title after the number');
  const made = newLesson(id, title.trim());
  const folder = path.join('lessons', made.folder);
  if (existsSync(folder)) fail(`new: ${folder} is there already`);
  const index = readFileSync('lessons/index.ts', 'utf8');
  if (index.includes(`entry('${id}'`)) fail(`new: lessons/index.ts has a lesson ${id} already`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(made.files)) writeFileSync(path.join(folder, name), text);
  writeFileSync('lessons/index.ts', inserted(index, id, made.line));
  await node([
    'node_modules/prettier/bin/prettier.cjs',
    '--write',
    '--log-level',
    'warn',
    folder,
    'lessons/index.ts',
  ]);
  console.log(`${folder}: a lesson of one task that stands. Next:\n`);
  console.log(`  npm run lesson -- check ${id}    proves it`);
  console.log(`  npm run lesson -- play ${id}     shows it, and again at every change`);
  console.log('  docs/authoring.md              says what each part is for');
}

/** The catalogue with a line more, in the order of the course. */
function inserted(index, id, line) {
  const rank = (one) => one.split('.').reduce((sum, part) => sum * 100 + Number(part), 0);
  const lines = index.split('\n');
  const entries = lines.flatMap((text, i) => {
    const found = /^ {2}entry\('([\d.]+)'/.exec(text);
    return found === null ? [] : [{ id: found[1], at: i }];
  });
  const after = entries.find((one) => rank(one.id) > rank(id));
  const end = lines.findIndex((text, i) => i > (entries.at(-1)?.at ?? 0) && text === '];');
  lines.splice(after?.at ?? end, 0, line);
  return lines.join('\n');
}

/** Serves the page with reload at every change, and proves the lesson again when its files change. */
async function play([id]) {
  if (id === undefined) fail('play: expected the number of a lesson');
  if ((await check(id)) === 2) process.exit(2);
  const vite = spawn(
    process.execPath,
    ['node_modules/vite/bin/vite.js', '--host', '127.0.0.1', '--open', `/#/learn/${id}`],
    {
      stdio: 'inherit',
    },
  );
  console.log(
    `\nThe lesson is at #/learn/${id} of the address below. Save a file, and both the page and the proof follow.`,
  );
  let soon = null;
  watch('lessons', { recursive: true }, () => {
    clearTimeout(soon);
    soon = setTimeout(() => void check(id), 300);
  });
  process.on('SIGINT', () => vite.kill());
  vite.on('exit', (code) => process.exit(code ?? 0));
}

function check(id) {
  return node(['scripts/node-entry.mjs', 'lesson', 'check', id]);
}

function node(args) {
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

function fail(why) {
  console.error(why);
  process.exit(2);
}
