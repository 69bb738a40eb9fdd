/**
 * rndc — tells the name server of this host to read its configuration and zones anew
 *
 * SIMPLIFIED: of the orders of rndc(8) there is "reload", with or without a zone; all zones are read anew.
 *
 * SEE ALSO  ../../daemons/named/named.ts
 */
import type { Tool } from '../shell/tool.ts';

const controlPath = '/run/named/control'; // as named.ts has it
const namedAddress = Object.freeze({ address: '127.0.0.1', port: 53 });

export const rndc: Tool = {
  summary: 'control the name server',
  synopsis: 'reload [ZONE]',
  options: [],
  missing: '-b -c -k -s -p -q -r -y',
  *run(me, options) {
    const [order, zone] = options.operands;
    if (order === undefined) return yield* me.fail('expected an order: reload [ZONE]');
    if (order !== 'reload') return yield* me.fail(`'${order}' is not supported here; expected reload [ZONE]`);
    const control = me.os.bound<string>(controlPath);
    if (control === null) return yield* me.fail('connect failed: 127.0.0.1#953: connection refused');
    control.put(order);
    const socket = me.os.udp();
    if (socket === 'address in use') return 1;
    socket.send({ to: namedAddress, bytes: new Uint8Array(0) }); // wakes it
    socket.close();
    yield* me.print(zone === undefined ? 'server reload successful\n' : 'zone reload queued\n');
    return 0;
  },
};
