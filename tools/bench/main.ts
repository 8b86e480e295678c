/**
 * Measures what the repository promises to be fast: `npm run bench`, `npm run bench -- --only start`.
 *
 * What is compared runs side by side in every round, and only ratios are judged. See docs/benchmarks.md. A whole run is kept
 * in bench/: results.json, and results.svg for people.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { World } from './benchmark.ts';
import { drawResults } from './draw.ts';
import { countUnmet, presentTable, type Result, toDocument } from './present.ts';
import { BENCHMARKS } from './suites/index.ts';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    only: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '25' },
    node: { type: 'string', default: process.execPath },
  },
});

const chosen = BENCHMARKS.filter(({ name }) => !values.only || values.only.includes(name));
const unknown = values.only?.filter((name) => BENCHMARKS.every((benchmark) => benchmark.name !== name)) ?? [];
if (unknown.length > 0 || !/^[1-9]\d{0,3}$/.test(values.rounds)) {
  process.stderr.write(`--only is one of ${BENCHMARKS.map(({ name }) => name).join(', ')}; --rounds is 1 to 9999.\n`);
  process.exit(2);
}

const root = path.resolve(import.meta.dirname, '../..');
const scratch = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'ar-bench-'));
const world: World = { node: values.node, rounds: Number(values.rounds), scratch, root };
try {
  const results: Result[] = [];
  const broken: string[] = [];
  for (const { name, summary, run } of chosen) {
    process.stderr.write(`${name}…\n`);
    try {
      results.push({ benchmark: name, summary, rows: await run(world) });
    } catch (error) {
      // What the others found in half an hour is not to go with it.
      broken.push(name);
      process.stderr.write(`${name} could not be measured: ${error instanceof Error ? error.stack : String(error)}\n`);
    }
  }
  const circumstances = {
    node: execFileSync(world.node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim(),
    platform: `${process.platform} ${process.arch}`,
    cores: os.availableParallelism(),
    rounds: world.rounds,
  };
  const document = (): string => `${JSON.stringify(toDocument(results, circumstances), undefined, 2)}\n`;
  process.stdout.write(values.json ? document() : presentTable(results, circumstances));
  if (values.only === undefined && broken.length === 0) keep(document(), drawResults(results, circumstances));
  if (broken.length > 0 || (values.check && countUnmet(results) > 0)) process.exitCode = 1;
} finally {
  fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}

function keep(json: string, svg: string): void {
  const folder = path.join(root, 'bench');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'results.json'), json);
  fs.writeFileSync(path.join(folder, 'results.svg'), svg);
}
