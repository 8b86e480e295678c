// `await using` needs these types.
/// <reference lib="esnext.disposable" />
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Permissions } from '@ar-registry/schemas';
import type { PluginHealth } from '../../src/loader.ts';
import type { StartRelayOptions } from '../../src/start-relay.ts';
import { createProject, type PluginSource, type TestProject } from './project.ts';
import { startTestRelay, type TestRelay } from './relay.ts';

/** The runtimes that plugins are tried on: the one that runs the tests, the oldest that the loader supports, the next one. */
export const RUNTIMES = [
  ['Node 22', runtimePath('node22')],
  ['Node 24', process.execPath],
  ['Node 26', runtimePath('node26')],
] as const;

/** How a plugin's process begins: on each runtime, and from a snapshot where there are some. */
export interface Start {
  readonly node: string;
  readonly isSnapshot: boolean;
}

export const STARTS: readonly (readonly [name: string, start: Start])[] = RUNTIMES.flatMap(([name, node]) => [
  [name, { node, isSnapshot: false }] as const,
  ...(name === 'Node 22' ? [] : [[`${name}, from a snapshot`, { node, isSnapshot: true }] as const]),
]);

function runtimePath(name: string): string {
  return fileURLToPath(new URL(`../../../tools/test-dependencies/node_modules/${name}/bin/node`, import.meta.url));
}

export interface SandboxedSource extends Partial<PluginSource> {
  /** Body of a module that exports `attempts`, functions by name; each may return anything that is plain data. */
  readonly attempts: string;
  /** Declared and granted. */
  readonly permissions?: Permissions;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly node?: string;
  readonly relay?: Partial<Omit<StartRelayOptions, 'env'>> & { readonly env?: Readonly<Record<string, string>> };
  /** Called before anything is started. */
  readonly prepare?: (places: { readonly project: TestProject; readonly packageDir: string }) => void;
}

/** What became of one attempt. */
export type Attempted =
  | { readonly returned: unknown }
  | { readonly threw: { readonly message: string; readonly code?: string; readonly permission?: string } };

export interface SandboxedPlugin extends AsyncDisposable {
  readonly relay: TestRelay;
  readonly project: TestProject;
  /** The plugin's own folder. */
  readonly dataDir: string;
  readonly packageDir: string;
  /** Makes every attempt, in the plugin's process, one after the other. */
  attempt(): Promise<Readonly<Record<string, Attempted>>>;
  /** Why the plugin does not run, as its error says. */
  reason(): string | undefined;
  log(): string;
}

const NAME = '@test/hostile';

/** Installs a community plugin that makes attempts, and starts the daemon with it. */
export async function plantPlugin(source: SandboxedSource): Promise<SandboxedPlugin> {
  const { attempts, permissions = {}, config = {}, node, relay: relayOptions, prepare, ...rest } = source;
  const project = createProject();
  const keys = Object.keys(config);
  const manifest = `permissions: ${JSON.stringify(permissions)}\n${keys.length > 0 ? `config: { required: [${keys.join(', ')}] }\n` : ''}provides: [{ bidirectional: true, external: outside, internal: inside }]\n`;
  const { packageDir } = await project.install(
    { name: NAME, type: 'bridge', code: PLUGIN, manifest, ...rest, files: { 'attempts.js': attempts, ...rest.files } },
    { trust: 'community', wanted: { enabled: true, permissions, config }, dependencies: true },
  );
  project.write(
    'ar.config.json',
    JSON.stringify({ plugins: [{ name: NAME, loadTimeoutMs: 30_000 }], ...(node && { sandbox: { node } }) }),
  );
  prepare?.({ project, packageDir });
  const { env, limits, ...others } = relayOptions ?? {};
  const relay = await startTestRelay(project, {
    ...others,
    ...(env && { env }),
    limits: { healthTimeoutMs: 30_000, ...limits },
  });
  const projectData = join(relay.socketPath, '..');
  return {
    relay,
    project,
    packageDir,
    dataDir: join(projectData, 'plugins', 'data', 'test__hostile'),
    attempt: async () => attemptsOf(await relay.loader.health(), relay),
    reason: () => reasonOf(relay),
    log: () => readFileSync(join(projectData, 'plugins', 'logs', 'test__hostile.log'), 'utf8'),
    [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
  };
}

/** Why the first plugin does not run; undefined while it is about to be started again. */
export function reasonOf({ loader }: TestRelay): string | undefined {
  const facts = loader.getLoaded()[0]?.error?.facts as
    | { readonly reason?: string; readonly restartMs?: number }
    | undefined;
  return facts?.restartMs === undefined ? facts?.reason : undefined;
}

function attemptsOf([health]: readonly PluginHealth[], relay: TestRelay): Readonly<Record<string, Attempted>> {
  const details = health?.health?.details;
  if (!details) throw new Error(`no attempt was made: ${JSON.stringify([health, relay.loader.getLoaded()[0]?.error])}`);
  return details as Readonly<Record<string, Attempted>>;
}

/** Attempts run in `health`, which may answer with data. */
const PLUGIN = `
const { attempts, loading } = await import('./attempts.js');
export default {
  async onLoad(context) {
    globalThis.context = context;
    await loading?.(context);
  },
  async health() {
    const details = {};
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        details[name] = { returned: await attempt(globalThis.context) };
      } catch (error) {
        const { message = String(error), code, permission } = error ?? {};
        details[name] = { threw: { message, code, permission } };
      }
    }
    return { status: 'healthy', details };
  },
};
`;
