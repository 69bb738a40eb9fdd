// The recorded cases as seeds: what clients said to the real server, and the files of the worlds.
import { readdirSync, readFileSync } from 'node:fs';

import { postcard } from '../../lessons/worlds/postcard/world.ts';
import { twoIslands } from '../../lessons/worlds/two-islands/world.ts';

const folder = 'tests/conformance/smtp/recorded';

interface Step {
  send?: string | string[];
  raw?: string;
  message?: string[];
}

/** What one client says, piece by piece, one character per byte. */
export type Dialogue = readonly string[];

/** Each recorded dialogue. */
export function recordedDialogues(): Dialogue[] {
  const files = readdirSync(`${folder}/cases`).map((name) => `${folder}/cases/${name}`);
  return files.flatMap((file) => {
    const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: { steps: Step[] }[] };
    return cases.map(({ steps }) => steps.map(saidIn).filter((said) => said !== ''));
  });
}

function saidIn({ send, raw, message }: Step): string {
  const text =
    raw ??
    (message === undefined ? '' : [...message, '.'].map((line) => `${line}\r\n`).join('')) +
      (send === undefined
        ? ''
        : [send]
            .flat()
            .map((line) => `${line}\r\n`)
            .join(''));
  return Buffer.from(text).toString('latin1');
}

/** The configurations that the cases were recorded with. */
export function recordedConfigurations(): string[] {
  const names = readdirSync(`${folder}/configs`).filter((name) => name.endsWith('.cf'));
  return names.map((name) => readFileSync(`${folder}/configs/${name}`, 'utf8'));
}

/** Files of the worlds of the lessons whose path matches. */
export function worldFiles(path: RegExp): string[] {
  const files = [twoIslands, postcard].flatMap(({ hosts }) => hosts.map((host) => host.files));
  return files.flatMap((of) => Object.entries(of).flatMap(([name, text]) => (path.test(name) ? [text] : [])));
}
