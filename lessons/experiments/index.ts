/**
 * index — the experiments there are, in the order of the gallery
 */
import type { Experiment, ExperimentText } from '../dsl/define-experiment.ts';

import { backupMx } from './backup-mx/experiment.ts';
import { text as backupMxText } from './backup-mx/text.en.ts';
import { bounceOfABounce } from './bounce-of-a-bounce/experiment.ts';
import { text as bounceOfABounceText } from './bounce-of-a-bounce/text.en.ts';
import { deadHost } from './dead-host/experiment.ts';
import { text as deadHostText } from './dead-host/text.en.ts';
import { equalMx } from './equal-mx/experiment.ts';
import { text as equalMxText } from './equal-mx/text.en.ts';
import { greylisting } from './greylisting/experiment.ts';
import { text as greylistingText } from './greylisting/text.en.ts';
import { hold } from './hold/experiment.ts';
import { text as holdText } from './hold/text.en.ts';
import { longTtl } from './long-ttl/experiment.ts';
import { text as longTtlText } from './long-ttl/text.en.ts';
import { mxAddress } from './mx-address/experiment.ts';
import { text as mxAddressText } from './mx-address/text.en.ts';
import { mxAlias } from './mx-alias/experiment.ts';
import { text as mxAliasText } from './mx-alias/text.en.ts';
import { mxPreference } from './mx-preference/experiment.ts';
import { text as mxPreferenceText } from './mx-preference/text.en.ts';
import { negativeCache } from './negative-cache/experiment.ts';
import { text as negativeCacheText } from './negative-cache/text.en.ts';
import { noMx } from './no-mx/experiment.ts';
import { text as noMxText } from './no-mx/text.en.ts';
import { nullMx } from './null-mx/experiment.ts';
import { text as nullMxText } from './null-mx/text.en.ts';
import { slowDestination } from './slow-destination/experiment.ts';
import { text as slowDestinationText } from './slow-destination/text.en.ts';

export const experiments: readonly { experiment: Experiment; text: ExperimentText }[] = [
  { experiment: mxPreference, text: mxPreferenceText },
  { experiment: equalMx, text: equalMxText },
  { experiment: noMx, text: noMxText },
  { experiment: nullMx, text: nullMxText },
  { experiment: mxAlias, text: mxAliasText },
  { experiment: mxAddress, text: mxAddressText },
  { experiment: backupMx, text: backupMxText },
  { experiment: longTtl, text: longTtlText },
  { experiment: negativeCache, text: negativeCacheText },
  { experiment: greylisting, text: greylistingText },
  { experiment: deadHost, text: deadHostText },
  { experiment: slowDestination, text: slowDestinationText },
  { experiment: hold, text: holdText },
  { experiment: bounceOfABounce, text: bounceOfABounceText },
];
