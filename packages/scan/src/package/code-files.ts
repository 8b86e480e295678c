/**
 * Which files of a package are code, whatever they are called.
 *
 * Node runs what it is told to run: a file without an ending, or with a foreign one, is code where package.json names it,
 * where it starts with `#!`, and where another file requires it.
 */
import { posix } from 'node:path';

export interface PackageJson {
  readonly [key: string]: unknown;
}

const CODE = /\.(?:js|mjs|cjs|jsx|ts|mts|cts|tsx)$/i;
const DECLARATIONS = /\.d\.[cm]?ts$/i;

/** By its name or its first line. */
export function isCode(path: string, text: () => string): boolean {
  if (DECLARATIONS.test(path)) return false;
  if (CODE.test(path)) return true;
  return /^\ufeff?#!.*\b(?:node|bun|deno|tsx|ts-node)\b/.test(text());
}

/** Files that the manifest and package.json name as entries, as paths in the package. */
export function entriesOf(packageJson: PackageJson, main: string | undefined): ReadonlySet<string> {
  const named = [
    main,
    packageJson['main'],
    packageJson['module'],
    packageJson['browser'],
    packageJson['bin'],
    packageJson['exports'],
    packageJson['imports'],
  ];
  return new Set(named.flatMap(textsIn).flatMap((text) => withEndings(posix.normalize(text))));
}

function withEndings(path: string): readonly string[] {
  return [path, `${path}.js`, `${path}.cjs`, `${path}.mjs`, `${path}/index.js`];
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** Plain `imports` of package.json: `#name` → a file. With conditions the first file counts for names; all are scanned. */
export function importsOf(packageJson: PackageJson): ReadonlyMap<string, string> {
  const { imports } = packageJson;
  if (typeof imports !== 'object' || imports === null) return new Map();
  return new Map(
    Object.entries(imports).flatMap(([name, target]) => {
      const [first] = textsIn(target);
      return first === undefined ? [] : [[name, first] as const];
    }),
  );
}
