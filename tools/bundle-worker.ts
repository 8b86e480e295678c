/** Bundles the registry's API as a Cloudflare Worker: one ESM file, as the runtime takes it. */
import path from 'node:path';
import { rolldown } from 'rolldown';

const root = path.resolve(import.meta.dirname, '..');

/** @param file absolute; `worker.js` */
export async function bundleWorker(file: string): Promise<void> {
  const bundle = await rolldown({
    input: path.join(root, 'scripts/src/edge/worker.ts'),
    platform: 'neutral',
    external: /^node:/,
    resolve: {
      conditionNames: ['ar-source', 'workerd', 'worker', 'import', 'default'],
      mainFields: ['module', 'main'],
    },
    // Nothing of ours works at import time: what is not used is left out with all that it imports.
    treeshake: {
      moduleSideEffects: (id) => !/[\\/](?:packages|schemas|scripts)[\\/]/.test(id) && !id.startsWith('node:'),
    },
  });
  await bundle.write({ file, format: 'es', comments: { legal: true, annotation: false, jsdoc: false } });
  await bundle.close();
}
