// The directory server of acme.example and a host that asks it.
import { directoryFiles, lookupFiles } from '../../../lessons/worlds/two-islands/directory.ts';
import { bootDirectory } from '../../../workers/hosts/directory.ts';
import { TestWorld } from '../../simulate.ts';

export const client = 'mta1.acme.example';
export const server = 'ldap1.acme.example';
const hosts = { '/etc/hosts': '192.0.2.30 ldap1.acme.example\n' };

/** A world of the two; files of either can be added or replaced. */
export function acmeWorld(
  files: { client?: Record<string, string>; server?: Record<string, string> } = {},
): TestWorld {
  return new TestWorld([
    {
      name: client,
      address: '192.0.2.25',
      boot: () => {},
      files: { ...hosts, ...lookupFiles, ...files.client },
    },
    {
      name: server,
      address: '192.0.2.30',
      boot: bootDirectory,
      files: { ...directoryFiles, ...files.server },
    },
  ]);
}
