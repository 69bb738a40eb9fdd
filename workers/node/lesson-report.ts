/**
 * lesson-report — the proofs of lessons as one page that stands alone
 */
import type { Proof } from './lesson.ts';

/** HTML without scripts and without anything to fetch. */
export function reportPage(proofs: readonly Proof[]): string {
  const all = proofs.flatMap(({ findings }) => findings);
  const failed = all.filter(({ wrong }) => wrong !== null).length;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Proof of the lessons</title>
<style>
:root{color-scheme:light dark}
body{max-width:56rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 Georgia,serif}
h2{margin:2rem 0 .3rem;font-weight:500}ul{list-style:none;padding:0;margin:0}
li{padding:.2rem 0 .2rem 1.6rem;border-top:1px solid #8884;position:relative}
li::before{content:"✓";position:absolute;left:.2rem}li.no::before{content:"✗"}
li.no{font-weight:600}pre{margin:.2rem 0;font:13px/1.4 monospace;white-space:pre-wrap;font-weight:400}
</style>
<h1>Proof of the lessons</h1>
<p>${all.length - failed} passed, ${failed} failed, in ${proofs.length} lessons. Each lesson was played
headless in the simulation:
its solution, other ways, wrong ways, doing nothing, and its hints followed to the letter.</p>
${proofs.map(sectionOf).join('\n')}
</html>
`;
}

function sectionOf({ id, title, findings, ms }: Proof): string {
  const items = findings.map(({ name, wrong }) =>
    wrong === null
      ? `<li>${escaped(name)}</li>`
      : `<li class="no">${escaped(name)}<pre>${escaped(wrong)}</pre></li>`,
  );
  return `<h2>${escaped(`${id} ${title}`)}</h2><p>${(ms / 1000).toFixed(1)} s</p><ul>${items.join('')}</ul>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
