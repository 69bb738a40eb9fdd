/**
 * index — the experiments there are, in the order of the gallery
 */
import type { Experiment, ExperimentText } from '../dsl/define-experiment.ts';

import { mxAddress } from './mx-address/experiment.ts';
import { text as mxAddressText } from './mx-address/text.en.ts';
import { mxPreference } from './mx-preference/experiment.ts';
import { text as mxPreferenceText } from './mx-preference/text.en.ts';
import { nullMx } from './null-mx/experiment.ts';
import { text as nullMxText } from './null-mx/text.en.ts';

export const experiments: readonly { experiment: Experiment; text: ExperimentText }[] = [
  { experiment: mxPreference, text: mxPreferenceText },
  { experiment: nullMx, text: nullMxText },
  { experiment: mxAddress, text: mxAddressText },
];
