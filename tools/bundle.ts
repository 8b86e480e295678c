/**
 * Bundles the command line into `cli/bundle/`: a few CommonJS files in place of two hundred modules, because a command
 * that runs for 50 ms must not spend 40 of them on looking for files.
 *
 * CommonJS and not ESM: importing a builtin into ESM reads every export of it, and so loads what Node.js keeps for later
 * (`node:http` brings fetch, `node:crypto` WebCrypto). What a command rarely needs stays outside, in `node_modules`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'cli/bundle');
/** What every command may need; small, and without files of its own that it would look for. */
const INSIDE =
  /^(?:@ar-registry\/(?:core|io|schemas)(?:\/|$)|(?:semver|yaml|get-east-asian-width|proper-lockfile|graceful-fs|signal-exit|retry|p-limit|yocto-queue)(?:\/|$)|ajv\/dist\/runtime\/)/;

const beside = fs.mkdtempSync(`${folder}-`);
const bundle = await rolldown({
  input: { main: path.join(root, 'cli/src/main.ts') },
  platform: 'node',
  resolve: { conditionNames: ['ar-source', 'node', 'import', 'default'] },
  external: (id) => !path.isAbsolute(id) && !id.startsWith('.') && !INSIDE.test(id),
});
const { output } = await bundle.write({
  dir: beside,
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
});
await bundle.close();
// Whoever starts the command line meanwhile finds the old bundle or the new one.
fs.rmSync(folder, { recursive: true, force: true });
fs.renameSync(beside, folder);
fs.writeFileSync(1, `Bundled the command line: ${output.length} files.\n`);
