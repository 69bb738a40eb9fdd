/**
 * dns — zone files and name server configuration of two-islands
 */
export const rootHints = `; the root servers of this Internet
.                        3600000  NS    a.root-servers.example.
a.root-servers.example.  3600000  A     198.51.100.1
`;

export const rootZone = `$TTL 518400
.                        86400 SOA  a.root-servers.example. hostmaster.nic.example. 2026030300 1800 900 604800 86400
.                              NS   a.root-servers.example.
a.root-servers.example.        A    198.51.100.1
; top-level domain
example.                 172800 NS  a.nic.example.
a.nic.example.           172800 A   198.51.100.2
; reverse zones
2.0.192.in-addr.arpa.    86400 NS   ns1.acme.example.
113.0.203.in-addr.arpa.  86400 NS   ns1.far.example.
100.51.198.in-addr.arpa. 86400 NS   a.nic.example.
ns1.acme.example.        86400 A    192.0.2.54
ns1.far.example.         86400 A    203.0.113.54
`;

export const exampleZone = `$TTL 172800
@              86400 SOA a.nic.example. hostmaster.nic.example. 2026030300 1800 900 604800 900
@                    NS  a.nic.example.
a.nic                A   198.51.100.2
a.root-servers       A   198.51.100.1
acme                 NS  ns1.acme
ns1.acme             A   192.0.2.54
far                  NS  ns1.far
ns1.far              A   203.0.113.54
`;

export const acmeZone = `$TTL 3600
@          SOA  ns1 hostmaster 2026030301 3600 900 604800 300
@          NS   ns1
@          MX   10 mta1
@          TXT  "v=spf1 mx -all"
mta1       A    192.0.2.25
ldap1      A    192.0.2.30
mbox1      A    192.0.2.40
resolver   A    192.0.2.53
ns1        A    192.0.2.54
ws-bob     A    192.0.2.10
mail       CNAME mta1
`;

export const farZone = `$TTL 3600
@          SOA  ns1 hostmaster 2026030301 3600 900 604800 300
@          NS   ns1
@          MX   10 mx
@          TXT  "v=spf1 mx -all"
mx         A    203.0.113.25
resolver   A    203.0.113.53
ns1        A    203.0.113.54
ws-alice   A    203.0.113.10
`;

export const acmeReverseZone = `$TTL 3600
@    SOA  ns1.acme.example. hostmaster.acme.example. 2026030301 3600 900 604800 300
@    NS   ns1.acme.example.
10   PTR  ws-bob.acme.example.
25   PTR  mta1.acme.example.
30   PTR  ldap1.acme.example.
40   PTR  mbox1.acme.example.
53   PTR  resolver.acme.example.
54   PTR  ns1.acme.example.
`;

export const farReverseZone = `$TTL 3600
@    SOA  ns1.far.example. hostmaster.far.example. 2026030301 3600 900 604800 300
@    NS   ns1.far.example.
10   PTR  ws-alice.far.example.
25   PTR  mx.far.example.
53   PTR  resolver.far.example.
54   PTR  ns1.far.example.
`;

export const outsideReverseZone = `$TTL 3600
@    SOA  a.nic.example. hostmaster.nic.example. 2026030301 3600 900 604800 300
@    NS   a.nic.example.
1    PTR  a.root-servers.example.
2    PTR  a.nic.example.
`;

/** Files of a name server that is authoritative for some zones: name → zone file text. */
export function authoritativeFiles(zones: Readonly<Record<string, string>>): Record<string, string> {
  const files: Record<string, string> = {};
  let conf = '';
  for (const [name, text] of Object.entries(zones)) {
    const path = `/etc/bind/zones/${name === '' ? 'root' : name}.zone`;
    files[path] = text;
    conf += `zone "${name === '' ? '.' : name}" { type primary; file "${path}"; };\n`;
  }
  return { ...files, '/etc/bind/named.conf': conf };
}

/** /etc/resolv.conf of a host. */
export function resolvConf(nameServer: string): string {
  return `nameserver ${nameServer}\n`;
}
