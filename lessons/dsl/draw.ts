/**
 * draw — a picture of a lesson's machine: its states from top to bottom, what leads on, and what each task asks
 */
import type { Lesson, LessonText, Task } from './define-lesson.ts';
import { toMachine } from './machine.ts';

const width = 720;
const boxX = 40;
const boxWidth = width - 2 * boxX;
const lineHeight = 19;
const padding = 12;
const gap = 44;

/** SVG, in the colours of the reader's scheme. The states and their order are those of the xstate machine itself. */
export function drawMachine(lesson: Lesson, text: LessonText): string {
  const states = Object.keys(toMachine(lesson).config.states ?? {});
  const parts: string[] = [];
  let y = 56;
  for (const [i, state] of states.entries()) {
    const lines = linesOf(lesson, text, state);
    const height = 2 * padding + lines.length * lineHeight;
    parts.push(box(y, height, lines));
    if (i < states.length - 1) parts.push(arrow(y + height, leadsOn(lesson, state)));
    y += height + gap;
  }
  const title = escaped(`${lesson.id} ${text.title}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-label="${title}">`,
    '<style>text{font:14px sans-serif;fill:#1b242b}.t{font-weight:600}.b{fill:#fff;stroke:#5b6770;stroke-width:1.5}',
    '.e{font-style:italic}.a{stroke:#5b6770;stroke-width:1.5;fill:none}</style>',
    `<rect width="${width}" height="${y}" fill="#f6f6f2"/>`,
    `<text x="${boxX}" y="32" class="t">${title}</text>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** What stands in the box of a state. */
function linesOf(lesson: Lesson, text: LessonText, state: string): string[] {
  const beat = lesson.beats.find(({ id }) => id === state);
  if (beat === undefined) return [state];
  const lines = [`${state} · ${text.beats[state]?.heading ?? ''}`];
  if (beat.prediction !== undefined)
    lines.push(`predicts: ${text.predictions[beat.prediction.id]?.question ?? beat.prediction.id}`);
  for (const task of beat.tasks ?? []) lines.push(...linesOfTask(task, text));
  return lines;
}

function linesOfTask(task: Task, text: LessonText): string[] {
  const words = text.tasks[task.id];
  const parts = 'quiz' in task ? [] : (task.parts ?? []).map(({ id }) => `   – ${words?.parts?.[id] ?? id}`);
  return [`${'quiz' in task ? 'answers' : 'task'}: ${words?.ask ?? task.id}`, ...parts];
}

/** The event that leaves a state. */
function leadsOn(lesson: Lesson, state: string): string {
  const beat = lesson.beats.find(({ id }) => id === state);
  const events = [
    ...(beat?.prediction === undefined ? [] : ['ANSWER']),
    ...((beat?.tasks ?? []).some((task) => !('quiz' in task)) ? ['TRACE: all seen'] : []),
    ...((beat?.tasks ?? []).some((task) => 'quiz' in task) ? ['FILL: all right'] : []),
  ];
  return events.length === 0 ? 'NEXT' : events.join(' and ');
}

function box(y: number, height: number, lines: readonly string[]): string {
  const texts = lines.map((line, i) => {
    const at = y + padding + 14 + i * lineHeight;
    return `<text x="${boxX + padding}" y="${at}"${i === 0 ? ' class="t"' : ''}>${escaped(short(line))}</text>`;
  });
  return `<rect class="b" x="${boxX}" y="${y}" width="${boxWidth}" height="${height}" rx="4"/>\n${texts.join('\n')}`;
}

function arrow(y: number, event: string): string {
  const x = boxX + 24;
  const end = y + gap;
  return (
    `<path class="a" d="M${x} ${y}V${end - 2}m-5 -7l5 7l5 -7"/>` +
    `<text x="${x + 14}" y="${y + gap / 2 + 5}" class="e">${escaped(event)}</text>`
  );
}

const charactersMax = 86;
function short(line: string): string {
  return line.length <= charactersMax ? line : `${line.slice(0, charactersMax - 1)}…`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
