/** A small registry that is signed, by the commands of an operator. */
import fs from 'node:fs';
import path from 'node:path';
import type { World } from './benchmark.ts';
import { timeOf } from './measure.ts';
import { signingOf } from './pipeline.ts';

/** Signs what is in `site` with keys that are made for it. */
export function signFolder(world: Pick<World, 'node' | 'root' | 'scratch'>, site: string): void {
  const signing = signingOf(world, fs.mkdtempSync(path.join(world.scratch, 'keys-')));
  timeOf(signing.makeKeys());
  timeOf(signing.sign(site));
}
