// The whole path of two-islands, messages per second, against real servers in the same run: interleaved pairs, median of the ratios.
import { engine, median, peer, row, spread } from './measure.mjs';

const pairs = 5;
const messages = 10_000; // past the warm-up of the compilers
const postfixMessages = 1000;
const bytes = 4096;

export const title = 'Throughput of the whole path';

export async function bench() {
  const ours = [];
  const relay = [];
  const postfix = [];
  for (let i = 0; i < pairs; i++) {
    ours.push(
      rate(await engine('--world', 'two-islands', '--messages', String(messages), '--bytes', String(bytes))),
    );
    relay.push(rate(await peer('peer-relay.mjs', messages, bytes)));
    const real = await peer('peer-postfix.mjs', postfixMessages, bytes);
    if (real.missing === undefined) postfix.push(rate(real));
  }
  const command = `npm run bench throughput (${messages} messages of ${bytes} bytes, each in a fresh process)`;
  const runs = pairs;
  const rows = [
    row({
      what: 'Postroom: submission, DNS, SMTP, filter, LDAP, LMTP; every packet traced',
      value: `${spread(ours)} msg/s`,
      placement: 'one',
      command,
      runs,
    }),
    against('smtp-server + nodemailer relay', ours, relay, 2, command),
  ];
  if (postfix.length > 0)
    rows.push(against('Postfix with content_filter, queue on tmpfs', ours, postfix, 5, command));
  else
    rows.push(
      row({
        what: 'Postfix with content_filter',
        value: 'not installed here',
        budget: 'at least 5x',
        command,
        runs: 0,
      }),
    );
  return rows;
}

function against(what, ours, theirs, ratioMin, command) {
  const ratios = ours.map((value, i) => value / theirs[i]);
  return row({
    what,
    value: `${spread(theirs)} msg/s`,
    ratio: `${spread(ratios, 2)}x`,
    budget: `at least ${ratioMin}x`,
    kept: median(ratios) >= ratioMin,
    command,
    runs: theirs.length,
  });
}

function rate({ messages: sent, delivered, wallMs, untilDeliveredMs = wallMs }) {
  if (delivered !== sent) throw new Error(`${delivered} of ${sent} messages were delivered`);
  return (delivered / untilDeliveredMs) * 1000;
}
