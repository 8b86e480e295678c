/**
 * What a bundle leaves in `node_modules` has to be named by the package.json beside it, though a package of this repository
 * names it as well: pnpm shows a package nothing else, and npm shows it whatever version somebody else wanted.
 */
import fs from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';

export interface Dependencies {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** `require("execa")` and `import("execa")`, as Rolldown writes them. */
const OUTSIDE = /\b(?:require|import)\("([^"]+)"\)/g;
/** Asked for by `debug`, which goes without. */
const OPTIONAL = new Set(['supports-color']);

/**
 * @param folder of the bundle
 * @returns the packages that the bundle asks for and `manifest` does not name, sorted
 */
export function undeclared(folder: string, { dependencies, optionalDependencies }: Dependencies): readonly string[] {
  const declared = new Set([...Object.keys(dependencies ?? {}), ...Object.keys(optionalDependencies ?? {})]);
  const asked = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.cjs'))
    .flatMap((name) => [...fs.readFileSync(path.join(folder, name), 'utf8').matchAll(OUTSIDE)])
    .flatMap(([, id = '']) => packageOf(id) ?? []);
  return [...new Set(asked)]
    .filter((name) => !declared.has(name) && !OPTIONAL.has(name))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/** @returns undefined for a file, and for what is a part of Node.js */
function packageOf(id: string): string | undefined {
  if (id.startsWith('.') || id.startsWith('node:') || builtinModules.includes(id)) return undefined;
  return id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/');
}
