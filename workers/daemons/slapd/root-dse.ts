/**
 * root-dse — the entries that describe the server itself: the root DSE and cn=Subschema
 *
 * STANDARDS  RFC 4512 §5.1 (root DSE), §4.2 (subschema)
 */
import * as utf8 from '../../bytes/utf8.ts';

import type { AttributeValues } from '../../protocols/ldap/request.ts';
import { whoAmI } from '../../protocols/ldap/types.ts';

import { supportedControls } from './controls.ts';
import type { Attribute, Entry } from './directory.ts';
import type { Schema } from './schema.ts';
import type { Server } from './server.ts';

/** The root DSE: user attributes, and the operational ones that "+" or their names select. */
export function rootDse(server: Server): { entry: Entry; operational: AttributeValues[] } {
  const { schema, suffix } = server.conf;
  return describe(schema, '', { objectClass: ['top', 'OpenLDAProotDSE'] }, [
    ['structuralObjectClass', ['OpenLDAProotDSE']],
    ['namingContexts', suffix === null ? [] : [suffix]],
    ['supportedControl', supportedControls],
    ['supportedExtension', [whoAmI]],
    ['supportedFeatures', supportedFeatures],
    ['supportedLDAPVersion', ['3']],
    ['entryDN', ['']],
    ['subschemaSubentry', ['cn=Subschema']],
  ]);
}

/** The subschema entry. */
export function subschema(server: Server): { entry: Entry; operational: AttributeValues[] } {
  const { schema } = server.conf;
  const classes = ['top', 'subentry', 'subschema', 'extensibleObject'];
  return describe(schema, 'cn=Subschema', { objectClass: classes, cn: ['Subschema'] }, [
    ['structuralObjectClass', ['subentry']],
    ['attributeTypes', schema.types.map(({ text }) => text)],
    ['objectClasses', schema.classes.map(({ text }) => text)],
    ['entryDN', ['cn=Subschema']],
    ['subschemaSubentry', ['cn=Subschema']],
  ]);
}

const supportedFeatures: readonly string[] = Object.freeze([
  '1.3.6.1.4.1.4203.1.5.1', // all operational attributes, RFC 3673
  '1.3.6.1.4.1.4203.1.5.2', // object class attribute lists, RFC 4529
  '1.3.6.1.4.1.4203.1.5.3', // true and false filters, RFC 4526
]);

function describe(
  schema: Schema,
  dn: string,
  user: Readonly<Record<string, readonly string[]>>,
  operational: readonly (readonly [string, readonly string[]])[],
): { entry: Entry; operational: AttributeValues[] } {
  const attributes: Attribute[] = ['objectClass', 'cn'].flatMap((name) => {
    const values = user[name];
    return values === undefined
      ? []
      : [{ type: schema.type(name)!, values: values.map(utf8.encode), normalised: undefined }];
  });
  return {
    entry: {
      id: -1, dn, normalisedDn: dn.toLowerCase(), parent: null, children: [], attributes, addedAtUs: 0,
      rules: null,
      isReferral: false,
    }, // prettier-ignore
    operational: operational.map(([type, values]) => ({ type, values: values.map(utf8.encode) })),
  };
}
