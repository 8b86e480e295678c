/** What the sandboxes of one daemon share: the program that runs them, and how strict they are. */
import { lookup } from 'node:dns/promises';
import type { SandboxOptions } from '@ar-registry/sdk';
import { ArError } from '@ar-registry/core/errors';
import type { Resolved } from '../bridge/protocol.ts';
import { describeThrown } from '../contain.ts';
import { createNameLookups, type NameLookups, type ResolveHost } from './name-lookups.ts';
import { probeRuntime, type Runtime } from './runtime.ts';

export interface Sandbox {
  /** What the user configured. Plugins wait for it. */
  configure(options: SandboxOptions): void;
  /**
   * The program to run a plugin in.
   *
   * @throws SANDBOX_UNAVAILABLE if a wall is missing that the user, or any sandbox, must have
   */
  runtime(plugin: string): Promise<Runtime>;
  readonly lookups: NameLookups;
  readonly projectDir: string;
  /** Plugins get their declared variables from here. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface SandboxPorts {
  readonly projectDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Node.js that runs the daemon. */
  readonly execPath: string;
  readonly platform: NodeJS.Platform;
  /** Folders of system programs, as in `PATH`. */
  readonly path: string;
  /** The system's resolver unless given. */
  readonly resolve?: ResolveHost | undefined;
}

export function createSandbox(ports: SandboxPorts): Sandbox {
  const { promise: options, resolve: configure } = Promise.withResolvers<SandboxOptions>();
  let probing: Promise<Runtime> | undefined;
  const probe = async (): Promise<Runtime> => {
    const { node = ports.execPath } = await options;
    return probeRuntime({ node, platform: ports.platform, path: ports.path });
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
    lookups: createNameLookups(ports.resolve ?? resolveBySystem),
    projectDir: ports.projectDir,
    env: ports.env,
  };
}

async function resolveBySystem(host: string): Promise<readonly Resolved[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}
