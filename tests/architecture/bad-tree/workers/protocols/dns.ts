// On purpose wrong: a codec must not see a daemon.
import { named } from '../daemons/named/named.ts';

export const dns = named;
