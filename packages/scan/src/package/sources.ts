/** The JavaScript files of a plugin, and which file a specifier in one of them names. */
import { posix } from 'node:path';
import type { SourceFile } from '../source/source-file.ts';

export interface PluginSources {
  readonly files: readonly SourceFile[];
  /** The file that `specifier` in the file `from` names; undefined for a package, a module of Node, or nothing. */
  readonly resolve: (specifier: string, from: string) => SourceFile | undefined;
}

const ENDINGS = ['', '.js', '.cjs', '.mjs', '.json', '/index.js', '/index.cjs', '/index.mjs'];

/** Where a specifier may lead in the package, the likeliest first. Paths outside of it are left out. */
export function candidatePaths(specifier: string, from: string): readonly string[] {
  if (!/^\.{0,2}\/|^\.{1,2}$/.test(specifier)) return [];
  const base = posix.normalize(posix.join(posix.dirname(from), decoded(specifier).replace(/[?#].*$/s, '')));
  return base.startsWith('..') ? [] : ENDINGS.map((ending) => posix.normalize(`${base}${ending}`));
}

/** Percent-encoding counts in `import`. */
function decoded(specifier: string): string {
  try {
    return decodeURIComponent(specifier);
  } catch {
    return specifier;
  }
}

/** @param imports `imports` of package.json, as far as they are plain */
export function createSources(
  files: readonly SourceFile[],
  imports: ReadonlyMap<string, string> = new Map(),
): PluginSources {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return {
    files,
    resolve: (specifier, from) => {
      const mapped = imports.get(specifier);
      const paths = mapped === undefined ? candidatePaths(specifier, from) : candidatePaths(mapped, 'package.json');
      return paths.map((path) => byPath.get(path)).find((file) => file !== undefined);
    },
  };
}
