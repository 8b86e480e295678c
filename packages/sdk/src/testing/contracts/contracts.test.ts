/** The contracts themselves: an adapter that keeps them passes, and each way to break them is found. */
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { MemoryAdapter, MemoryEntry, MemoryResult } from '../../adapters/memory.ts';
import type { PolicyDecision, PolicyEngine } from '../../adapters/policy.ts';
import type { WidgetData, WidgetPlugin } from '../../adapters/widget.ts';
import type { BridgePlugin, HookPlugin } from '../../plugin.ts';
import { createTestContext } from '../context.ts';
import { bridgeContract } from './bridge.ts';
import { failing, failuresOf, hang, QUICK } from '../../../test/failures.ts';
import { hookContract } from './hook.ts';
import { memoryContract } from './memory.ts';
import { policyContract } from './policy.ts';
import { widgetContract } from './widget.ts';

function createMemory(): MemoryAdapter {
  const entries = new Map<string, MemoryEntry>();
  return {
    type: 'test',
    init: () => Promise.resolve(),
    async add(content, options) {
      const id = String(entries.size);
      entries.set(id, { id, content, createdAt: Date.now(), ...options });
      return { success: true, id };
    },
    async search({ agentId, projectId, tags = [], since = 0, before = Infinity, limit }) {
      return [...entries.values()]
        .filter((entry) => agentId === undefined || entry.agentId === agentId)
        .filter((entry) => projectId === undefined || entry.projectId === projectId)
        .filter((entry) => tags.every((tag) => entry.tags?.includes(tag)))
        .filter(({ createdAt }) => createdAt >= since && createdAt < before)
        .slice(0, limit);
    },
    get: async (id) => entries.get(id) ?? null,
    delete: async (id) => ({ success: entries.delete(id), id }),
  };
}

function createClearing(): MemoryAdapter {
  const whole = createMemory();
  const clear = async (): Promise<MemoryResult> => {
    for (const { id } of await whole.search({ query: '' })) await whole.delete(id);
    return { success: true };
  };
  return { ...whole, clear };
}

function createUnsorted(): MemoryAdapter {
  const whole = createMemory();
  const search: MemoryAdapter['search'] = async (query) =>
    (await whole.search(query)).map((entry, at) => ({ ...entry, score: at / 10 }));
  return { ...whole, search };
}

describe('memoryContract', () => {
  it('passes an adapter that does no more than it must', async () => {
    expect(await failing(memoryContract(createMemory))).toEqual([]);
  });

  it.each<[string, Partial<MemoryAdapter>]>([
    ['has no type', { type: '' }],
    ['forgets', { get: async () => null }],
    ['finds nothing', { search: async () => [] }],
    ['shows one agent what is another’s', { search: async () => [{ id: '1', content: 'x', createdAt: 1 }] }],
    ['deletes nothing', { delete: async () => ({ success: true }) }],
    ['changes what there is not', { update: async () => ({ success: true }) }],
    ['cannot count', { stats: async () => ({ totalCount: Number.NaN }) }],
    ['says nothing of what was added', { add: async () => ({ success: true, id: '0' }) }],
  ])('finds an adapter that %s', async (_, broken) => {
    expect(await failing(memoryContract(() => ({ ...createMemory(), ...broken })))).not.toEqual([]);
  });

  it('finds an adapter that clears more than it is told to', async () => {
    expect(await failing(memoryContract(createClearing))).toEqual(['clears what it is told to, and nothing else']);
  });

  it('finds an adapter that puts the worst first', async () => {
    expect(await failing(memoryContract(createUnsorted))).toEqual([
      'puts the best first, where it says how good each is',
    ]);
  });
});

const ALLOW: PolicyDecision = { allowed: true, reason: 'ok', policySource: 'default' };
const ENGINE: PolicyEngine = {
  canMessage: async () => ALLOW,
  canSpawn: async () => ALLOW,
  canUseTool: async () => ALLOW,
};

describe('policyContract', () => {
  it('passes an engine that does no more than it must', async () => {
    expect(await failing(policyContract(() => ENGINE))).toEqual([]);
  });

  it.each<[string, Partial<PolicyEngine>]>([
    ['gives no reason', { canMessage: async () => ({ ...ALLOW, reason: '' }) }],
    ['does not decide', { canUseTool: async () => ({}) as PolicyDecision }],
    ['decides now so, now so', { canMessage: async () => ({ ...ALLOW, allowed: Math.random() < 0.5 }) }],
    ['says yes', { canMessage: async () => true as never }],
    ['has an endless rate limit', { getAgentPolicy: async () => ({ matchedPolicy: { rateLimit: Infinity } }) }],
  ])('finds an engine that %s', async (_, broken) => {
    expect(await failing(policyContract(() => ({ ...ENGINE, ...broken })))).not.toEqual([]);
  });
});

const SHOWN: Readonly<Record<string, WidgetData>> = {
  sent: { type: 'metric', value: null },
  agents: { type: 'table', columns: ['agent'], rows: [['Alice'], [7]] },
  volume: { type: 'chart', x: [1, 2], series: [{ label: 'sent', values: [1, null] }] },
  note: { type: 'text', text: '' },
};
const DISPLAYS = { sent: 'metric', agents: 'table', volume: 'chart', note: 'text' } as const;

function createWidget(shown: Readonly<Record<string, unknown>>): WidgetPlugin {
  return {
    async getData(name) {
      if (!Object.hasOwn(shown, name)) throw new RangeError(name);
      return shown[name] as WidgetData;
    },
  };
}

function failingOf(widget: WidgetPlugin): Promise<string[]> {
  return failing(widgetContract({ create: () => widget, displays: DISPLAYS }));
}

describe('widgetContract', () => {
  it('passes a widget that does no more than it must', async () => {
    expect(await failingOf(createWidget(SHOWN))).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['shows no number', { sent: { type: 'metric', value: Number.NaN } }],
    ['shows another type', { sent: SHOWN['note'] }],
    ['has a cell too few', { agents: { type: 'table', columns: ['a', 'b'], rows: [['x']] } }],
    ['shows an object', { agents: { type: 'table', columns: ['a'], rows: [[{}]] } }],
    ['goes back in time', { volume: { type: 'chart', x: [2, 1], series: [{ label: 'a', values: [1, 1] }] } }],
    ['has a value too few', { volume: { type: 'chart', x: [1, 2], series: [{ label: 'a', values: [1] }] } }],
    ['draws nothing', { volume: { type: 'chart', x: [], series: [] } }],
  ])('finds a widget that %s', async (_, broken) => {
    expect(await failingOf(createWidget({ ...SHOWN, ...broken }))).not.toEqual([]);
  });

  it('finds a widget that answers to every name, and one that breaks over what it observes', async () => {
    const polite = { getData: async (name: string) => SHOWN[name] ?? { type: 'text', text: '' } } as WidgetPlugin;
    expect(await failingOf(polite)).toEqual(['rejects a display that it does not have']);
    let value: number | null = null;
    const widget = createWidget({
      ...SHOWN,
      get sent() {
        return { type: 'metric', value };
      },
    });
    const breaks: WidgetPlugin = { ...widget, onMessages: () => void (value = Number.NaN) };
    expect(await failingOf(breaks)).toEqual(['takes whatever is observed, and goes on to answer']);
  });
});

describe('policyContract and hookContract', () => {
  it('do not wait for what hangs', async () => {
    const [decision] = await failuresOf(policyContract(() => ({ ...ENGINE, canMessage: hang }), QUICK));
    expect(decision?.message).toBe('`canMessage` did not answer within 50 ms: the loader waits no longer');
    const [event] = await failuresOf(hookContract({ ...QUICK, create: () => ({ onMessage: hang }) }));
    expect(event?.message).toBe('`onMessage` did not answer within 50 ms: the loader waits no longer');
  });
});

it('goes on while a test holds the clock', async () => {
  const { dispose } = await createTestContext({ clock: 0 });
  try {
    expect(await failing(bridgeContract({ create: () => ({ onLoad: async () => undefined }) }))).toEqual([]);
  } finally {
    await dispose();
  }
});

describe('hookContract', () => {
  it('passes a plugin that does nothing', async () => {
    expect(await failing(hookContract({ create: () => ({}) }))).toEqual([]);
  });

  it.each<[string, HookPlugin]>([
    ['answers something else', { beforeMessage: () => ({ change: 'text' }) as never }],
    ['answers no object', { beforeMessage: () => true as never }],
    ['answers nothing to follow', { beforeMessage: () => ({}) as never }],
    ['changes who gets a message', { beforeMessage: () => ({ change: { to: 'Eve' } }) as never }],
    ['makes a body of no text', { beforeMessage: () => ({ change: { body: 5 } }) as never }],
    ['drops, perhaps', { beforeMessage: () => ({ drop: 'yes' }) as never }],
    ['says nothing of its health', { health: async () => ({ status: 'fine' }) as never }],
  ])('finds a plugin that %s', async (_, plugin) => {
    expect(await failing(hookContract({ create: () => plugin }))).not.toEqual([]);
  });

  it('finds a plugin that leaves a timer behind', async () => {
    const timers: NodeJS.Timeout[] = [];
    const plugin: HookPlugin = { onLoad: async () => void timers.push(setInterval(() => undefined, 1_000)) };
    expect(await failuresOf(hookContract({ create: () => plugin }))).toMatchObject([
      { message: expect.stringContaining('after onUnload it still holds a timer') },
    ]);
    for (const timer of timers) clearInterval(timer);
  });

  it('finds a plugin that leaves a thread behind, and none that ends it', async () => {
    const threads: Worker[] = [];
    const start = async (): Promise<void> =>
      void threads.push(new Worker('setInterval(() => undefined, 1_000)', { eval: true }));
    const end = async (): Promise<void> => void (await Promise.all(threads.splice(0).map((one) => one.terminate())));
    expect(await failuresOf(hookContract({ create: () => ({ onLoad: start, onUnload: end }) }))).toEqual([]);
    expect(await failuresOf(hookContract({ create: () => ({ onLoad: start }) }))).toMatchObject([
      { message: expect.stringContaining('after onUnload it still holds a thread') },
    ]);
    await end();
  });

  it('finds a plugin that changes what others see', async () => {
    const plugin: HookPlugin = {
      onMessage: ({ data }) => void (data && Object.assign(data, { seen: true })),
    };
    expect(await failing(hookContract({ create: () => plugin }))).toContain(
      'leaves events as they are, which others see too',
    );
  });
});

function createBridge(changes: Partial<BridgePlugin> = {}): BridgePlugin {
  return {
    async onLoad({ client }) {
      client.onMessage = (from) => void (from === client.agentName || client.sendMessage('Alice', 'heard'));
      this.onUnload = async () => void delete client.onMessage;
    },
    ...changes,
  };
}

/** Answers whoever speaks, itself too, and never stops. */
function createEcho(): BridgePlugin {
  return {
    onLoad: async ({ client }) => void (client.onMessage = () => void client.sendMessage('Alice', 'heard')),
  };
}

describe('bridgeContract', () => {
  it('is kept by a bridge that answers others', async () => {
    expect(await failing(bridgeContract({ create: () => createBridge() }))).toEqual([]);
  });

  it('finds one that answers itself', async () => {
    expect(await failing(bridgeContract({ create: createEcho }))).toEqual([
      'answers none of its own messages',
      'sends nothing once it is unloaded, and can be loaded again',
    ]);
  });

  it('finds one that says nothing of how it is', async () => {
    const fine = { health: async () => ({ status: 'fine' }) as never };
    expect(await failing(bridgeContract({ create: () => createBridge(fine) }))).toContain('says how it is');
  });
});
