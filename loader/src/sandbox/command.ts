/** The command line of a plugin's process: every switch that holds a wall is here. */
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GrantedPath, SandboxPolicy } from './policy.ts';
import type { Runtime } from './runtime.ts';

/** Always on; reference: https://nodejs.org/api/permissions.html and the list of switches in docs/sandbox.md. */
const HARDENING = [
  '--permission',
  // `node:sqlite` opens files past the permission model.
  '--no-experimental-sqlite',
  '--disable-proto=delete',
  // V8's own switches can make it write traces to any file, past the permission model.
  '--freeze-flags-after-init',
  // Node would say on stderr what is configured here; the plugin's log is for the plugin.
  '--disable-warning=SecurityWarning',
  '--disable-warning=ExperimentalWarning',
] as const;

/** The guest's own code, beside this module, in the form in which this module runs: source or compiled. */
const HERE = fileURLToPath(import.meta.url);
const EXTENSION = extname(HERE);
const GUEST_DIR = join(HERE, '..', '..', 'guest');
const BRIDGE_DIR = join(HERE, '..', '..', 'bridge');
/** Node reads it to know that the modules are ES modules. */
const PACKAGE_FILE = join(HERE, '..', '..', '..', 'package.json');

/** `[program, ...arguments]` */
export function guestCommand(
  { node, prefix, version }: Runtime,
  policy: SandboxPolicy,
  { maxHeapMb }: { readonly maxHeapMb: number },
): readonly [string, ...string[]] {
  const own = [GUEST_DIR, BRIDGE_DIR].map((path) => ({ path, isFolder: true }));
  const files = [{ path: PACKAGE_FILE, isFolder: false }];
  const args = [
    ...HARDENING,
    `--max-old-space-size=${maxHeapMb}`,
    // Since 23.7; before, SIGUSR1 opens the inspector's port.
    ...(Number.parseInt(version, 10) >= 24 ? ['--disable-sigusr1'] : []),
    ...[...own, ...files, ...policy.read, ...policy.write].map((path) => `--allow-fs-read=${toPattern(path)}`),
    ...policy.write.map((path) => `--allow-fs-write=${toPattern(path)}`),
    ...powers(policy),
    join(GUEST_DIR, `main${EXTENSION}`),
  ];
  const [first, ...rest] = prefix;
  return first === undefined ? [node, ...args] : [first, ...rest, node, ...args];
}

function powers({ codeGeneration, workers, nativeAddons, childProcess }: SandboxPolicy): readonly string[] {
  return [
    ...(codeGeneration ? [] : ['--disallow-code-generation-from-strings']),
    ...(workers ? ['--allow-worker', `--import=${join(GUEST_DIR, `worker${EXTENSION}`)}`] : []),
    ...(nativeAddons ? ['--allow-addons'] : []),
    ...(childProcess.length > 0 ? ['--allow-child-process'] : []),
  ];
}

function toPattern({ path, isFolder }: GrantedPath): string {
  return isFolder ? join(path, '*') : path;
}
