/**
 * Run in a process of its own, where agent-relay's native terminal is replaced by nothing: asks the real spawner for two
 * agents under a policy that denies one, and prints the answers.
 */
import nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { guardSpawner } from '../../src/bindings/policy/spawner.ts';

const [, , relayDir = ''] = process.argv;
nodeModule.registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'node-pty'
      ? { url: 'data:text/javascript,export const spawn = undefined; export default {};', shortCircuit: true }
      : next(specifier, context),
});
const unguard = await guardSpawner(relayDir, {
  decide: (question) =>
    Promise.resolve({
      allowed: question.action === 'spawn' && question.target !== 'Evil',
      reason: 'not that one',
      policySource: 'local',
    }),
});
const { AgentSpawner } = (await import(pathToFileURL(join(relayDir, 'dist/bridge/spawner.js')).href)) as {
  AgentSpawner: { prototype: { spawn(request: object): Promise<object> } };
};
// With a worker of that name there already, the original answers before it starts anything.
const spawner = {
  activeWorkers: new Map([
    ['Evil', {}],
    ['Good', {}],
  ]),
};
const ask = (request: object): Promise<object> =>
  AgentSpawner.prototype.spawn.call(spawner, { cli: 'claude', ...request });
const denied = await ask({ name: 'Evil', spawnerName: 'Lead' });
const allowed = await ask({ name: 'Good', spawnerName: 'Lead' });
const byUser = await ask({ name: 'Evil' });
unguard();
const after = await ask({ name: 'Evil', spawnerName: 'Lead' });
process.stderr.write(JSON.stringify({ denied, allowed, byUser, after }));
