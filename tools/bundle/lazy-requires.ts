/**
 * In a bundle everything is loaded when it is first used and not where it is imported: what TC39's `import defer` will do.
 * A command imports what one of its branches needs, and most runs take another: of `node:crypto`, `node:http` and `semver`
 * each takes as long as all that is left.
 *
 * Right because no module here does anything when it is imported. It rewrites the lines that Rolldown writes for an
 * import; that it still finds them is held by a test.
 *
 * @source https://github.com/tc39/proposal-defer-import-eval
 */
import type { Plugin } from 'rolldown';

/**
 * Named as Rolldown names its own functions: a module may have one of any other name. It asks for a module once: to find
 * what is loaded takes a microsecond, and a loop over a thousand plugins does so in each of its steps.
 */
const LAZILY =
  'const __lazily = (load, loaded) => new Proxy({}, { get: (_, name) => ((loaded ??= load()), name === "default" ? loaded : loaded[name]) });\n';

/** `let node_fs = require("node:fs");` or `let execa = require("execa");`, and the copy of all its members that a default import makes. */
const OUTSIDE = /^let (\w+) = require\("([^".][^"]*)"\);\n(?:\1 = [\w$.]*__toESM\(\1, 1\);\n)?/gm;
/** `const require_text = require("./text-CDnahzl4.cjs");`; the one of Rolldown's own functions is used at once. */
const CHUNK = /^const (?!require_rolldown_runtime)([\w$]+) = require\("(\.\/[^"]+)"\);$/gm;
/** `require("./text-CDnahzl4.cjs");`, of which nothing is used. */
const UNUSED_CHUNK = /^require\("\.\/[^"]+"\);\n/gm;

/** Packages that are in the bundle and wait for their first use; `dist/index.js` is that of `yaml`. */
export const LAZY_PACKAGES = ['semver', 'proper_lockfile', 'dist'];

/** @param packages CommonJS, which Rolldown wraps in functions by the name of their file: `semver` in `require_semver` */
export function lazyRequires(packages: readonly string[]): Plugin {
  const wrapper = `(?:[\\w$]+\\.)?require_(?:${packages.join('|')})`;
  const wrapped = new RegExp(
    `^(?:let|var|const) (\\w+) = (?:/\\* @__PURE__ \\*/ )?[\\w$.]*__toESM\\((${wrapper})\\(\\), 1\\);`,
    'gm',
  );
  const named = new RegExp(`^(?:let|var|const) (\\w+) = (${wrapper})\\(\\);`, 'gm');
  const evaluated = new RegExp(`^${wrapper}\\(\\);\n`, 'gm');
  return {
    name: 'lazy-requires',
    renderChunk: (code) => {
      const changed = code
        .replaceAll(OUTSIDE, 'const $1 = __lazily(() => require("$2"));\n')
        .replaceAll(CHUNK, 'const $1 = __lazily(() => require("$2"));')
        .replaceAll(UNUSED_CHUNK, '')
        .replaceAll(wrapped, 'const $1 = __lazily(() => $2());')
        .replaceAll(named, 'const $1 = __lazily(() => $2());')
        .replaceAll(evaluated, '');
      return changed === code ? null : LAZILY + changed;
    },
  };
}
