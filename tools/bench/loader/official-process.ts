/**
 * A daemon of the project in the working folder that loads one plugin, or imports it and, for a bridge, connects a client as
 * it would need without a loader: `node official-process.ts <task>`. Its last line of output is how many milliseconds that
 * took.
 */
import { pathToFileURL } from 'node:url';
import { removeWorkDir } from '../../../loader/test/support/project.ts';
import { connectClient, importBuilt, silence } from './relay.ts';

export interface OfficialTask {
  readonly what: 'load' | 'import';
  readonly entry: Entry;
  /** Absolute path of what is imported. */
  readonly main: string;
  /** Whether it is a bridge. */
  readonly connects: boolean;
  /** What the daemon has loaded before. */
  readonly earlier?: Entry;
}

interface Entry {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly loadTimeoutMs: number;
}

silence();
// Who measures wrote it, and nobody else.
const { what, entry, main, connects, earlier } = JSON.parse(process.argv[2] ?? '') as OfficialTask;
const { startRelay } = await importBuilt();
const { loader, socketPath } = await startRelay({ project: process.cwd() });
if (earlier) await load(earlier);
// What came before leaves garbage, and where it is swept up is chance: not in what is measured.
globalThis.gc?.();
const startedMs = performance.now();
if (what === 'load') await load(entry);
else {
  await import(pathToFileURL(main).href);
  if (connects) await connectClient(socketPath, 'bridge');
}
const tookMs = performance.now() - startedMs;
process.stdout.write(`\n${tookMs}\n`);
// Of this process, and empty.
removeWorkDir();
process.exit();

async function load(one: Entry): Promise<void> {
  const [loaded] = await loader.loadAll([one]);
  if (loaded?.status !== 'active') throw new Error(loaded?.error?.message ?? `${one.name} is not active`);
}
