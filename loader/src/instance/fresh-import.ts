/**
 * Importing a plugin anew in a process that has imported it before.
 *
 * Node keeps every module by its URL. A query on the URL of the main module makes it a new one; a resolve hook carries
 * the query on to the plugin's other files, so that an edit in any of them is seen. Its npm dependencies stay shared.
 */
// Not by name: Node before 22.15 has no `registerHooks`, and such an import would not link.
import nodeModule from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

const QUERY = 'ar-generation';

/** Imports of one daemon. */
export interface FreshImports {
  /**
   * The URL by which a main module, and with it the plugin's other files, is imported as it is now. Another one each time.
   *
   * @param dir absolute path of the plugin's folder
   */
  urlOf(main: URL, dir: string): string;
  close(): void;
}

/** How often each main module was imported. It is the process that keeps modules, whatever daemon imported them. */
const imported = new Map<string, number>();

/** Most plugins are imported once: until one is again, nothing is hooked into what all modules are found by. */
export function createFreshImports(): FreshImports {
  let unfollow: (() => void) | undefined;
  return {
    urlOf(main, dir) {
      const generation = imported.get(main.href) ?? 0;
      imported.set(main.href, generation + 1);
      if (generation === 0) return main.href;
      unfollow ??= followGenerations();
      forgetCommonJs(dir);
      const url = new URL(main);
      url.searchParams.set(QUERY, String(generation));
      return url.href;
    },
    close: () => unfollow?.(),
  };
}

/**
 * Carries the generation from a plugin's main module to the files it imports. Node has such hooks since 22.15; before,
 * an edit is seen in the main module alone.
 *
 * @returns ends it
 */
function followGenerations(): () => void {
  if (!('registerHooks' in nodeModule)) return () => undefined;
  const hooks = nodeModule.registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const generation = context.parentURL === undefined ? null : generationOf(context.parentURL);
      if (generation === null || !isOwnFile(specifier, resolved.url)) return resolved;
      const url = new URL(resolved.url);
      url.searchParams.set(QUERY, generation);
      return { ...resolved, url: url.href };
    },
  });
  return () => hooks.deregister();
}

function generationOf(url: string): string | null {
  return url.startsWith('file:') && url.includes(QUERY) ? new URL(url).searchParams.get(QUERY) : null;
}

function isOwnFile(specifier: string, url: string): boolean {
  return /^\.{1,2}\//.test(specifier) && url.startsWith('file:') && !url.includes('/node_modules/');
}

/** `require` has a cache of its own, by path; `import` of a CommonJS module reads from it. */
function forgetCommonJs(dir: string): void {
  const { cache } = nodeModule.createRequire(pathToFileURL(join(dir, 'package.json')));
  for (const file of Object.keys(cache))
    if (file.startsWith(dir + sep) && !file.startsWith(join(dir, 'node_modules') + sep)) delete cache[file];
}
