/**
 * Bundles a program of this repository: a few CommonJS files in place of two hundred modules, because a command that runs
 * for 50 ms must not spend 40 of them on looking for files.
 *
 * CommonJS and not ESM: importing a builtin into ESM reads every export of it, and so loads what Node.js keeps for later
 * (`node:http` brings fetch, `node:crypto` WebCrypto). What a command rarely needs stays outside, in `node_modules`.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { inlineRuntime } from './bundle/inline-runtime.ts';
import { LAZY_PACKAGES, lazyRequires } from './bundle/lazy-requires.ts';
import { LEFT_OUT } from './bundle/left-out.ts';
import { undeclared, type Dependencies } from './bundle/undeclared.ts';

const root = path.resolve(import.meta.dirname, '..');
/** What every command may need; small, and without files of its own that it would look for. */
const INSIDE =
  /^(?:@ar-registry\/(?:core|io|schemas)(?:\/|$)|(?:semver|yaml|get-east-asian-width|proper-lockfile|graceful-fs|signal-exit|retry|p-limit|yocto-queue|tar|minizlib|minipass|spdx-expression-parse|spdx-exceptions|spdx-license-ids|fast-deep-equal|@tufjs\/canonical-json)(?:\/|$)|ajv\/dist\/runtime\/)/;

/** The same of one program alone: what starts programs, which is many small files, and what READMEs and feeds are made with. */
const INSIDE_TOO: Readonly<Record<string, RegExp>> = {
  scripts:
    /^(?:execa|@sindresorhus\/merge-streams|figures|get-stream|human-signals|is-plain-obj|is-stream|npm-run-path|path-key|unicorn-magic|parse-ms|pretty-ms|strip-final-newline|which-command|yoctocolors|@sec-ant\/readable-stream|simple-git|@kwsites\/[\w-]+|@simple-git\/[\w-]+|debug|ms|feed|xml-js|sax|hast-util-[\w-]+|@ungap\/structured-clone|unist-util-position|property-information|space-separated-tokens|comma-separated-tokens|html-void-elements|stringify-entities|character-entities-[\w-]+|zwitch|ccount|lowlight|highlight\.js|devlop|is-unicode-supported)(?:\/|$)/,
};

/** What Rolldown imports for `using`. */
const USING = '@oxc-project/runtime/helpers/usingCtx';

/**
 * What is read together is one file, with what it imports: a file costs a third of a millisecond to find. Apart are the
 * errors, since most runs have none, and the two packages that only the harder files and ranges need.
 */
const TOGETHER = [
  { name: 'semver', test: /node_modules[\\/]semver[\\/]/, priority: 4 },
  { name: 'yaml', test: /node_modules[\\/]yaml[\\/]/, priority: 4 },
  {
    name: 'run',
    test: /node_modules[\\/](?:execa|simple-git|human-signals|get-stream|signal-exit|@sindresorhus|@kwsites|@simple-git)[\\/]/,
    priority: 4,
  },
  { name: 'colours', test: /node_modules[\\/](?:lowlight|highlight\.js)[\\/]/, priority: 4 },
  { name: 'html', test: /node_modules[\\/](?:hast-util-[\w-]+|property-information)[\\/]/, priority: 4 },
  // Tables, for texts in which there is more than Latin.
  { name: 'width', test: /node_modules[\\/]get-east-asian-width[\\/]/, priority: 4 },
  { name: 'errors', test: /packages[\\/]core[\\/]src[\\/]errors[\\/](?!index|error\.ts)/, priority: 4 },
  // What validators are made of: most commands need it cold, and few what is in the groups below.
  { name: 'validation', test: /node_modules[\\/](?:ajv|fast-deep-equal)[\\/]/, priority: 4 },
  { name: 'permission', test: /packages[\\/]core[\\/]src[\\/]permission[\\/]/, priority: 4 },
  { name: 'start', test: /cli[\\/]src[\\/](?:main|help)\.ts$/, priority: 3 },
  {
    name: 'look',
    test: /cli[\\/]src[\\/](?:context|telemetry[\\/]happened|present[\\/](?:plugin-)?table)\.ts$|io[\\/]src[\\/](?:advisories[\\/]|api-client[\\/](?:client|index)\.ts$)/,
    priority: 2,
  },
  {
    name: 'search',
    test: /cli[\\/]src[\\/](?:commands|present)[\\/]search\.ts$|io[\\/]src[\\/]api-client[\\/]search-client\.ts$/,
    priority: 1,
  },
  { name: 'info', test: /cli[\\/]src[\\/](?:commands|present)[\\/]info\.ts$/, priority: 1 },
  // What tells registries what happened, for who allowed it.
  {
    name: 'tell',
    test: /cli[\\/]src[\\/]telemetry[\\/](?!happened)|packages[\\/](?:core|io)[\\/]src[\\/]telemetry(?:-sender)?[\\/]/,
    includeDependenciesRecursively: false,
  },
  // What every installation does, and what only one does that fetches.
  {
    name: 'install',
    test: /cli[\\/]src[\\/](?:(?:commands|present)[\\/]install|install[\\/](?!git-|update-|verify-|local-)[\w-]+)\.ts$|packages[\\/]io[\\/]src[\\/](?:install|install-store|project|lock|advisories|digest|clock)[\\/]|packages[\\/]core[\\/]src[\\/](?:install|yaml|permission)[\\/]|validators[\\/](?:lockfile|project|store-entry|known-project|install-journal|kept-advisories)\.ts$|node_modules[\\/](?:p-limit|yocto-queue|proper-lockfile|signal-exit|retry)[\\/]/,
    includeDependenciesRecursively: false,
  },
  {
    name: 'fetch',
    test: /packages[\\/]io[\\/]src[\\/]archive[\\/](?!pack|list-)|packages[\\/]core[\\/]src[\\/](?:archive|findings|manifest)[\\/]|packages[\\/]core[\\/]src[\\/]record[\\/]difference|validators[\\/](?:plugin-manifest|api[\\/](?:plugin|version|advisories))\.ts$|node_modules[\\/](?:tar|minipass|minizlib|spdx-[\w-]+)[\\/]/,
    includeDependenciesRecursively: false,
  },
];

/** Programs that a program starts. */
const FURTHER: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  scripts: {
    'render-process': path.join(root, 'scripts/src/readme/render-process.ts'),
    'part-worker': path.join(root, 'scripts/src/stages/build/part/part-worker.ts'),
  },
};

/**
 * Writes `main.cjs` and its parts.
 *
 * @param workspace `cli` or `scripts`; `src/main.ts` is its program
 * @param folder absolute; beside the workspace's package.json, which the program reads
 * @returns how many files
 */
export async function bundleProgram(workspace: string, folder: string): Promise<number> {
  const bundle = await rolldown({
    input: { main: path.join(root, workspace, 'src/main.ts'), ...FURTHER[workspace] },
    preserveEntrySignatures: 'allow-extension',
    platform: 'node',
    // The oldest that package.json allows; it knows no `using`.
    transform: { target: 'node22' },
    resolve: {
      conditionNames: ['ar-source', 'node', 'import', 'default'],
      alias: { [USING]: path.join(import.meta.dirname, 'bundle/using.ts'), ...LEFT_OUT },
    },
    plugins: [lazyRequires(LAZY_PACKAGES), inlineRuntime()],
    // What is imported statically somewhere and on demand elsewhere is on demand everywhere: see the plugin.
    checks: { ineffectiveDynamicImport: false },
    external: (id) => id !== USING && !path.isAbsolute(id) && !id.startsWith('.') && !isInside(workspace, id),
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    // `import()` in what `cli/bin/start.js` runs makes Node.js tell the user that something is experimental.
    dynamicImportInCjs: false,
    codeSplitting: { groups: TOGETHER },
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await bundle.close();
  if (workspace === 'cli') await bundleSender(folder);
  finishBundle(folder);
  assertDeclared(workspace, folder);
  return output.length;
}

function assertDeclared(workspace: string, folder: string): void {
  const file = path.join(root, workspace, 'package.json');
  const missing = undeclared(folder, JSON.parse(fs.readFileSync(file, 'utf8')) as Dependencies);
  if (missing.length > 0)
    throw new Error(`${file} names no dependency on what its bundle needs: ${missing.join(', ')}.`);
}

function isInside(workspace: string, id: string): boolean {
  return [INSIDE, INSIDE_TOO[workspace]].some((inside) => inside?.test(id));
}

/** Writes `telemetry-sender.cjs`, which `io/telemetry` starts: one file, which has nothing in common with the others. */
async function bundleSender(folder: string): Promise<void> {
  const bundle = await rolldown({
    input: { 'telemetry-sender': path.join(root, 'packages/io/src/telemetry-sender/main.ts') },
    platform: 'node',
    transform: { target: 'node22' },
    resolve: { conditionNames: ['ar-source', 'node', 'import', 'default'] },
    plugins: [lazyRequires(['semver'])],
    checks: { ineffectiveDynamicImport: false },
  });
  await bundle.write({ dir: folder, format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false });
  await bundle.close();
}

/**
 * Makes ASCII of all files, which is read and kept in half the bytes, and says in the first line of `main.cjs` which bundle
 * it is: what is kept of it (`cli/bin/start.js`) holds for no other.
 */
function finishBundle(folder: string): void {
  const hash = createHash('sha256');
  const texts = fs
    .readdirSync(folder)
    .toSorted()
    .map((name) => [name, toAscii(fs.readFileSync(path.join(folder, name), 'utf8'))] as const);
  for (const [name, text] of texts) hash.update(`${name}\n${text}`);
  const id = hash.digest('hex').slice(0, 32);
  for (const [name, text] of texts)
    fs.writeFileSync(path.join(folder, name), name === 'main.cjs' ? `// ${id}\n${text}` : text);
}

/** By escapes, which mean the same in texts, templates, regular expressions and names. */
function toAscii(text: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII has them
  return text.replaceAll(/[^\u0000-\u007f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Writes `main.cjs` and `worker.cjs`, what runs in a plugin's process: two or three files in place of fourteen, which the
 * process must be able to read. And `snapshot.cjs`, all of it in one file, of which the loader makes what starts faster.
 *
 * @param folder absolute
 */
export async function bundleGuest(folder: string): Promise<void> {
  const guest = path.join(root, 'loader/src/guest');
  await writeGuest(folder, { main: path.join(guest, 'main.ts'), worker: path.join(guest, 'worker.ts') });
  await writeGuest(folder, { snapshot: path.join(guest, 'snapshot.ts') });
}

async function writeGuest(folder: string, input: Readonly<Record<string, string>>): Promise<void> {
  const bundle = await rolldown({ input, platform: 'node', transform: { target: 'node22' } });
  await bundle.write({ dir: folder, format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' });
  await bundle.close();
}
