/**
 * text.en — the words of equal-mx in English
 */
import type { ExperimentText } from '../../dsl/define-experiment.ts';

export const text: ExperimentText = {
  title: 'Equal MX',
  teaser: 'Two hosts, both 10. Eight letters: where do they go?',
  sign: ['@  MX  10  left', '@  MX  10  right'],
  tries: [
    'The domain shop.example has two mail hosts with the same preference. Both run.',
    'Alice writes eight letters to bob@shop.example, one every half minute.',
  ],
  question: 'Where do the eight letters go?',
  outcomes: {
    first: 'All to left: it stands first',
    turns: 'Strictly in turn: left, right, left, right',
    copies: 'Each letter goes to both',
    chance: 'Some to left, some to right, in no order',
  },
  why: [
    'Hosts of the same preference are tried in an order that the sender draws anew for each delivery. Over many letters the load is shared about evenly; over eight it need not be.',
    'Nobody keeps count: two senders, or one after a restart, know nothing of each other. That is why equal MX records need no coordination, and give no guarantee.',
  ],
  evidence: {
    answer: 'The DNS answer: two records with the same number',
    one: 'A delivery with relay=left',
    other: 'A delivery with relay=right',
  },
  references: [
    {
      name: 'RFC 5321 §5.1',
      says: 'Among equal preferences the sender must pick at random, to spread the load.',
    },
    {
      name: 'smtp_randomize_addresses',
      says: 'postconf(5): on by default, Postfix shuffles addresses of equal preference.',
    },
  ],
  next: 'Stop left on the map and send some more: each letter that draws left first tries it in vain, and goes to right.',
};
