/**
 * Loaded before anything else in every thread of a plugin that may start workers. A worker has no pipe to the daemon, so
 * it gets neither network nor programs nor signals, whatever the plugin itself was granted.
 */
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { patchFiles } from './files.ts';
import { createFirstUse } from './first-use.ts';
import { patchModules } from './modules.ts';
import { patchNetwork } from './network.ts';
import { patchProcess } from './process.ts';
import { createRefuse, NEVER } from './refuse.ts';

if (!isMainThread) harden();

function harden(): void {
  const refuse = createRefuse(() => undefined);
  const refused = (): never => {
    throw refuse({ permission: NEVER, resource: 'a connection' });
  };
  const firstUse = createFirstUse();
  patchNetwork({ tunnels: { connect: refused }, lookup: refused, refuse, firstUse });
  const allowed = { childProcess: [], workers: true, nativeAddons: false, codeGeneration: false };
  patchModules(allowed, { refuse, firstUse, isThread: true });
  firstUse.now();
  patchProcess(refuse, { nativeAddons: false });
  patchFiles(refuse);
  syncBuiltinESMExports();
}
