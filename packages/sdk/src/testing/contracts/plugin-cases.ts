import type { PluginContext } from '../../plugin.ts';
import { createTestContext, type TestContext, type TestContextOptions } from '../context.ts';
import { callLimits, type ContractCase, type ContractOptions } from './contract.ts';
import { checkGivesBack, GIVES_BACK } from './given-back.ts';
import { watchCalls } from './watch-calls.ts';

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
  { timeoutMs: wished }: ContractOptions,
): () => Promise<Plugin> {
  const limits = callLimits(timeoutMs, wished === undefined ? {} : { timeoutMs: wished });
  return async () => watchCalls(await create(), { ...limits, mayBeSync: true });
}

/** Runs each case with a plugin that is loaded before and unloaded after it, and the whole life of one for what it holds then. */
export function pluginCases<Plugin extends Loadable>({
  create,
  context: options,
  cases,
}: PluginCases<Plugin>): readonly ContractCase[] {
  const all: typeof cases = { ...cases, [GIVES_BACK]: async () => undefined };
  return Object.entries(all).map(([title, check]) => ({
    title,
    async run() {
      await using context = await createTestContext(options);
      const live = async (): Promise<void> => {
        const plugin = await create();
        await plugin.onLoad?.(context);
        try {
          await check(plugin, context);
        } finally {
          context.abort();
          await plugin.onUnload?.();
        }
      };
      await (title === GIVES_BACK ? checkGivesBack(live) : live());
    },
  }));
}
