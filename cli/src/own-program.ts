/**
 * What this program is, and what lies beside it. The standalone binary has nothing beside it and another module in place of
 * this one: `tools/binary/replacements/own-program.ts`.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export interface OwnProgram {
  /** Version of this program. */
  readonly version: () => string;
  /** How a package.json asks npm for the SDK that belongs to this program. */
  readonly sdkSpec: () => Promise<string>;
  /** The Node.js that a project's own programs run on: a path, or its name, to be found in PATH. */
  readonly node: () => string;
  /** URL of a module beside which packages may lie, or undefined where there is no such place. */
  readonly lookBeside: () => string | undefined;
}

export const ownProgram: OwnProgram = {
  version: () => {
    const text = fs.readFileSync(path.join(import.meta.dirname, '../package.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  },
  sdkSpec: async () => {
    const { npmSpecOf } = await import('@ar-registry/io/package-folder');
    return npmSpecOf(createRequire(import.meta.url).resolve('@ar-registry/sdk'));
  },
  node: () => process.execPath,
  lookBeside: () => import.meta.url,
};
