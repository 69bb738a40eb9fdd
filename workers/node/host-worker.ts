/**
 * host-worker — worker_threads entry: the same server as simulation.worker.ts starts, in Node
 */
import { parentPort } from 'node:worker_threads';

import { roles } from '../hosts/all-roles.ts';
import { HostWorkerServer, type HostWorkerRequest } from '../partition-port.ts';

const server = new HostWorkerServer(roles, (reply, transfer) => parentPort!.postMessage(reply, transfer));

parentPort!.on('message', (request: HostWorkerRequest) => server.serve(request));
