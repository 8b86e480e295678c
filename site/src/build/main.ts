/**
 * The program that `ar-registry site` starts: builds the pages of an API folder into a folder, keeping what is there.
 *
 *   node --conditions=ar-source src/build/main.ts --api <folder> --out <folder> --base-url <address> [--full] [--verify]
 *
 * Prints one line of JSON about what it did. Runs may go on at the same time, as long as they write to different folders.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSite } from './build-site.ts';

const { values } = parseArgs({
  options: {
    api: { type: 'string' },
    out: { type: 'string' },
    'base-url': { type: 'string' },
    full: { type: 'boolean', default: false },
    verify: { type: 'boolean', default: false },
  },
});
const [api, out] = [path.resolve(values.api ?? ''), path.resolve(values.out ?? '')];
// Astro and pages that read the repository's documents go by it.
process.chdir(fileURLToPath(new URL('../../', import.meta.url)));
const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stopped.abort(new Error(`Ended by ${signal}.`)));
try {
  const baseUrl = values['base-url'] ?? 'http://127.0.0.1:8080';
  const result = await buildSite({ api, out, baseUrl, full: values.full, verify: values.verify }, stopped.signal);
  process.stdout.write(`${JSON.stringify(result)}\n`);
} catch (error) {
  if (!stopped.signal.aborted) throw error;
  process.exitCode = 130;
}
