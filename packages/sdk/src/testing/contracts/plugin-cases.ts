import type { PluginContext } from '../../plugin.ts';
import { createTestContext, type TestContext, type TestContextOptions } from '../context.ts';
import {
  callLimits,
  createWatched,
  endingCases,
  thenEnd,
  type ContractCase,
  type ContractOptions,
} from './contract.ts';

interface Loadable {
  onLoad?(context: PluginContext): unknown;
  onUnload?(): unknown;
}

export interface PluginCases<Plugin extends Loadable> {
  /** Makes a plugin that is not loaded yet; its calls are watched. */
  readonly create: () => Promise<Plugin>;
  readonly context: TestContextOptions;
  readonly cases: Readonly<Record<string, (plugin: Plugin, context: TestContext) => Promise<void>>>;
}

/** Makes plugins whose calls are watched. @param timeoutMs of a call, where the options say nothing */
export function watched<Plugin extends Loadable>(
  create: () => Plugin | Promise<Plugin>,
  timeoutMs: number,
  options: ContractOptions,
): () => Promise<Plugin> {
  return () => createWatched(create, { ...callLimits(timeoutMs, options), mayBeSync: true });
}

/** Runs each case with a plugin that is loaded before and unloaded after it. */
export function pluginCases<Plugin extends Loadable>({
  create,
  context: options,
  cases,
}: PluginCases<Plugin>): readonly ContractCase[] {
  return endingCases(cases, {
    last: 'onUnload',
    async live(check, watch) {
      await using context = await createTestContext(options);
      await watch(async () => {
        const plugin = await create();
        await plugin.onLoad?.(context);
        const unload = async (): Promise<void> => {
          context.abort();
          await plugin.onUnload?.();
        };
        await thenEnd(() => check(plugin, context), unload);
      });
    },
  });
}
