import type { Use } from '../uses/index.ts';
import { alternatives } from '../values/value.ts';
import { nameOf, type Detector } from './detector.ts';

/** Functions that change the object they get first. */
const CHANGERS =
  /^(?:Object (?:assign|defineProperty|defineProperties|setPrototypeOf|freeze|seal|preventExtensions)|Reflect (?:set|defineProperty|setPrototypeOf|deleteProperty)|(?:Object prototype|\* prototype) __define[GS]etter__)$/;
const FREE_TO_WRITE =
  /^(?:module|exports|process (?:exitCode|title|env|noDeprecation|traceDeprecation)|require main|navigator|npm:)/;
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
  if (root === undefined || (root === '*' && path.length === 2)) return false;
  if (path.length === 1 && root !== '*' && !Object.hasOwn(globalThis, root)) return false;
  return !path.includes('()') && !FREE_TO_WRITE.test(path.join(' ')) && !isPolyfill(use);
}

/** `globalThis.fetch ??= …`: what is there already stays. */
function isPolyfill({ node, source }: Use): boolean {
  const parent = source.parentOf(node);
  return parent?.type === 'AssignmentExpression' && /^(?:\?\?|\|\|)=$/.test(parent.operator);
}

function targetsOf({ args }: Use): readonly (readonly string[])[] {
  const [target] = args ?? [];
  return (target ? alternatives(target) : []).flatMap((value) => {
    const isBuiltin = value.kind === 'api' && !value.path.includes('()') && CHANGEABLE.test(value.path.join(' '));
    return isBuiltin ? [value.path] : [];
  });
}
