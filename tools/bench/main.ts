/**
 * Measures what the repository promises to be fast: `npm run bench`, `npm run bench -- --only start`.
 *
 * What is compared runs side by side in every round, and only ratios are judged. See docs/benchmarks.md. A whole run is kept
 * in bench/: results.json, and results.svg for people; and its tables are written into docs/performance.md.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { World } from './benchmark.ts';
import { keepResults } from './keep.ts';
import { HELP, readOptions } from './options.ts';
import { countUnmet, presentTable, type Result, toDocument } from './present.ts';
import { createRegistries } from './registries.ts';
import { problemWithRoom } from './room.ts';
import { sizesOf } from './sizes.ts';

const options = readOptions(process.argv.slice(2));
if (typeof options === 'string') {
  process.stderr.write(`${options}\n\n${HELP}`);
  process.exit(2);
}
if (options.help) {
  process.stdout.write(HELP);
  process.exit();
}

const { node, rounds, chosen, corpus } = options;
const root = path.resolve(import.meta.dirname, '../..');
const temporary = fs.realpathSync(os.tmpdir());
const sizes = sizesOf(options);
const problem = options.needsRegistries ? problemWithRoom(temporary, sizes, rounds) : undefined;
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
const scratch = fs.mkdtempSync(path.join(temporary, 'ar-bench-'));
const { plugins, keep } = options;
const registries = createRegistries({ node, root, corpus, scratch, ...(keep !== undefined && { keep }) });
const world: World = { node, rounds, scratch, root, corpus, registries, ...(plugins && { plugins }) };
try {
  const results: Result[] = [];
  const broken: string[] = [];
  for (const { name, summary, run } of chosen) {
    const startedAt = performance.now();
    process.stderr.write(`${name}…`);
    // What was written before is on the disk before the next begins.
    spawnSync('sync');
    try {
      results.push({ benchmark: name, summary, rows: await run(world) });
      process.stderr.write(` ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
    } catch (error) {
      // What the others found in half an hour is not to go with it.
      broken.push(name);
      const why = error instanceof Error ? error.stack : String(error);
      process.stderr.write(`\n${name} could not be measured: ${why}\n`);
    }
  }
  const circumstances = {
    node: execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim(),
    platform: `${process.platform} ${process.arch}`,
    cores: os.availableParallelism(),
    rounds,
  };
  const document = toDocument(results, circumstances);
  const json = `${JSON.stringify(document, undefined, 2)}\n`;
  process.stdout.write(options.json ? json : presentTable(results, circumstances));
  if (options.isWhole && broken.length === 0) keepResults(root, document);
  if (broken.length > 0 || (options.check && countUnmet(results) > 0)) process.exitCode = 1;
} finally {
  // Millions of files: `rm` is twice as fast as this process would be.
  execFileSync('rm', ['-rf', scratch]);
}
