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
export type Rate = 'connection' | 'message' | 'recipient' | 'auth' | 'newTls';

interface Client extends Record<Rate, number> {
  connections: number;
  started: VirtualTime;
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

  /**
   * @param key the service and the client's address
   * @returns connections of the client now, and begun in this unit of time
   */
  connect(key: string, now: VirtualTime): { count: number; rate: number } {
    const client = this.#client(key, now);
    return { count: ++client.connections, rate: ++client.connection };
  }

  disconnect(key: string, now: VirtualTime): void {
    const client = this.#client(key, now);
    client.connections = Math.max(0, client.connections - 1);
  }

  /** Counts one more. @returns how many in this unit of time */
  count(key: string, rate: Rate, now: VirtualTime): number {
    return ++this.#client(key, now)[rate];
  }

  /** How many there were in this unit of time. */
  rate(key: string, rate: Rate, now: VirtualTime): number {
    return this.#client(key, now)[rate];
  }

  #client(key: string, now: VirtualTime): Client {
    let client = this.#clients.get(key);
    if (client === undefined) {
      if (this.#clients.size >= clientsMax) this.#forget(now);
      client = { connections: 0, started: now, connection: 0, message: 0, recipient: 0, auth: 0, newTls: 0 };
      this.#clients.set(key, client);
    } else if (now - client.started >= this.#unit) {
      client.started = now;
      client.connection = client.message = client.recipient = client.auth = client.newTls = 0;
    }
    return client;
  }

  #forget(now: VirtualTime): void {
    for (const [key, client] of this.#clients)
      if (client.connections === 0 && now - client.started >= this.#unit) this.#clients.delete(key);
  }
}
