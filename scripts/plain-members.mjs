// A step of the build: private members (#x) of classes under workers/ become plain properties ($x).
//
// The sources keep what the language guards. In what runs, each use of a private method checks a brand and each
// construction defines the members one by one; plain properties made the whole path 15 to 20 % faster (measured).
// A class that others extend is abstract and has no private members, so that two $x never meet in one object.
import path from 'node:path';

import { root } from './project.mjs';

const workers = path.join(root, 'workers') + path.sep;

/**
 * A plugin for rolldown and Vite.
 *
 * @param short whether members get short names, as a minifier would give them (without a source map)
 */
export function plainMembers({ short }) {
  return {
    name: 'plain-members',
    transform(code, id) {
      const file = id.split('?')[0];
      if (!file.startsWith(workers) || !file.endsWith('.ts') || !code.includes('#')) return null;
      const uses = [];
      findUses(this.parse(code, { lang: 'ts' }), [], uses);
      if (uses.length === 0) return null;
      let plain = '';
      let last = 0;
      for (const { start, end, name, number } of uses.sort((a, b) => a.start - b.start)) {
        plain += `${code.slice(last, start)}$${short ? number.toString(36) : name}`;
        last = end;
      }
      return { code: plain + code.slice(last), map: null }; // with long names every character keeps its place
    },
  };
}

/** Collects the uses of private names below `node`; `classes` are the enclosing ones, each a Map of name → number. */
function findUses(node, classes, uses) {
  if (Array.isArray(node)) {
    for (const one of node) findUses(one, classes, uses);
    return;
  }
  if (node === null || typeof node !== 'object') return;
  if (node.type === 'PrivateIdentifier') {
    const number = classes.map((members) => members.get(node.name)).findLast((n) => n !== undefined);
    uses.push({ start: node.start, end: node.end, name: node.name, number });
    return;
  }
  if (node.type === 'BinaryExpression' && node.left.type === 'PrivateIdentifier')
    throw new Error(`"#${node.left.name} in …" has no plain form`);
  if (node.abstract === true && membersOf(node.body).size > 0)
    throw new Error(
      `abstract class ${node.id?.name}: expected no private members, which would meet those of its heirs`,
    );
  const inner = node.type === 'ClassBody' ? [...classes, membersOf(node)] : classes;
  for (const value of Object.values(node)) findUses(value, inner, uses);
}

function membersOf({ body }) {
  const names = body.map(({ key }) => key).filter((key) => key?.type === 'PrivateIdentifier');
  return new Map([...new Set(names.map(({ name }) => name))].map((name, number) => [name, number]));
}
