// .ci/run: npm test, then real clients (swaks, dig, ldapsearch, curl, tshark) against a bridged world,
// dialogues with the real Postfix, and one sum.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';

import { filesUnder, installDebianPackages, root } from './project.mjs';

// What must be there, and the package that has it.
const packages = [
  ['tshark', 'tshark'],
  ['swaks', 'swaks'],
  ['perl -MNet::SSLeay', 'libnet-ssleay-perl'], // swaks --tls
  ['openssl', 'openssl'],
  ['dig', 'bind9-dnsutils'],
  ['ldapsearch', 'ldap-utils'],
  ['curl', 'curl'],
  ['postfix', 'postfix postfix-pcre'],
  ['saslpasswd2', 'sasl2-bin libsasl2-modules'],
];
const started = Date.now();
let passed = 0;
let failed = 0;

await step('npm test', () => echoed('npm', ['test', '--silent']));
await step('fuzz: two minutes', () => echoed(process.execPath, ['scripts/fuzz.mjs', '--seconds', '120']));
const day = String(Math.floor(Date.now() / 86_400_000) * 1000); // seeds that move
await step('random worlds: one minute', () =>
  echoed(process.execPath, ['scripts/fuzz.mjs', '--worlds', '1000', '--seconds', '60', '--seed', day]),
);
await step('Debian packages', installPackages);
const external = path.join(root, 'tests/external');
for (const file of filesUnder(external).filter((name) => name.endsWith('.check.mjs')))
  await step(path.relative(root, file), () => echoed(process.execPath, [file]));
console.log(`# all: ${((Date.now() - started) / 1000).toFixed(1)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function step(name, action) {
  const begun = Date.now();
  console.log(`# ${name}`);
  const result = await action();
  passed += result.passed;
  failed += result.failed;
  console.log(
    `# ${name}: ${result.passed} passed, ${result.failed} failed, ${((Date.now() - begun) / 1000).toFixed(1)} s`,
  );
}

/** Runs a command whose last line is "N passed, N failed"; everything but that line is shown. */
function echoed(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let last = '';
    let rest = '';
    const show = (line) => {
      if (last !== '') console.log(last);
      last = line;
    };
    child.stdout.on('data', (bytes) => {
      const lines = (rest + bytes).split('\n');
      rest = lines.pop();
      for (const line of lines) show(line);
    });
    child.on('error', () => resolve({ passed: 0, failed: 1 }));
    child.on('close', (status) => {
      if (rest !== '') show(rest);
      const counts = /^(\d+) passed, (\d+) failed$/.exec(last);
      if (counts === null && last !== '') console.log(last);
      const result =
        counts === null ? { passed: 0, failed: 1 } : { passed: Number(counts[1]), failed: Number(counts[2]) };
      if (status !== 0 && result.failed === 0) result.failed = 1;
      resolve(result);
    });
  });
}

/** A package that cannot be installed is a failure: what needs it would only seem to pass. */
function installPackages() {
  const has = (command) => {
    const [program, ...module] = command.split(' ');
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return false;
    return module.length === 0 || spawnSync(program, [...module, '-e', '1']).status === 0;
  };
  const missing = packages.filter(([command]) => !has(command));
  if (missing.length > 0) installDebianPackages(missing.flatMap(([, names]) => names.split(' ')));
  const absent = packages.filter(([command]) => !has(command));
  for (const [command, name] of absent)
    console.log(`FAILED  ${command} is missing and ${name} could not be installed`);
  return { passed: packages.length - absent.length, failed: absent.length };
}
