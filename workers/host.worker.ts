/**
 * host.worker — Web Worker entry: runs the hosts it is told to, window by window
 */
import { roles } from './hosts/roles.ts';
import { HostWorkerServer, type HostWorkerRequest } from './partition-port.ts';

const server = new HostWorkerServer(roles);
const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = (event: MessageEvent<HostWorkerRequest>) => {
  const { reply, transfer } = server.answer(event.data);
  scope.postMessage(reply, transfer);
};
