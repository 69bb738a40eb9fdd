/**
 * run-file — a run as a file: saved, loaded, checked
 *
 * JSON: { postroom: 1, check, run }. `check` is a checksum over the run's text, so that a damaged file is
 * told from one that another version of the engine made: the first is refused, the second is replayed with a
 * notice.
 *
 * ERRORS  WorldError: what is wrong with the file, in words for a person.
 */
import { integer, object, text, WorldError } from './hosts/checked.ts';
import { parseInputs } from './hosts/parse-command.ts';
import { parseWorld } from './hosts/parse-world.ts';
import type { Run } from './input.ts';
import { hash32 } from './kernel/random.ts';

/** The file's text. */
export function formatRun(run: Run): string {
  const body = JSON.stringify(run);
  return `{"postroom":1,"check":${checksum(body)},"run":${body}}\n`;
}

/** @throws WorldError when the file is damaged, incomplete or no run */
export function parseRun(fileText: string): Run {
  let data: unknown;
  try {
    data = JSON.parse(fileText);
  } catch {
    throw new WorldError(
      'This file is damaged: it is not complete JSON. Save the run again, or ask for a new copy.',
    );
  }
  const file = object(data, 'file');
  if (file['postroom'] !== 1)
    throw new WorldError('This is not a run saved by Postroom: "postroom": 1 is missing.');
  const raw = object(file['run'], 'run');
  if (checksum(JSON.stringify(raw)) !== file['check'])
    throw new WorldError(
      'This file is damaged: its checksum does not match. Save the run again, or ask for a new copy.',
    );
  return {
    version: text(raw['version'], 'run.version'),
    world: parseWorld(raw['world'], 'run.world'),
    seed: integer(raw['seed'], 'run.seed', 0, 0xffffffff),
    inputs: parseInputs(raw['inputs'], 'run.inputs'),
  };
}

function checksum(body: string): number {
  return hash32(body);
}
