// On purpose wrong: a daemon must not see the kernel.
import { partition } from '../../kernel/partition.ts';

export const named = partition;
