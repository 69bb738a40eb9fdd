/** globals — what mailparser's libraries expect to find around them; the mail worker imports this before all else */
import { Buffer } from 'buffer/';

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

Object.assign(globalThis, {
  global: globalThis,
  Buffer,
  process: {
    env: {},
    browser: true,
    version: '',
    versions: {},
    nextTick: (call: (...values: unknown[]) => void, ...values: unknown[]) =>
      queueMicrotask(() => call(...values)),
  },
  setImmediate: (call: (...values: unknown[]) => void, ...values: unknown[]) => {
    waiting.push(() => call(...values));
    channel.port2.postMessage(null);
  },
});
