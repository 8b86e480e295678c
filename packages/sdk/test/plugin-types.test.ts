/** The compiler refuses plugins that lack what their type needs. Checked by `tsc`, which reads the tests of all workspaces. */
import { expect, expectTypeOf, test } from 'vitest';
import {
  definePlugin,
  type MemoryPlugin,
  type PluginOf,
  type PolicyPlugin,
  type StoragePlugin,
  type WidgetPlugin,
} from '../src/index.ts';

const done = (): Promise<void> => Promise.resolve();
const decide = () => Promise.resolve(DECISION);
const saveMessage = (_id: number): Promise<void> => done();
const DECISION = { allowed: true, reason: 'ok', policySource: 'default' } as const;

test('a storage plugin that lacks saveMessage does not compile', () => {
  // @ts-expect-error -- saveMessage is missing
  definePlugin('storage', { init: done, getMessages: () => Promise.resolve([]) });
  const plugin = definePlugin('storage', { init: done, saveMessage: done, getMessages: () => Promise.resolve([]) });
  expectTypeOf(plugin).toExtend<StoragePlugin>();
  expect(plugin).toMatchObject({ saveMessage: done });
});

test('a storage plugin whose saveMessage is no storage’s does not compile', () => {
  // @ts-expect-error -- it takes no number
  const plugin: StoragePlugin['saveMessage'] = saveMessage;
  expect(plugin).toBe(saveMessage);
});

test('a memory plugin that lacks its type does not compile', () => {
  const methods = {
    init: done,
    add: () => Promise.resolve({ success: true }),
    search: () => Promise.resolve([]),
    get: () => Promise.resolve(null),
    delete: () => Promise.resolve({ success: true }),
  };
  // @ts-expect-error -- type is missing
  definePlugin('memory', methods);
  expectTypeOf(definePlugin('memory', { ...methods, type: 'test' })).toExtend<MemoryPlugin>();
});

test('a policy that answers with true alone does not compile', () => {
  // @ts-expect-error -- a decision has a reason
  definePlugin('policy', { canMessage: () => Promise.resolve(true), canSpawn: decide, canUseTool: decide });
  expectTypeOf(
    definePlugin('policy', { canMessage: decide, canSpawn: decide, canUseTool: decide }),
  ).toExtend<PolicyPlugin>();
});

test('a method whose name the loader does not know does not compile; other members do', () => {
  // @ts-expect-error -- onMessage is meant
  definePlugin('hook', { onMessage: done, onMesage: done });
  const plugin = definePlugin('hook', { onMessage: done, seen: 0 });
  expectTypeOf(plugin.seen).toBeNumber();
  expect(plugin).toEqual({ onMessage: done, seen: 0 });
});

test('a hook that answers something else, a bridge without onLoad and a widget without getData do not compile', () => {
  // @ts-expect-error -- a verdict is an object
  definePlugin('hook', { beforeMessage: () => 'drop' });
  // @ts-expect-error -- onLoad is missing
  definePlugin('bridge', { onUnload: done });
  // @ts-expect-error -- getData is missing
  definePlugin('widget', {});
  definePlugin('hook', { beforeMessage: () => ({ drop: true }) });
  expectTypeOf<PluginOf<'widget'>>().toEqualTypeOf<WidgetPlugin>();
});
