/** The command line of a plugin's process: every switch that holds a wall is here. */
import { join } from 'node:path';
import { findGuestProgram, type GuestProgram } from './guest-program.ts';
import type { GrantedPath, SandboxPolicy } from './policy.ts';
import type { Runtime } from './runtime.ts';

/** Always on; reference: https://nodejs.org/api/permissions.html and the list of switches in docs/sandbox.md. */
const HARDENING = ['--permission', '--v8-pool-size=1'] as const;

/** The same for the process in which a snapshot is made: some of it is decided there. */
export const SNAPSHOT_SWITCHES = [
  // `node:sqlite` opens files past the permission model.
  '--no-experimental-sqlite',
  '--disable-proto=delete',
  // V8's own switches can make it write traces to any file, past the permission model.
  '--freeze-flags-after-init',
  // Node would say on stderr what is configured here; the plugin's log is for the plugin.
  '--disable-warning=SecurityWarning',
  '--disable-warning=ExperimentalWarning',
] as const;

export const NO_CODE_FROM_TEXT = '--disallow-code-generation-from-strings';

interface GuestOptions {
  readonly maxHeapMb: number;
  /** What `findGuestProgram` finds unless given. */
  readonly program?: GuestProgram;
  /** Absolute path of a snapshot of it, which is run in its place. */
  readonly snapshot?: string | undefined;
}

/** `[program, ...arguments]` */
export function guestCommand(
  { node, prefix, version }: Runtime,
  policy: SandboxPolicy,
  { maxHeapMb, program = findGuestProgram(), snapshot }: GuestOptions,
): readonly [string, ...string[]] {
  // Threads are hardened by a file of the program, and begin without the snapshot.
  const image = policy.workers ? undefined : snapshot;
  const args = [
    ...HARDENING,
    ...SNAPSHOT_SWITCHES,
    `--max-old-space-size=${maxHeapMb}`,
    // Since 23.7; before, SIGUSR1 opens the inspector's port.
    ...(Number.parseInt(version, 10) >= 24 ? ['--disable-sigusr1'] : []),
    ...[...(image === undefined ? program.files : []), ...policy.read, ...policy.write].map(
      (path) => `--allow-fs-read=${toPattern(path)}`,
    ),
    ...policy.write.map((path) => `--allow-fs-write=${toPattern(path)}`),
    ...powers(policy, program),
    ...(image === undefined ? [program.main] : ['--snapshot-blob', image]),
  ];
  const [first, ...rest] = prefix;
  return first === undefined ? [node, ...args] : [first, ...rest, node, ...args];
}

function powers(
  { codeGeneration, workers, nativeAddons, childProcess }: SandboxPolicy,
  { worker }: GuestProgram,
): readonly string[] {
  return [
    ...(codeGeneration ? [] : [NO_CODE_FROM_TEXT]),
    // Not `--import`, which threads made of a text leave out.
    ...(workers ? ['--allow-worker', `--require=${worker}`] : []),
    ...(nativeAddons ? ['--allow-addons'] : []),
    ...(childProcess.length > 0 ? ['--allow-child-process'] : []),
  ];
}

function toPattern({ path, isFolder }: GrantedPath): string {
  return isFolder ? join(path, '*') : path;
}
