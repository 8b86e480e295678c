/** The standalone binary, which has nothing beside it: what it would read there was known when it was made. */
import cli from '../../../cli/package.json' with { type: 'json' };
import type { OwnProgram } from '../../../cli/src/own-program.ts';
import sdk from '../../../packages/sdk/package.json' with { type: 'json' };

export const ownProgram: OwnProgram = {
  version: () => cli.version,
  sdkSpec: () => Promise.resolve(`^${sdk.version}`),
  // agent-relay is a program of Node.js, and this binary is not.
  node: () => 'node',
  lookBeside: () => undefined,
};
