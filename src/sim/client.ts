/** client — the page's end of workers/api.ts: starts the simulation worker, sends commands, receives the trace */
import { transfer, wrap, type Remote } from 'comlink';

import type { SimulationApi, TraceMessage } from '../../workers/api.ts';

export interface SimulationClient {
  readonly api: Remote<SimulationApi>;
  /** Ends the worker and all workers it started. */
  close(): void;
}

declare global {
  interface Window {
    /** the worker that public/early.js started, until it is taken over */
    simulationStartedEarly?: Worker;
  }
}

/**
 * Starts a simulation worker.
 * @param onMessage gets the trace in order
 * @param onCrash gets the reason when the worker itself dies
 */
export function startSimulation(
  onMessage: (message: TraceMessage) => void,
  onCrash: (why: string) => void,
): SimulationClient {
  const worker = startedEarly() ?? startWorker();
  worker.onerror = (event) => {
    event.preventDefault();
    onCrash(event.message || 'the simulation worker could not be loaded');
  };
  worker.onmessageerror = () => onCrash('a message from the simulation worker could not be read');
  const api = wrap<SimulationApi>(worker);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = (event: MessageEvent<TraceMessage>) => onMessage(event.data);
  void api.connectTrace(transfer(port2, [port2])); // whatever is asked next is asked after it
  return {
    api,
    close: () => {
      port1.close();
      worker.terminate();
    },
  };
}

function startedEarly(): Worker | undefined {
  const worker = window.simulationStartedEarly;
  delete window.simulationStartedEarly;
  return worker;
}

function startWorker(): Worker {
  return new Worker(new URL('../../workers/simulation.worker.ts', import.meta.url), {
    type: 'module',
    name: 'simulation',
  });
}
