/** The command line of a plugin's process: every switch that holds a wall is here. */
import { statSync } from 'node:fs';
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

const HERE = fileURLToPath(import.meta.url);
const PACKAGE_DIR = join(HERE, '..', '..', '..');

/** The guest's own code. */
interface GuestProgram {
  /** Absolute path of what is run. */
  readonly main: string;
  /** The same for what is loaded before it where a plugin may start workers. */
  readonly worker: string;
  /** What of it must be readable. */
  readonly files: readonly GrantedPath[];
}

/**
 * The bundle, which is what is published and starts fastest. In a checkout where there is none, or an older one, the
 * modules beside this one, in the form in which this one runs: source or compiled.
 */
function findGuestProgram(): GuestProgram {
  const extension = extname(HERE);
  const bundle = join(PACKAGE_DIR, 'bundle');
  if (extension === '.js' && isNewer(join(bundle, 'main.cjs'), join(PACKAGE_DIR, 'dist', '.tsbuildinfo')))
    return bundledGuest(bundle);
  const [guest, bridge] = [join(HERE, '..', '..', 'guest'), join(HERE, '..', '..', 'bridge')];
  const folders = [guest, bridge].map((path) => ({ path, isFolder: true }));
  // Node reads it to know that the modules are ES modules.
  const packageFile = { path: join(PACKAGE_DIR, 'package.json'), isFolder: false };
  const [main, worker] = [join(guest, `main${extension}`), join(guest, `worker${extension}`)];
  return { main, worker, files: [...folders, packageFile] };
}

/** @param folder absolute; what `tools/bundle.ts` made */
export function bundledGuest(folder: string): GuestProgram {
  const [main, worker] = [join(folder, 'main.cjs'), join(folder, 'worker.cjs')];
  return { main, worker, files: [{ path: folder, isFolder: true }] };
}

function isNewer(file: string, than: string): boolean {
  const [one, other] = [file, than].map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return one !== undefined && one > 0 && one >= (other ?? 0);
}

interface GuestOptions {
  readonly maxHeapMb: number;
  /** What `findGuestProgram` finds unless given. */
  readonly program?: GuestProgram;
}

/** `[program, ...arguments]` */
export function guestCommand(
  { node, prefix, version }: Runtime,
  policy: SandboxPolicy,
  { maxHeapMb, program = findGuestProgram() }: GuestOptions,
): readonly [string, ...string[]] {
  const args = [
    ...HARDENING,
    `--max-old-space-size=${maxHeapMb}`,
    // Since 23.7; before, SIGUSR1 opens the inspector's port.
    ...(Number.parseInt(version, 10) >= 24 ? ['--disable-sigusr1'] : []),
    ...[...program.files, ...policy.read, ...policy.write].map((path) => `--allow-fs-read=${toPattern(path)}`),
    ...policy.write.map((path) => `--allow-fs-write=${toPattern(path)}`),
    ...powers(policy, program),
    program.main,
  ];
  const [first, ...rest] = prefix;
  return first === undefined ? [node, ...args] : [first, ...rest, node, ...args];
}

function powers(
  { codeGeneration, workers, nativeAddons, childProcess }: SandboxPolicy,
  { worker }: GuestProgram,
): readonly string[] {
  return [
    ...(codeGeneration ? [] : ['--disallow-code-generation-from-strings']),
    // Not `--import`, which threads made of a text leave out.
    ...(workers ? ['--allow-worker', `--require=${worker}`] : []),
    ...(nativeAddons ? ['--allow-addons'] : []),
    ...(childProcess.length > 0 ? ['--allow-child-process'] : []),
  ];
}

function toPattern({ path, isFolder }: GrantedPath): string {
  return isFolder ? join(path, '*') : path;
}
