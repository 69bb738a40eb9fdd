// The rules of style that a machine can check. What is not here is advice.
import { readFileSync } from 'node:fs';
import path from 'node:path';

import ts from 'typescript';
import { describe, expect, test } from 'vitest';

import { listFiles, nodesOf, placeOf, root, sourceFiles, type SourceFile } from './source-files.ts';

const fileLinesMax = 400;
const functionLinesMax = 70;
const columnsMax = 110;

/** Tables of the domain, which read best whole. */
const exemptFromLength = new Set([
  'workers/trace/event.ts',
  'workers/daemons/postfix/params.ts',
  'workers/daemons/postfix/late-params.ts',
  'workers/commands/postfix/parameter-notes.ts',
]);

/** What would make a run depend on the machine; what to use instead. */
const banned = new Map(
  Object.entries({
    Date: 'os.now(), os/calendar',
    performance: 'os.now()',
    setTimeout: 'os.sleepUntil',
    setInterval: 'os.sleepUntil',
    setImmediate: 'os.spawn',
    queueMicrotask: 'os.spawn',
    Promise: 'a generator proc',
    fetch: 'os.connect',
    crypto: '@noble/hashes, os.random',
    Intl: 'os/calendar, bytes/ascii',
    TextDecoder: 'bytes/ascii, bytes/utf8',
    TextEncoder: 'bytes/ascii, bytes/utf8',
    Buffer: 'Uint8Array and bytes/',
    process: 'os',
    localStorage: 'os.files',
  }),
);
const bannedMembers = new Map(
  Object.entries({
    'Math.random': 'os.random',
    'Math.sin': 'integers',
    'Math.cos': 'integers',
    'Math.pow': 'integers',
    'Math.exp': 'integers',
    'Math.log': 'integers',
    'Math.log2': 'Math.clz32',
    'Math.log10': 'integers',
  }),
);
const bannedMethods = new Map(
  Object.entries({
    localeCompare: 'an explicit total order',
    toLocaleString: 'bytes/, os/calendar',
    toLocaleLowerCase: 'toLowerCase',
    toLocaleUpperCase: 'toUpperCase',
    toLocaleDateString: 'os/calendar',
    toLocaleTimeString: 'os/calendar',
  }),
);
const vagueNames = /(^|-)(util|utils|helper|helpers|manager|misc|common|stuff|data|info)(-|\.|$)/;

const everywhere = sourceFiles('workers', 'src', 'lessons');
const workers = everywhere.filter((file) => file.name.startsWith('workers/'));
/** What runs in simulated time, that is everything but the main programs and the entries of the workers. */
const simulated = workers.filter(
  ({ name }) => !name.startsWith('workers/node/') && !name.endsWith('.worker.ts'),
);
/** The drivers of partitions in other workers wait for them; nothing simulated runs in these files. */
const waitsForWorkers = new Set([
  'workers/simulation.ts',
  'workers/partition-port.ts',
  'workers/player.ts',
  'workers/api.ts',
]);

describe('determinism: under workers/, time, chance and text come from os and bytes', () => {
  test('no global that differs between machines', () => {
    expect(simulated.flatMap((file) => bannedNamesIn(file))).toEqual([]);
  });

  test('no async code in simulated time: a proc is a generator', () => {
    const found = simulated
      .filter(({ name }) => !waitsForWorkers.has(name))
      .flatMap((file) =>
        places(file, (node) => ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword),
      );
    expect(found).toEqual([]);
  });

  test('no iteration over object keys with for…in', () => {
    expect(simulated.flatMap((file) => places(file, ts.isForInStatement))).toEqual([]);
  });
});

describe('files', () => {
  test('every file under workers/ opens with a man-page header: /** name — summary', () => {
    expect(workers.filter((file) => !opensWithHeader(file)).map(({ name }) => name)).toEqual([]);
  });

  test('the header names the file', () => {
    const wrong = workers.filter(
      (file) => opensWithHeader(file) && headerName(file) !== headerNameFor(file.name),
    );
    expect(wrong.map((file) => `${file.name}: ${headerName(file)}`)).toEqual([]);
  });

  test('names are kebab-case.ts, or PascalCase.svelte', () => {
    const names = listFiles('workers', 'src', 'lessons', 'tests').filter((name) =>
      /\.(ts|svelte)$/.test(name),
    );
    const wrong = names.filter((name) => {
      const base = path.basename(name);
      if (base.endsWith('.svelte')) return !/^[A-Z][A-Za-z0-9]*\.svelte$/.test(base);
      return !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|spec|check|bench|worker|svelte|en|d))*\.ts$/.test(base);
    });
    expect(wrong).toEqual([]);
  });

  test('no file has a vague name', () => {
    const names = listFiles('workers', 'src', 'lessons', 'tests', 'scripts');
    expect(names.filter((name) => vagueNames.test(path.basename(name)))).toEqual([]);
  });

  test(`no file is longer than ${fileLinesMax} lines`, () => {
    const files = listFiles('workers', 'src', 'lessons').filter(
      (name) => /\.(ts|svelte)$/.test(name) && !exemptFromLength.has(name),
    );
    const long = files
      .map((name) => ({ name, lines: linesOf(name) }))
      .filter(({ lines }) => lines > fileLinesMax);
    expect(long.map(({ name, lines }) => `${name}: ${lines}`)).toEqual([]);
  });

  test(`no line under workers/ is longer than ${columnsMax} columns`, () => {
    const long = workers
      .filter(({ name }) => !exemptFromLength.has(name))
      .flatMap(({ name, lines }) =>
        lines.flatMap((line, i) => (line.length > columnsMax ? [`${name}:${i + 1}`] : [])),
      );
    expect(long).toEqual([]);
  });

  test('no trace of unfinished work', () => {
    // Put together so that this file does not find itself.
    const marks = new RegExp(
      `\\b(${['TO', 'FIX', 'XX'].map((start, i) => start + ['DO', 'ME', 'X'][i]).join('|')})\\b`,
    );
    expect(everywhere.filter(({ text }) => marks.test(text)).map(({ name }) => name)).toEqual([]);
  });
});

describe('code', () => {
  test(`no function is longer than ${functionLinesMax} lines`, () => {
    const found = everywhere.flatMap((file) =>
      [...nodesOf(file.tree)].filter(ts.isFunctionLike).flatMap((node) => {
        const from = file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree)).line;
        const to = file.tree.getLineAndCharacterOfPosition(node.getEnd()).line;
        return to - from + 1 > functionLinesMax ? [`${placeOf(file, node)}: ${to - from + 1}`] : [];
      }),
    );
    expect(found).toEqual([]);
  });

  test('named exports only', () => {
    const found = everywhere
      .filter(({ name }) => !/\.config\.ts$/.test(name))
      .flatMap((file) =>
        places(
          file,
          (node) =>
            ts.isExportAssignment(node) || (ts.canHaveModifiers(node) && isDefault(node) && isExported(node)),
        ),
      );
    expect(found).toEqual([]);
  });

  // The build makes private members plain properties of the object: a class and its heirs must not both have some.
  test('what a class under workers/ extends is abstract, or an error of the language', () => {
    const classes = workers.flatMap((file) =>
      file.tree.statements.filter(ts.isClassDeclaration).map((node) => ({ file, node })),
    );
    const abstracts = new Set(
      classes
        .filter(({ node }) => node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword))
        .map(({ node }) => node.name?.text),
    );
    const found = classes.flatMap(({ file, node }) => {
      const base = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
        ?.types[0];
      const name = base?.expression.getText(file.tree);
      return name === undefined || name === 'Error' || abstracts.has(name) ? [] : [placeOf(file, node)];
    });
    expect(found).toEqual([]);
    expect(abstracts.size).toBeGreaterThan(0);
  });

  test('no state at module level: many simulations run in one worker', () => {
    const found = simulated.flatMap((file) =>
      file.tree.statements.filter(ts.isVariableStatement).flatMap((statement) => {
        const changes = (statement.declarationList.flags & ts.NodeFlags.Const) === 0;
        const empty = statement.declarationList.declarations.some(
          ({ initializer }) => initializer !== undefined && isEmptyContainer(initializer),
        );
        return changes || empty ? [placeOf(file, statement)] : [];
      }),
    );
    expect(found).toEqual([]);
  });

  test('every exported function, class and interface under workers/ has a doc comment or tells it all by its header', () => {
    const found = workers.flatMap((file) => {
      const undocumented = file.tree.statements.filter(
        (statement) =>
          (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) &&
          isExported(statement) &&
          !hasDoc(file, statement),
      );
      // The main export is described by the file's header.
      return undocumented.slice(1).map((statement) => placeOf(file, statement));
    });
    expect(found).toEqual([]);
  });
});

describe('what is committed', () => {
  test('no test is skipped, focused or left to do', () => {
    const marks = new RegExp(
      `\\b(it|test|describe)\\.(${['sk' + 'ip', 'on' + 'ly', 'to' + 'do'].join('|')})\\b`,
    );
    expect(
      sourceFiles('tests')
        .filter(({ text }) => marks.test(text))
        .map(({ name }) => name),
    ).toEqual([]);
  });

  test('SIMPLIFIED: is followed by what the real program does', () => {
    const found = everywhere.flatMap(({ name, lines }) =>
      lines.flatMap((line, i) =>
        /SIMPLIFIED/.test(line) && !/SIMPLIFIED: \S/.test(line) ? [`${name}:${i + 1}`] : [],
      ),
    );
    expect(found).toEqual([]);
  });
});

function bannedNamesIn(file: SourceFile): string[] {
  const found: string[] = [];
  for (const node of nodesOf(file.tree)) {
    if (ts.isPropertyAccessExpression(node)) {
      const member = `${node.expression.getText(file.tree)}.${node.name.text}`;
      const instead = bannedMembers.get(member) ?? bannedMethods.get(node.name.text);
      if (instead !== undefined)
        found.push(`${placeOf(file, node)}: ${node.getText(file.tree)} (use ${instead})`);
    } else if (ts.isIdentifier(node) && banned.has(node.text) && isGlobalUse(node)) {
      if (node.text === 'Promise' && (waitsForWorkers.has(file.name) || isInType(node))) continue;
      found.push(`${placeOf(file, node)}: ${node.text} (use ${banned.get(node.text)})`);
    }
  }
  return found;
}

/** Neither a property's name nor a declaration. */
function isGlobalUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent) || ts.isPropertySignature(parent))
    return parent.name !== node;
  if (ts.isMethodDeclaration(parent) || ts.isEnumMember(parent) || ts.isParameter(parent))
    return parent.name !== node;
  return !ts.isTypeReferenceNode(parent) || node.text !== 'Date';
}

function isInType(node: ts.Node): boolean {
  return ts.isTypeReferenceNode(node.parent) || ts.isExpressionWithTypeArguments(node.parent);
}

function places(file: SourceFile, wanted: (node: ts.Node) => boolean): string[] {
  return [...nodesOf(file.tree)].filter(wanted).map((node) => placeOf(file, node));
}

function opensWithHeader({ text }: SourceFile): boolean {
  return /^\/\*\*\s*\n? ?\*? ?\S.*? — \S/.test(text);
}

function headerName({ text }: SourceFile): string {
  return /^\/\*\*\s*\n? ?\*? ?(\S+)/.exec(text)?.[1] ?? '';
}

/** An index is named after its folder. */
function headerNameFor(name: string): string {
  const base = path.basename(name, '.ts');
  return base === 'index' ? path.basename(path.dirname(name)) : base;
}

function linesOf(name: string): number {
  return readFileSync(path.join(root, name), 'utf8').trimEnd().split('\n').length;
}

function isDefault(node: ts.HasModifiers): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword) ?? false;
}

function isExported(node: ts.HasModifiers): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function hasDoc(file: SourceFile, node: ts.Node): boolean {
  return (
    ts.getJSDocCommentsAndTags(node).length > 0 ||
    /\*\/\s*$/.test(file.text.slice(0, node.getStart(file.tree)))
  );
}

function isEmptyContainer(node: ts.Expression): boolean {
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0;
  return (
    ts.isNewExpression(node) &&
    /^(Weak)?(Map|Set)$/.test(node.expression.getText()) &&
    (node.arguments?.length ?? 0) === 0
  );
}
