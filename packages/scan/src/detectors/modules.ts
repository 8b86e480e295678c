import { candidatePaths } from '../package/sources.ts';
import { byType, type ByType } from '../source/by-type.ts';
import type { Node } from '../source/tree.ts';
import type { Use } from '../uses/index.ts';
import { alternatives, textOf, type Value } from '../values/value.ts';
import { frameOf } from '../values/evaluation.ts';
import { nameOf, type Detector, type DetectorInput } from './detector.ts';

/** Parts of the module system that only tell something. */
const HARMLESS_OF_MODULES = new Set([
  'createRequire',
  'builtinModules',
  'isBuiltin',
  'findPackageJSON',
  'enableCompileCache',
  'getCompileCacheDir',
  'SourceMap',
  'findSourceMap',
  'constants',
  'stripTypeScriptTypes',
]);

export const modules: Detector = {
  about: 'modules whose name is not told, modules outside of the package, the insides of the module system',
  check(input) {
    for (const use of input.uses) checkUse(use, input);
    for (const node of input.source.nodes) {
      const specifier = specifierOf(node);
      if (specifier) checkSpecifier(specifier, input.evaluation.of(specifier, frameOf(input.source)), input);
    }
  },
};

function checkUse(use: Use, input: DetectorInput): void {
  const { path, how, node } = use;
  const { report } = input;
  if (how === 'called' && isLoader(path)) checkSpecifier(use.argNodes[0] ?? node, use.args?.[0], input);
  if (how === 'passed' && isLoader(path)) report.finding('MODULE_UNDETERMINED', node, {});
  if (isInside(use)) report.finding('MODULE_SYSTEM_CHANGED', node, { what: nameOf(path) });
}

/** Whether a use is of the way modules are loaded, and not of loading one. */
function isInside({ path, how, isOrigin }: Use): boolean {
  const [root = '', part] = path;
  const inside = Object.hasOwn(INSIDES, root) ? INSIDES[root] : undefined;
  if (!inside || path.includes('()')) return false;
  // `new Module()`, `Module('…')`, and the object of this module handed on.
  if (part === undefined) return root !== 'require' && (how === 'called' || (how === 'passed' && isOrigin));
  return isOrigin && inside(part, path.length);
}

const INSIDES: Readonly<Record<string, (part: string, length: number) => boolean>> = {
  require: (part) => /^(?:cache|extensions|\*)$/.test(part),
  'node:module': (part) => !HARMLESS_OF_MODULES.has(part),
  module: (part, length) => /^(?:_compile|load|\*)$/.test(part) || (part === 'children' && length > 2),
};

function isLoader(path: readonly string[]): boolean {
  return /^(?:require|process getBuiltinModule|(?:node:)?module _load)$/.test(path.join(' '));
}

/** Static imports and `import()`; calls of require are found as uses. */
function specifierOf(node: Node): Node | undefined {
  return byType(SPECIFIERS, node, undefined) ?? undefined;
}

const SPECIFIERS: ByType<undefined, Node | null | undefined> = {
  ImportDeclaration: ({ source }) => source,
  ExportAllDeclaration: ({ source }) => source,
  ExportNamedDeclaration: ({ source }) => source,
  ImportExpression: ({ source }) => source,
};

function checkSpecifier(node: Node, specifier: Value | undefined, input: DetectorInput): void {
  const values = specifier ? alternatives(specifier) : [];
  const texts = values.map((value) => textOf(value));
  const isTold = texts.length > 0 && !texts.includes(undefined);
  const { report } = input;
  if (!isTold && !isInFolder(node) && !values.every((value) => isOwnFile(value)))
    report.finding('MODULE_UNDETERMINED', node, {});
  for (const text of texts.filter((told) => told !== undefined)) {
    if (/\.node$/i.test(text)) report.need({ kind: 'nativeAddons', what: text }, node);
    if (isOutside(text, input)) report.finding('MODULE_UNDETERMINED', node, {});
  }
}

/** Files that are not in the package were not looked at. */
function isOutside(text: string, { source, evaluation }: DetectorInput): boolean {
  if (/^(?:\/|[a-z]:[\\/]|file:|\\)/i.test(text)) return true;
  const isRelative = /^\.{1,2}(?:\/|$)/.test(text);
  return isRelative && candidatePaths(text, source.path).length === 0 && !evaluation.sources.resolve(text, source.path);
}

function isOwnFile(value: {
  readonly kind: string;
  readonly base?: string;
  readonly rest?: string | undefined;
}): boolean {
  return (
    value.kind === 'path' &&
    value.base === 'package' &&
    value.rest !== undefined &&
    !value.rest.includes('…') &&
    /\.(?:[cm]?js|json)$/.test(value.rest)
  );
}

/** `./locales/${name}.js`: whichever it is, it is a file that the scan looks at. */
function isInFolder(node: Node): boolean {
  const [start, end] = endsOf(node);
  return start !== undefined && end !== undefined && /^\.\/(?!.*\.\.)/.test(start) && /\.(?:[cm]?js|json)$/.test(end);
}

function endsOf(node: Node): readonly [string | undefined, string | undefined] | readonly [] {
  if (node.type === 'TemplateLiteral') return [node.quasis[0]?.value.raw, node.quasis.at(-1)?.value.raw];
  if (node.type === 'Literal' && typeof node.value === 'string') return [node.value, node.value];
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return [];
  return [endsOf(node.left)[0], endsOf(node.right)[1]];
}
