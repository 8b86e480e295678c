/** What a command has of the world. Made once by `main.ts`; what costs time is made when a command first asks for it. */
import path from 'node:path';
import { resolveDataDir } from '@ar-registry/core/layout';
import type { ApiClient } from '@ar-registry/io/api-client';
import type { Project } from '@ar-registry/io/project';
import type { Globals } from './globals.ts';
import type { Output } from './output.ts';
import type { Confirm } from './prompt.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** The public registry, used where nothing else is configured. */
const DEFAULT_REGISTRY = 'https://registry.agentrelay.dev';

export interface Context {
  /** Absolute. Paths on the command line are relative to it. */
  readonly cwd: string;
  readonly env: Env;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly globals: Globals;
  readonly output: Output;
  readonly confirm: Confirm;
  /** Version of this program. */
  readonly version: string;
  /** Where agent-relay keeps its data; absolute. */
  readonly dataDir: string;
  /** Folder of the project: --project, else the nearest with `ar-plugins.yaml` at or above `cwd`, else `cwd`. */
  readonly projectDir: () => Promise<string>;
  /** --registry, AR_REGISTRY, `registries.default.url` of `ar-plugins.yaml`, or the public registry. @throws FILE_INVALID */
  readonly registryUrl: () => Promise<string>;
  /** @throws REGISTRY_URL_INVALID, FILE_INVALID */
  readonly registry: () => Promise<ApiClient>;
}

/** What `main.ts` knows from the start. */
export type World = Pick<Context, 'cwd' | 'env' | 'signal' | 'now' | 'globals' | 'output' | 'confirm' | 'version'> & {
  readonly home: string;
};

export function createContext(world: World): Context {
  const { cwd, env, globals } = world;
  const dataDir = path.resolve(cwd, resolveDataDir(env, world.home));
  const projectDir = once(async () => {
    if (globals.project !== undefined) return path.resolve(cwd, globals.project);
    const { findProject } = await import('@ar-registry/io/project-dir');
    return findProject(cwd);
  });
  const registryUrl = once(async () => {
    const given = globals.registry ?? env['AR_REGISTRY'];
    if (given) return given;
    const project = await readProjectIfAny(await projectDir(), dataDir);
    return project?.wanted.registries?.['default']?.url ?? DEFAULT_REGISTRY;
  });
  const registry = once(async () => {
    const { createApiClient } = await import('@ar-registry/io/api-client');
    return createApiClient({
      registryUrl: await registryUrl(),
      cacheDir: path.join(dataDir, 'plugins', 'cache', 'http'),
      userAgent: `ar-plugin/${world.version} node/${process.versions.node}`,
    });
  });
  return { ...world, dataDir, projectDir, registryUrl, registry };
}

/**
 * The project's files, or undefined where nothing was ever installed: then what reads them is not even loaded.
 *
 * @throws FILE_INVALID
 */
export async function readProjectIfAny(dir: string, dataDir: string): Promise<Project | undefined> {
  const { hasProjectFile } = await import('@ar-registry/io/project-dir');
  if (!(await hasProjectFile(dir))) return undefined;
  const { readProject } = await import('@ar-registry/io/project');
  return readProject(dir, dataDir);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
