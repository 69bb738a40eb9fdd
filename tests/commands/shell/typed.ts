// A terminal for tests: lines are typed at it, and the transcript comes back.
import * as utf8 from '../../../workers/bytes/utf8.ts';
import { SECOND } from '../../../workers/os/os.ts';

import { TestWorld, type TestHost } from '../../simulate.ts';

export class TypedTerminal {
  readonly world: TestWorld;
  readonly host: string;
  readonly tty: number;
  #from = 0;

  constructor(world: TestWorld, host: string, tty = 1) {
    this.world = world;
    this.host = host;
    this.tty = tty;
    world.input(world.now + 1, { kind: 'tty.open', host, tty, columns: 80 });
    world.run(world.now + 10_000);
    this.output();
  }

  /** Types text and runs for a while. @returns what the terminal showed meanwhile, typing and prompt included */
  type(text: string, us = SECOND): string {
    this.world.input(this.world.now + 1, { kind: 'tty.input', host: this.host, tty: this.tty, text });
    this.world.run(this.world.now + us);
    return this.output();
  }
  signal(signal: 'INT' | 'EOF', us = SECOND): string {
    this.world.input(this.world.now + 1, { kind: 'tty.signal', host: this.host, tty: this.tty, signal });
    this.world.run(this.world.now + us);
    return this.output();
  }
  /** Lets time pass. */
  wait(us: number): string {
    this.world.run(this.world.now + us);
    return this.output();
  }
  /** Runs a command until it ends. @returns only what it printed */
  run(command: string, usMax = 600 * SECOND): string {
    const ended = this.world.seen('tty.command-ended').length;
    let shown = this.type(`${command}\n`, 5000);
    const end = this.world.now + usMax;
    const { partition } = this.world.booted;
    while (this.world.seen('tty.command-ended').length === ended && partition.nextTime <= end) {
      this.world.run(Math.max(partition.nextTime, this.world.now + 5000));
      shown += this.output();
    }
    const prompt = shown.lastIndexOf('\nroot@') + 1;
    return shown.slice(command.length + 1, Math.max(prompt, command.length + 1)).replace(/^(?:> )+/, '');
  }
  get status(): number {
    return this.world.seen('tty.command-ended').at(-1)?.status ?? -1;
  }
  output(): string {
    const written = this.world.seen('tty.output-written').filter(({ tty }) => tty === this.tty);
    const text = written
      .slice(this.#from)
      .map(({ bytes }) => utf8.decode(bytes))
      .join('');
    this.#from = written.length;
    return text;
  }
}

/** A terminal on a host with some files and nothing else. */
export function terminalWith(files: Record<string, string> = {}, more: TestHost[] = []): TypedTerminal {
  const host: TestHost = { name: 'mta1.test', address: '192.0.2.1', files, boot: () => {} };
  return new TypedTerminal(new TestWorld([host, ...more]), 'mta1.test');
}
