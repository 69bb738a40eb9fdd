/**
 * anvil — how many connections, messages and recipients each client had lately, and how many connections it
 * has now
 *
 * One for all smtpd services of an instance; counts are per service and client address, rates per
 * anvil_rate_time_unit.
 *
 * SIMPLIFIED: no "statistics:" log lines; the real anvil(8) logs the highest rates every
 * anvil_status_update_time.
 * SEE ALSO  anvil(8)
 */
import type { VirtualTime } from '../../../os/os.ts';

/** What is counted per unit of time. */
export type Rate = 'connection' | 'message' | 'recipient' | 'auth';

interface Client {
  connections: number;
  started: VirtualTime;
  rates: Map<Rate, number>;
}

const clientsMax = 10_000;

/** Born with the instance. */
export class Anvil {
  readonly #clients = new Map<string, Client>();
  readonly #unit: number;

  /** @param unit anvil_rate_time_unit, microseconds */
  constructor(unit: number) {
    this.#unit = unit;
  }

  /** @returns connections of the client now, and begun in this unit of time */
  connect(service: string, address: string, now: VirtualTime): { count: number; rate: number } {
    const client = this.#client(service, address, now);
    client.connections++;
    return { count: client.connections, rate: bump(client, 'connection') };
  }

  disconnect(service: string, address: string, now: VirtualTime): void {
    const client = this.#client(service, address, now);
    client.connections = Math.max(0, client.connections - 1);
  }

  /** Counts one more. @returns how many in this unit of time */
  count(service: string, address: string, rate: Rate, now: VirtualTime): number {
    return bump(this.#client(service, address, now), rate);
  }

  #client(service: string, address: string, now: VirtualTime): Client {
    const key = `${service}:${address}`;
    let client = this.#clients.get(key);
    if (client === undefined) {
      if (this.#clients.size >= clientsMax) this.#forget(now);
      this.#clients.set(key, (client = { connections: 0, started: now, rates: new Map() }));
    } else if (now - client.started >= this.#unit) {
      client.started = now;
      client.rates.clear();
    }
    return client;
  }

  #forget(now: VirtualTime): void {
    for (const [key, client] of this.#clients)
      if (client.connections === 0 && now - client.started >= this.#unit) this.#clients.delete(key);
  }
}

function bump(client: Client, rate: Rate): number {
  const count = (client.rates.get(rate) ?? 0) + 1;
  client.rates.set(rate, count);
  return count;
}
