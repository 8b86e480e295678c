/**
 * The compiler holds here what plugins and the loader assume of agent-relay 1.6.0: nothing of it is installed where they
 * are built. At run time these tests only import the modules.
 */
import type { PluginManifest, PluginType, RelayClient as SdkClient, Daemon as SdkDaemon } from '@ar-registry/sdk';
import { expect, expectTypeOf, test } from 'vitest';
import type { Daemon } from '../../tools/agent-relay/node_modules/agent-relay/dist/daemon/server.js';
import type {
  RoutableConnection,
  Router,
} from '../../tools/agent-relay/node_modules/agent-relay/dist/daemon/router.js';
import type { RelayClient } from '../../tools/agent-relay/node_modules/agent-relay/dist/wrapper/client.js';
import type * as namespace from '../../tools/agent-relay/node_modules/agent-relay/dist/utils/project-namespace.js';
import type { ActivePlugin, LoadedPlugin } from '../src/loaded-plugin.ts';
import type { LoaderControl, PluginConfig } from '../src/loader.ts';
import { importRelay } from '../src/relay/import.ts';
import { locateRelay } from '../src/relay/locate.ts';
import type { RelayConnection, RelayModules, RelayRouter } from '../src/relay/types.ts';
import { RELAY_DIR } from './support/relay-dir.ts';

/** Element access reaches a private property, and is checked. */
const realRouterOf = (daemon: Daemon): Router => daemon['router'];

test('the real daemon is what plugins are promised', () => {
  expectTypeOf<Daemon>().toExtend<SdkDaemon>();
});

test('the real client is what plugins are promised', () => {
  expectTypeOf<RelayClient>().toExtend<SdkClient>();
});

test('the real router, its connections and the constructors are what the loader reaches for', () => {
  expectTypeOf<ReturnType<typeof realRouterOf>>().toExtend<RelayRouter>();
  expectTypeOf<RoutableConnection>().toExtend<RelayConnection>();
  expectTypeOf<ConstructorParameters<RelayModules['Daemon']>[0]>().toExtend<
    NonNullable<ConstructorParameters<typeof Daemon>[0]>
  >();
  expectTypeOf<ConstructorParameters<RelayModules['RelayClient']>[0]>().toExtend<
    NonNullable<ConstructorParameters<typeof RelayClient>[0]>
  >();
  expectTypeOf<typeof namespace>().toExtend<Pick<RelayModules, 'ensureProjectDir' | 'findProjectRoot'>>();
});

test('the loader is the one that the design describes', () => {
  interface DesignedPlugin {
    name: string;
    version: string;
    type: PluginType;
    instance: unknown;
    manifest: PluginManifest;
    status: 'active' | 'error' | 'disabled';
    error?: Error;
  }
  interface DesignedLoader<Loaded> {
    loadAll(config: PluginConfig[]): Promise<Loaded[]>;
    load(name: string, version?: string): Promise<Loaded>;
    getLoaded(): Loaded[];
    unload(name: string): Promise<void>;
    reload(name: string): Promise<Loaded>;
  }
  expectTypeOf<LoaderControl>().toExtend<DesignedLoader<LoadedPlugin>>();
  expectTypeOf<ActivePlugin>().toExtend<DesignedPlugin>();
  expectTypeOf<keyof LoadedPlugin>().toEqualTypeOf<keyof DesignedPlugin>();
});

test('the parts that are imported are there, without native code', async () => {
  const relay = await locateRelay(RELAY_DIR);
  expect(relay).toEqual({ dir: RELAY_DIR, version: '1.6.0' });
  const modules = await importRelay(relay);
  expect(Object.values(modules).map((value) => typeof value)).toEqual(['function', 'function', 'function', 'function']);
});

test('what the daemon does last before it takes the socket is where the loader expects it', async () => {
  const { Daemon: Real } = await importRelay(await locateRelay(RELAY_DIR));
  const start = String(Real.prototype.start);
  const steps = ['initStorage()', 'initCloudSync()', 'unlinkSync(', '.listen('].map((step) => start.indexOf(step));
  expect(steps).toEqual(steps.toSorted((one, other) => one - other));
  expect(steps).not.toContain(-1);
  // Nothing else is waited for in between.
  expect(start.slice(steps[1], steps[3]).match(/await/g)).toBe(null);
});
