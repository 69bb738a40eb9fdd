/**
 * parameters — the values of main.cf as a daemon reads them: typed, with $names expanded and -o overrides
 * applied
 *
 * An interface, so that a test can give a daemon a handful of values; main-cf.ts reads the real file,
 * params.ts has the defaults.
 *
 * SEE ALSO  postconf(5)
 */

import type { Row } from './params.ts';

/** Values by their names in postconf(5). A name that is not in params.ts is a bug (assert). */
export interface Parameters {
  /** with every $name expanded; '' when empty */
  text(name: string): string;
  /** Whether there is such a parameter: main.cf may name restriction classes that it does not define. */
  has(name: string): boolean;
  bool(name: string): boolean;
  number(name: string): number;
  /** microseconds */
  time(name: string): number;
  /** split at commas and white space, braces kept together */
  list(name: string): readonly string[];
  /** What `make` makes of them: made once, for they never change. `make` is a function at module level. */
  derived<T>(make: (parameters: Parameters) => T): T;
  /** The same with the -o options of a service on top. @param rows what there is to be set besides */
  with(overrides: ReadonlyMap<string, string>, rows?: readonly Row[]): Parameters;
}
