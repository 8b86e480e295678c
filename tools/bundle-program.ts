/**
 * Bundles a program of this repository: a few CommonJS files in place of two hundred modules, because a command that runs
 * for 50 ms must not spend 40 of them on looking for files.
 *
 * CommonJS and not ESM: importing a builtin into ESM reads every export of it, and so loads what Node.js keeps for later
 * (`node:http` brings fetch, `node:crypto` WebCrypto). What a command rarely needs stays outside, in `node_modules`.
 */
import path from 'node:path';
import { rolldown } from 'rolldown';
import { lazyRequires } from './bundle/lazy-requires.ts';

const root = path.resolve(import.meta.dirname, '..');
/** What every command may need; small, and without files of its own that it would look for. */
const INSIDE =
  /^(?:@ar-registry\/(?:core|io|schemas)(?:\/|$)|(?:semver|yaml|get-east-asian-width|proper-lockfile|graceful-fs|signal-exit|retry|p-limit|yocto-queue)(?:\/|$)|ajv\/dist\/runtime\/)/;

/** What Rolldown imports for `using`. */
const USING = '@oxc-project/runtime/helpers/usingCtx';

/**
 * What is read together is one file, with what it imports: a file costs a third of a millisecond to find. Apart are the
 * errors, since most runs have none, and `semver`, which is loaded where there is a range.
 */
const TOGETHER = [
  { name: 'semver', test: /node_modules[\\/]semver[\\/]/, priority: 2 },
  { name: 'errors', test: /packages[\\/]core[\\/]src[\\/]errors[\\/](?!index|error\.ts)/, priority: 2 },
  { name: 'start', test: /cli[\\/]src[\\/](?:main|help)\.ts$/, priority: 1 },
  {
    name: 'look',
    test: /cli[\\/]src[\\/](?:context|(?:commands|present)[\\/](?:info|search))\.ts$|io[\\/]src[\\/]api-client[\\/]client\.ts$/,
  },
];

/**
 * Writes `main.cjs` and its parts.
 *
 * @param workspace `cli` or `scripts`; `src/main.ts` is its program
 * @param folder absolute; beside the workspace's package.json, which the program reads
 * @returns how many files
 */
export async function bundleProgram(workspace: string, folder: string): Promise<number> {
  const bundle = await rolldown({
    input: { main: path.join(root, workspace, 'src/main.ts') },
    platform: 'node',
    // The oldest that package.json allows; it knows no `using`.
    transform: { target: 'node22' },
    resolve: {
      conditionNames: ['ar-source', 'node', 'import', 'default'],
      alias: { [USING]: path.join(import.meta.dirname, 'bundle/using.ts') },
    },
    plugins: [lazyRequires(['semver'])],
    // What is imported statically somewhere and on demand elsewhere is on demand everywhere: see the plugin.
    checks: { ineffectiveDynamicImport: false },
    external: (id) => id !== USING && !path.isAbsolute(id) && !id.startsWith('.') && !INSIDE.test(id),
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    codeSplitting: { groups: TOGETHER },
  });
  await bundle.close();
  return output.length;
}
