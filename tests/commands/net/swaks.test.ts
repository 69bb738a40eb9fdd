// swaks shows the dialogue as the real one does.
import { describe } from 'vitest';

import { testRecorded } from './golden.ts';

const mask = (text: string): string =>
  text
    .replace(/\b(?:vm|ws-alice\.far\.example)$/gm, 'HOST')
    .replace(/Message-Id: <.*>/g, 'Message-Id: <ID>')
    .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000/g, 'DATE')
    .replace(/queued as \w+/g, 'queued as ID');

describe('swaks', () => testRecorded('swaks', mask));
