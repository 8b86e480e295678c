/**
 * Loaded before anything else in every thread of a plugin that may start workers. A worker has no pipe to the daemon, so
 * it gets neither network nor programs nor signals, whatever the plugin itself was granted.
 */
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { patchModules } from './modules.ts';
import { patchNetwork } from './network.ts';
import { patchProcess } from './process.ts';
import { createRefuse } from './refuse.ts';

if (!isMainThread) harden();

function harden(): void {
  const refuse = createRefuse(() => undefined);
  const refused = (): never => {
    throw refuse({ permission: 'none: this cannot be granted', resource: 'a connection' });
  };
  patchNetwork({ tunnels: { connect: refused }, lookup: refused, refuse });
  patchModules(refuse, { childProcess: [], workers: true, nativeAddons: false, codeGeneration: false });
  patchProcess(refuse, { nativeAddons: false });
  syncBuiltinESMExports();
}
