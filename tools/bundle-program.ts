/**
 * Bundles a program of this repository: a few CommonJS files in place of two hundred modules, because a command that runs
 * for 50 ms must not spend 40 of them on looking for files.
 *
 * CommonJS and not ESM: importing a builtin into ESM reads every export of it, and so loads what Node.js keeps for later
 * (`node:http` brings fetch, `node:crypto` WebCrypto). What a command rarely needs stays outside, in `node_modules`.
 */
import path from 'node:path';
import { rolldown } from 'rolldown';

const root = path.resolve(import.meta.dirname, '..');
/** What every command may need; small, and without files of its own that it would look for. */
const INSIDE =
  /^(?:@ar-registry\/(?:core|io|schemas)(?:\/|$)|(?:semver|yaml|get-east-asian-width|proper-lockfile|graceful-fs|signal-exit|retry|p-limit|yocto-queue)(?:\/|$)|ajv\/dist\/runtime\/)/;

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
    resolve: { conditionNames: ['ar-source', 'node', 'import', 'default'] },
    external: (id) => !path.isAbsolute(id) && !id.startsWith('.') && !INSIDE.test(id),
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
  });
  await bundle.close();
  return output.length;
}
