/**
 * checked — fields of untrusted data, each checked before it is used
 *
 * ERRORS  WorldError: where in the data, what was expected, what was found.
 */

/** Data that is not a world, an input or a run. */
export class WorldError extends Error {
  override name = 'WorldError';
}

/** An object whose fields are yet to be checked. */
export type Fields = Record<string, unknown>;

const textMax = 1_000_000;

/** @throws WorldError */
export function object(data: unknown, at: string): Fields {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new WorldError(`${at}: expected an object, found ${show(data)}`);
  return data as Fields;
}
/** At most a million characters. @throws WorldError */
export function text(data: unknown, at: string): string {
  if (typeof data !== 'string') throw new WorldError(`${at}: expected text, found ${show(data)}`);
  if (data.length > textMax)
    throw new WorldError(`${at}: expected at most ${textMax} characters, found ${data.length}`);
  return data;
}
/** @throws WorldError */
export function integer(data: unknown, at: string, min: number, max: number): number {
  if (typeof data !== 'number' || !Number.isSafeInteger(data) || data < min || data > max)
    throw new WorldError(`${at}: expected an integer from ${min} to ${max}, found ${show(data)}`);
  return data;
}
/** At most `max` entries. @throws WorldError */
export function list(data: unknown, at: string, max: number): unknown[] {
  if (!Array.isArray(data)) throw new WorldError(`${at}: expected a list, found ${show(data)}`);
  if (data.length > max) throw new WorldError(`${at}: expected at most ${max} entries, found ${data.length}`);
  return data as unknown[];
}
/** @throws WorldError */
export function oneOf<T extends string>(data: unknown, at: string, values: readonly T[]): T {
  const value = values.find((candidate) => candidate === data);
  if (value === undefined)
    throw new WorldError(`${at}: expected one of ${JSON.stringify(values)}, found ${show(data)}`);
  return value;
}
/** Two texts. @throws WorldError */
export function pair(data: unknown, at: string): [string, string] {
  const items = list(data, at, 2);
  if (items.length !== 2) throw new WorldError(`${at}: expected 2 entries, found ${items.length}`);
  return [text(items[0], `${at}[0]`), text(items[1], `${at}[1]`)];
}
/** A number that is one. @throws WorldError */
export function finite(data: unknown, at: string): number {
  if (typeof data !== 'number' || !Number.isFinite(data))
    throw new WorldError(`${at}: expected a number, found ${show(data)}`);
  return data;
}

/** Data as an error shows it. */
export function show(data: unknown): string {
  const shown = JSON.stringify(data) ?? String(data);
  return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
}
