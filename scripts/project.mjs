// What the scripts share: the root, installing, running a command, finding Chromium, and asking whether something is stale.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Arguments that make Chromium run as root in a container and stay off the network. */
const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Runs `npm ci` when node_modules is missing or older than the lockfile. @returns whether it succeeded */
export function installIfNeeded() {
  const marker = path.join(root, 'node_modules/.package-lock.json');
  const lock = path.join(root, 'package-lock.json');
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs) return true;
  console.log('Installing the dependencies (npm ci)…');
  const args = ['ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  return (
    spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' }).status === 0
  );
}

/** Path of a Chromium that can be run, or null. */
export function findChromium() {
  const named = [process.env.CHROMIUM_PATH, process.env.CHROME_PATH];
  const usual = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
  ];
  const mac = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ];
  const windows = ['C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'];
  return [...named, ...usual, ...mac, ...windows].find((file) => file && existsSync(file)) ?? null;
}

/** What playwright needs to launch it. Throws when there is none. */
export function chromiumOptions() {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('No Chromium found: set CHROMIUM_PATH');
  return { executablePath, args: chromiumArgs };
}

/** The path, installed by apt-get where that is possible. @returns null when there is none and none can be installed */
export function findOrInstallChromium() {
  const found = findChromium();
  if (found !== null) return found;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  console.log('No Chromium found: installing the Debian package chromium…');
  installDebianPackages(['chromium']);
  return findChromium();
}

/** Installs without letting a package start a daemon. @returns whether apt-get succeeded */
export function installDebianPackages(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const stdio = ['ignore', 'ignore', 'inherit'];
  const policy = '/usr/sbin/policy-rc.d'; // asked by invoke-rc.d(8); 101 = do not start it
  const isOurs = !existsSync(policy);
  if (isOurs) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const update = spawnSync('apt-get', ['update', '-qq'], { stdio, env });
  const install = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], {
    stdio,
    env,
  });
  if (isOurs) rmSync(policy);
  return update.status === 0 && install.status === 0;
}

/** Newest modification time among files and folders (recursive), in ms; 0 when there are none. */
export function newestMtime(...names) {
  let newest = 0;
  for (const name of names)
    for (const file of filesUnder(path.join(root, name))) newest = Math.max(newest, statSync(file).mtimeMs);
  return newest;
}

/** All files under a file or folder, in a stable order; none when it does not exist. */
export function filesUnder(name) {
  if (!existsSync(name)) return [];
  if (!statSync(name).isDirectory()) return [name];
  return readdirSync(name, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** A TCP port on 127.0.0.1 that nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Runs a command; resolves to its exit status, all that it said, and the milliseconds it took. */
export function run(command, args, options = {}) {
  const started = process.hrtime.bigint();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      shell: process.platform === 'win32',
    });
    let output = '';
    child.stdout.on('data', (bytes) => (output += bytes));
    child.stderr.on('data', (bytes) => (output += bytes));
    const end = (status) => resolve({ status, output, ms: Number(process.hrtime.bigint() - started) / 1e6 });
    child.on('error', (error) => {
      output += `${error.message}\n`;
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}
