/** What the sandboxes of one daemon share: the program that runs them, and how strict they are. */
import { lookup } from 'node:dns/promises';
import { existsSync } from 'node:fs';
import type { SandboxOptions } from '@ar-registry/sdk';
import { ArError } from '@ar-registry/core/errors';
import type { Resolved } from '../bridge/protocol.ts';
import { describeThrown } from '../contain.ts';
import { findGuestProgram, type GuestProgram } from './guest-program.ts';
import { createNameLookups, type NameLookups, type ResolveHost } from './name-lookups.ts';
import { probeRuntime, type Runtime } from './runtime.ts';
import { createRounds, type Rounds } from './rounds.ts';
import { findSnapshot, hasSnapshots, makeSnapshot } from './snapshot.ts';

export interface Sandbox {
  /** What the user configured. Plugins wait for it. */
  configure(options: SandboxOptions): void;
  /**
   * The program to run a plugin in.
   *
   * @throws SANDBOX_UNAVAILABLE if a wall is missing that the user, or any sandbox, must have
   */
  runtime(plugin: string): Promise<Runtime>;
  /** What is run there, and the snapshot of it, once there is one: the first time it is made while plugins run without. */
  guest(): { readonly program: GuestProgram; readonly snapshot: string | undefined };
  readonly lookups: NameLookups;
  /** In which the memory of all plugins is looked at. */
  readonly rounds: Rounds;
  readonly projectDir: string;
  /** Plugins get their declared variables from here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gives up what is being made. */
  close(): Promise<void>;
}

export interface SandboxPorts {
  readonly projectDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Node.js that runs the daemon. */
  readonly execPath: string;
  readonly platform: NodeJS.Platform;
  /** Milliseconds, on a clock that only goes on. */
  readonly elapsedMs: () => number;
  /** Folders of system programs, as in `PATH`. */
  readonly path: string;
  /** The system's resolver unless given. */
  readonly resolve?: ResolveHost | undefined;
  /** Absolute path of the folder in which snapshots are kept; without it there are none. */
  readonly snapshots?: string;
  /** What `findGuestProgram` finds unless given. */
  readonly program?: GuestProgram;
}

export function createSandbox(ports: SandboxPorts): Sandbox {
  const { promise: options, resolve: configure } = Promise.withResolvers<SandboxOptions>();
  const { program = findGuestProgram() } = ports;
  const snapshots = createSnapshots(program, ports);
  let probing: Promise<Runtime> | undefined;
  const probe = async (): Promise<Runtime> => {
    const { node = ports.execPath } = await options;
    const runtime = await probeRuntime({ node, platform: ports.platform, path: ports.path });
    await snapshots.prepare(runtime);
    return runtime;
  };
  return {
    configure,
    async runtime(plugin) {
      const runtime = await (probing ??= probe()).catch((error: unknown) => {
        throw new ArError('SANDBOX_UNAVAILABLE', { plugin, missing: describeThrown(error) }, { cause: error });
      });
      const { strict = false } = await options;
      const missing = strict ? runtime.missing : runtime.missing.filter((layer) => layer === 'files');
      if (missing.length > 0) throw new ArError('SANDBOX_UNAVAILABLE', { plugin, missing: missing.join(', ') });
      return runtime;
    },
    guest: () => ({ program, snapshot: snapshots.ready() }),
    lookups: createNameLookups(ports.resolve ?? resolveBySystem),
    rounds: createRounds(ports.elapsedMs),
    projectDir: ports.projectDir,
    env: ports.env,
    close: snapshots.close,
  };
}

interface Snapshots {
  /** Looks for the one that was kept; makes one meanwhile where there is none. */
  prepare(runtime: Runtime): Promise<void>;
  readonly ready: () => string | undefined;
  readonly close: () => Promise<void>;
}

function createSnapshots({ builder }: GuestProgram, { snapshots: folder }: SandboxPorts): Snapshots {
  const closing = new AbortController();
  let ready: string | undefined;
  let making: Promise<void> | undefined;
  return {
    async prepare(runtime) {
      if (builder === undefined || folder === undefined || !hasSnapshots(runtime)) return;
      const ports = { folder, builder, signal: closing.signal };
      ready = await findSnapshot(runtime, ports).catch(() => undefined);
      if (ready !== undefined) return;
      making = makeSnapshot(runtime, ports).then(
        (made) => void (ready = made),
        // Where none can be made or kept, plugins start without, which takes longer and is otherwise the same.
        () => undefined,
      );
    },
    // Somebody may have tidied up.
    ready: () => (ready !== undefined && existsSync(ready) ? ready : undefined),
    async close() {
      closing.abort();
      await making;
    },
  };
}

async function resolveBySystem(host: string): Promise<readonly Resolved[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}
