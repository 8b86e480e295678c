import type { Use } from '../uses/index.ts';
import { alternatives, textOf } from '../values/value.ts';
import { nameOf, type Detector } from './detector.ts';

/** Functions that change the object they get first. */
const CHANGERS =
  /^(?:Object (?:assign|defineProperty|defineProperties|setPrototypeOf|freeze|seal|preventExtensions)|Reflect (?:set|defineProperty|setPrototypeOf|deleteProperty)|(?:Object prototype|\* prototype) __define[GS]etter__)$/;
const FREE_TO_WRITE =
  /^(?:module|exports|process (?:exitCode|title|env|noDeprecation|traceDeprecation)|require main|navigator|Error (?:stackTraceLimit|prepareStackTrace))/;
const CHANGEABLE =
  /^(?:JSON|console|Math|Object|Array|Promise|process|fetch|Function|String|Reflect|node:.*|.* prototype)$/;

export const builtins: Detector = {
  about: 'changes of what is built in: prototypes, globals, modules of Node',
  check(input) {
    for (const use of input.uses) {
      const targets = use.how === 'called' && CHANGERS.test(use.path.join(' ')) ? targetsOf(use) : [];
      const changed = use.how === 'written' && changesBuiltin(use) ? [use.path] : targets;
      for (const path of changed) input.report.finding('BUILTIN_CHANGED', use.node, { what: nameOf(path) });
    }
  },
};

function changesBuiltin(use: Use): boolean {
  const { path } = use;
  const [root] = path;
  // `x.__proto__ = y` changes x alone; a new name of the global object belongs to who sets it.
  if (root === undefined || (root === '*' && path.length === 2) || !isBuiltin(root)) return false;
  return !path.includes('()') && !FREE_TO_WRITE.test(path.join(' ')) && !isPolyfill(use);
}

const OF_MODULES = new Set(['*', 'module', 'require', 'exports']);

function isBuiltin(root: string): boolean {
  return Object.hasOwn(globalThis, root) || root.startsWith('node:') || OF_MODULES.has(root);
}

/** `globalThis.fetch ??= …`: what is there already stays. */
function isPolyfill({ node, source }: Use): boolean {
  const parent = source.parentOf(node);
  return parent?.type === 'AssignmentExpression' && /^(?:\?\?|\|\|)=$/.test(parent.operator);
}

function targetsOf({ args }: Use): readonly (readonly string[])[] {
  const [target, key] = args ?? [];
  const name = key && textOf(key);
  return (target ? alternatives(target) : []).flatMap((value) => {
    if (value.kind !== 'api' || value.path.includes('()')) return [];
    if (value.path.length > 0) return CHANGEABLE.test(value.path.join(' ')) ? [value.path] : [];
    return name !== undefined && Object.hasOwn(globalThis, name) ? [[name]] : [];
  });
}
