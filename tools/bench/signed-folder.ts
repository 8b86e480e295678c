/** A small registry that is signed, by the commands of an operator. */
import fs from 'node:fs';
import path from 'node:path';
import type { World } from './benchmark.ts';
import { timeOf } from './measure.ts';
import { pipelineOf } from './pipeline.ts';

/** Signs what is in `site` with keys that are made for it, 256 bins as by default. */
export function signFolder(world: Pick<World, 'node' | 'root' | 'scratch'>, site: string): void {
  const pipeline = pipelineOf(world, fs.mkdtempSync(path.join(world.scratch, 'keys-')));
  timeOf(pipeline.makeKeys());
  timeOf(pipeline.sign(site));
}
