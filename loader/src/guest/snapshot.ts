/**
 * Makes the program of a plugin's process once and for all: `node --build-snapshot` runs this, and what is in memory then
 * is where each such process begins. What it imports is loaded there already.
 */
import { startupSnapshot } from 'node:v8';
import vm from 'node:vm';
import { runGuest } from './run.ts';

// A function of a snapshot has no `import()` of its own.
const script = new vm.Script('(url) => import(url)', {
  filename: 'ar-guest',
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
const importModule = script.runInThisContext() as (url: string) => Promise<object>;

startupSnapshot.setDeserializeMainFunction(() => runGuest(importModule));
