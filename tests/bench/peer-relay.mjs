// The peer: nodemailer → smtp-server, which accepts and relays → nodemailer → smtp-server, the sink; one process, real loopback
// sockets. node tests/bench/peer-relay.mjs MESSAGES [BYTES] [CONNECTIONS] prints one line of JSON; messages are counted at the sink.
import nodemailer from 'nodemailer';
import { SMTPServer } from 'smtp-server';

const messages = Number(process.argv[2] ?? 1000);
const bytes = Number(process.argv[3] ?? 4096);
const connections = Number(process.argv[4] ?? 10);
const envelope = { from: 'alice@far.example', to: 'bob@acme.example' };

let delivered = 0;
let allDelivered;
const done = new Promise((resolve) => (allDelivered = resolve));
const sink = await listen((content, callback) => {
  callback();
  if (++delivered === messages) allDelivered();
});
const onward = poolTo(sink);
const relay = await listen((content, callback) => {
  callback();
  onward.sendMail({ envelope, raw: content }).catch(fail);
});
const client = poolTo(relay);
const raw = messageOf(bytes);
const cpu = process.cpuUsage();
const started = process.hrtime.bigint();
for (let i = 0; i < messages; i++) client.sendMail({ envelope, raw }).catch(fail);
await done;
const wallMs = Number(process.hrtime.bigint() - started) / 1e6;
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    messages,
    delivered,
    wallMs,
    cpuMs: (user + system) / 1000,
    rssMb: process.resourceUsage().maxRSS / 1024,
  }),
);
process.exit(0);

/** A server on a free port that hands each content, whole, to `take`. Resolves to the port. */
function listen(take) {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    maxClients: 1000,
    logger: false,
    onData(stream, session, callback) {
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => take(Buffer.concat(chunks), callback));
    },
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.server.address().port)));
}

function poolTo(port) {
  return nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: connections,
    maxMessages: Infinity,
    ignoreTLS: true,
  });
}

function messageOf(size) {
  const head = `From: ${envelope.from}\r\nTo: ${envelope.to}\r\nSubject: t\r\n\r\n`;
  const line = 'abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdef\r\n';
  return head + line.repeat(Math.max(1, Math.floor(size / line.length)));
}

function fail(error) {
  console.error(error);
  process.exit(1);
}
