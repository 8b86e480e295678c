/**
 * Everything that the standalone binary consists of but its runtime: CommonJS files, each read when it is first used, with
 * all packages in them. As for the JavaScript version (`tools/bundle-program.ts`), a file that is not used costs nothing.
 */
import path from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { LAZY_PACKAGES, lazyRequires } from '../bundle/lazy-requires.ts';
import { LEFT_OUT } from '../bundle/left-out.ts';

const root = path.resolve(import.meta.dirname, '../..');
const own = (file: string): string => path.join(root, file);

/** What reads files that lie beside the JavaScript version, or that this runtime does otherwise, and what the binary has in its place. */
const REPLACED = new Map(
  Object.entries({
    'cli/bin/self.js': 'self.cjs',
    'cli/bin/start.js': 'start.cjs',
    'cli/src/own-program.ts': 'own-program.ts',
    'packages/checks/src/report/packages.ts': 'packages.ts',
    'packages/io/src/api-client/exchange.ts': 'exchange.ts',
    'packages/io/src/telemetry/sender-command.ts': 'sender-command.ts',
    'packages/checks/src/contents/secrets/profiler.ts': 'profiler.ts',
  }).map(([from, to]) => [own(from), own(`tools/binary/replacements/${to}`)]),
);

/** Native, and there is one for each system: who has none keeps tokens in a file, as the JavaScript version does. */
const NATIVE = '@napi-rs/keyring';
const USING = '@oxc-project/runtime/helpers/usingCtx';

/**
 * Writes `entry.cjs`, which is to be run, and its parts.
 *
 * @param folder absolute
 * @returns names of all files, `entry.cjs` first
 */
export async function bundleParts(folder: string): Promise<readonly string[]> {
  const bundle = await rolldown({
    input: {
      entry: own('tools/binary/entry.cjs'),
      main: own('cli/src/main.ts'),
      'telemetry-sender': own('packages/io/src/telemetry-sender/main.ts'),
    },
    preserveEntrySignatures: 'allow-extension',
    platform: 'node',
    resolve: {
      conditionNames: ['ar-source', 'node', 'import', 'default'],
      alias: { [USING]: own('tools/bundle/using.ts'), ...LEFT_OUT },
    },
    plugins: [replaceOwnFiles(), lazyRequires(LAZY_PACKAGES)],
    checks: { ineffectiveDynamicImport: false },
    external: [NATIVE],
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await bundle.close();
  const names = output.map(({ fileName }) => fileName);
  return ['entry.cjs', ...names.filter((name) => name !== 'entry.cjs').toSorted()];
}

function replaceOwnFiles(): Plugin {
  return {
    name: 'replace-own-files',
    resolveId: {
      order: 'pre',
      async handler(source, importer, options) {
        if (!source.startsWith('.')) return null;
        const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
        return resolved ? (REPLACED.get(resolved.id) ?? resolved) : null;
      },
    },
  };
}
