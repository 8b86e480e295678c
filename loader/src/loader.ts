/**
 * The plugin loader of one running daemon.
 *
 * Plugins load in parallel; operations on the loader run one after the other. Nothing that a plugin does makes one of
 * them reject: it ends as a `LoadedPlugin` with status `error`.
 */
import { ArError } from '@ar-registry/core/errors';
import type { HealthStatus, PluginEntry } from '@ar-registry/sdk';
import type { PluginName } from '@ar-registry/schemas';
import { expectGuard } from './bindings/gate/expect.ts';
import type { Gate } from './bindings/gate/gate.ts';
import type { MemoryService } from './bindings/memory/relay-memory.ts';
import { createDecider, type Decider } from './bindings/policy/decider.ts';
import type { PluginRequest } from './config/entry.ts';
import { describeThrown } from './contain.ts';
import { mergeEntries, readEntry, type ReadEntry } from './config/read-entry.ts';
import type { Host } from './host/host.ts';
import type { MetricsRegistry } from './host/metrics.ts';
import { logFailure } from './host/log-failure.ts';
import { failedPrepared, toArError, unreadable, type LoadedPlugin } from './loaded-plugin.ts';
import type { PreparedPlugin } from './prepare.ts';
import { prepareRequest, type Preparation, type PrepareServices } from './request-plugin.ts';
import type { SandboxStatus } from './instance/instance.ts';
import { asEntry, entryFor, findSlot, folderOf, inOrder, remember, type Slot, type Slots } from './slots.ts';
import { startPlugin, type RunningPlugin } from './start.ts';
import { stateMetrics } from './state-metrics.ts';
import { createSupervisor, type Supervisor, type SupervisorPorts } from './supervise.ts';

export type PluginConfig = PluginEntry;

export interface PluginLoader {
  /** Loads all configured plugins; a result for each, in their order. Never rejects for a plugin's fault. */
  loadAll(config: readonly PluginConfig[]): Promise<LoadedPlugin[]>;
  /** Loads one plugin, configured as it was before or as ar-plugins.yaml says. One that is active is left as it is. */
  load(name: string, version?: string): Promise<LoadedPlugin>;
  getLoaded(): LoadedPlugin[];
  /** @throws PLUGIN_NOT_LOADED */
  unload(name: string): Promise<void>;
  /** Unloads a plugin and loads it anew, code, manifest and configuration. @throws PLUGIN_NOT_LOADED */
  reload(name: string): Promise<LoadedPlugin>;
}

export interface PluginHealth {
  readonly name: string;
  readonly status: LoadedPlugin['status'];
  /** What an active plugin says of itself. */
  readonly health?: HealthStatus;
  /** How an active plugin is kept in; absent for one in the daemon's process. */
  readonly sandbox?: SandboxStatus;
  /** After crashes, since it was loaded. */
  readonly restarts: number;
  /** Of an active plugin: how long it took to load, and for how long it runs. */
  readonly loadMs?: number;
  readonly uptimeMs?: number;
  /** Of the process of an active plugin; absent for one in the daemon's process. */
  readonly memoryBytes?: number;
}

/** The loader as the one who made it sees it. */
export interface LoaderControl extends PluginLoader {
  health(): Promise<readonly PluginHealth[]>;
  readonly metrics: Pick<MetricsRegistry, 'toPrometheus'>;
  /** For whoever spawns agents or runs their tools: the daemon knows of neither. Messages are decided without asking. */
  readonly policy: Decider;
  /** Where the page of the widgets is, once it can be looked at. Holds a secret. Undefined without; never rejects. */
  readonly widgetsUrl: Promise<string | undefined>;
  /** agent-relay's memory service, while a memory plugin is active. */
  readonly memory: MemoryService | undefined;
  /**
   * To be called from the process's handlers of what nothing caught. If a plugin's code is behind it, that plugin is
   * taken out of service for an exception, and told of in its log for a rejection.
   *
   * @returns the plugin that was behind it; undefined if none was
   */
  blameUncaught(error: unknown, kind: 'exception' | 'rejection'): PluginName | undefined;
  /** Plugins that are folders of the user's own, whatever became of them, with the absolute path. */
  folders(): readonly { readonly name: string; readonly dir: string }[];
  /** Gives up what is loading and unloads everything, last loaded first. */
  close(): Promise<void>;
}

export interface LoaderPorts {
  readonly host: Host;
  /** Where messages wait until it is known who decides about them. */
  readonly gate: Pick<Gate, 'open'>;
  /** What preparing needs, as the project is now. */
  readonly readServices: () => Promise<PrepareServices>;
}

export function createLoader({ host, gate, readServices }: LoaderPorts): LoaderControl {
  const slots: Slots = new Map();
  const closing = new AbortController();
  const inTurn = createTurns();
  const state: LoaderState = { host, gate, readServices, slots, unloaded: new Map(), closing: closing.signal };
  const supervisor = superviseSlots(state, inTurn);
  const load = (entries: readonly ReadEntry[]): Promise<LoadedPlugin[]> => loadEntries(entries, state, supervisor);

  const stop = async (name: string): Promise<Slot> => {
    const slot = findSlot(slots, name);
    supervisor.forget(slot.loaded.name);
    await slot.running?.stop();
    slots.delete(slot.loaded.name);
    return slot;
  };

  return {
    loadAll: (config) => inTurn(() => load(mergeEntries(config.map(readEntry)))),
    load: (name, version) => inTurn(async () => first(await load([entryFor(state, name, version)]))),
    getLoaded: () => [...slots.values()].map(({ loaded }) => loaded),
    unload: (name) =>
      inTurn(async () => {
        const slot = await stop(name);
        host.places.forget(slot.loaded.name);
        if (slot.request) state.unloaded.set(slot.loaded.name, slot.request);
      }),
    reload: (name) => inTurn(() => inOrder(slots, async () => first(await load([asEntry(await stop(name))])))),
    health: () => Promise.all([...slots.values()].map((slot) => healthOf(slot, { supervisor, now: host.elapsedMs }))),
    folders: () => [...slots.values()].flatMap((slot) => folderOf(slot, host)),
    metrics: { toPrometheus: () => stateMetrics(slots, supervisor) + host.metrics.toPrometheus() },
    policy: createDecider(host.places),
    get widgetsUrl() {
      return host.widgets.url;
    },
    get memory() {
      return host.memory.service;
    },
    blameUncaught(error, kind) {
      const plugin = host.blame.blame(error);
      if (plugin !== undefined && kind === 'exception')
        void inTurn(() => failSlot(slots, plugin, { error: uncaught(plugin, error), host }));
      return plugin;
    },
    close() {
      closing.abort();
      supervisor.close();
      return inTurn(async () => {
        for (const name of [...slots.keys()].toReversed()) await stop(name);
      });
    },
  };
}

interface LoaderState extends LoaderPorts {
  readonly slots: Slots;
  /** Of plugins that were unloaded: loaded again, they are configured as they were. */
  readonly unloaded: Map<string, PluginRequest>;
  /** Aborted when the loader closes. */
  readonly closing: AbortSignal;
}

async function loadEntries(
  entries: readonly ReadEntry[],
  { host, gate, readServices, slots, closing }: LoaderState,
  supervisor: Pick<Supervisor, 'watch'>,
): Promise<LoadedPlugin[]> {
  const services = await readServices();
  const preparations = await Promise.all(entries.map((entry) => prepareEntry(entry, services)));
  for (const [index, preparation] of preparations.entries()) {
    expectGuard(preparation, entries[index], host.places);
    if (preparation.kind === 'prepared' && preparation.prepared.type === 'storage')
      host.storage.expect(preparation.prepared.name);
  }
  gate.open();
  const batch = { slots, claimed: new Set<string>(), host, signal: closing, supervisor };
  const settled = await Promise.all(
    preparations.map((preparation, index) => settle(preparation, entries[index], batch)),
  );
  for (const slot of settled) remember(slots, slot);
  return settled.map(({ loaded }) => loaded);
}

function superviseSlots(state: LoaderState, inTurn: SupervisorPorts['inTurn']): Supervisor {
  const { host, slots, closing } = state;
  const supervisor: Supervisor = createSupervisor({
    ...host.limits,
    now: host.elapsedMs,
    inTurn,
    async fail(name, running, error) {
      if (slots.get(name)?.running !== running) return false;
      await failSlot(slots, name, { error, host });
      return true;
    },
    async restart(name) {
      const slot = slots.get(name);
      if (!slot?.request || slot.running || closing.aborted) return undefined;
      return first(await loadEntries([asEntry(slot)], state, supervisor));
    },
  });
  return supervisor;
}

/** Runs what it is given one after the other, whatever becomes of the one before. */
function createTurns(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const turn = last.then(task, task);
    last = turn.catch(() => undefined);
    return turn;
  };
}

function prepareEntry(entry: ReadEntry, services: PrepareServices): Promise<Preparation> {
  if (entry.kind === 'unreadable') return Promise.resolve({ kind: 'idle', loaded: entry.loaded });
  return prepareRequest(entry.request, services);
}

interface Batch {
  readonly slots: Slots;
  /** Names that entries of this batch have taken; filled in their order, before anything is awaited. */
  readonly claimed: Set<string>;
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly supervisor: Pick<Supervisor, 'watch'>;
}

async function settle(preparation: Preparation, entry: ReadEntry | undefined, batch: Batch): Promise<Slot> {
  const request = entry?.kind === 'request' ? entry.request : undefined;
  if (preparation.kind === 'idle') {
    if (preparation.loaded.status === 'error') await logFailure(preparation.loaded, batch.host);
    return { request, loaded: preparation.loaded };
  }
  const { prepared } = preparation;
  if (batch.claimed.has(prepared.name)) return { request: undefined, loaded: duplicate(prepared, request) };
  batch.claimed.add(prepared.name);
  const existing = batch.slots.get(prepared.name);
  if (existing?.running) return existing;
  return start(prepared, request, batch);
}

async function start(prepared: PreparedPlugin, request: Slot['request'], batch: Batch): Promise<Slot> {
  const told = { name: prepared.name, version: prepared.version, isLocal: prepared.trust === 'local' };
  try {
    const running = await startPlugin(prepared, batch.host, batch.signal);
    batch.supervisor.watch(prepared.name, running);
    batch.host.telemetry?.loaded(told, running.loadMs);
    return { request, running, loaded: toActive(prepared, running) };
  } catch (error) {
    batch.host.places.fail(prepared.name);
    batch.host.storage.fail(prepared.name);
    batch.host.telemetry?.failed(told);
    return { request, loaded: failedPrepared(prepared, error) };
  }
}

function duplicate({ name }: PreparedPlugin, request: PluginRequest | undefined): LoadedPlugin {
  const entry = request?.label ?? name;
  return unreadable(entry, new ArError('PLUGIN_ENTRY_INVALID', { entry, problem: `another entry is ${name} already` }));
}

function toActive({ name, version, type, manifest }: PreparedPlugin, { instance }: RunningPlugin): LoadedPlugin {
  return { name, version, type, instance, manifest, status: 'active' };
}

async function healthOf(
  { loaded, running }: Slot,
  { supervisor, now }: { readonly supervisor: Supervisor; readonly now: Host['elapsedMs'] },
): Promise<PluginHealth> {
  const { name, status } = loaded;
  const restarts = supervisor.restartsOf(name);
  if (!running) return { name, status, restarts };
  const { sandbox, loadMs, startedMs, memoryBytes } = running;
  const [health, bytes] = await Promise.all([running.health(), memoryBytes?.()]);
  const life = { restarts, loadMs, uptimeMs: Math.round(now() - startedMs) };
  return {
    name,
    status,
    health,
    ...(sandbox && { sandbox }),
    ...life,
    ...(bytes !== undefined && { memoryBytes: bytes }),
  };
}

async function failSlot(
  slots: Slots,
  name: PluginName,
  { error, host }: { error: unknown; host: Host },
): Promise<void> {
  const slot = slots.get(name);
  if (!slot?.running) return;
  await slot.running.stop();
  host.places.fail(name);
  const { version, type, manifest } = slot.loaded;
  host.telemetry?.failed({ name, version, isLocal: slot.request?.kind === 'folder' });
  const facts = { name, version, type, manifest, instance: undefined };
  const loaded: LoadedPlugin = { ...facts, status: 'error', error: toArError(name, error) };
  slots.set(name, { request: slot.request, loaded });
}

function uncaught(plugin: PluginName, error: unknown): ArError {
  return new ArError('PLUGIN_UNCAUGHT', { plugin, reason: describeThrown(error) }, { cause: error });
}

function first(loaded: readonly LoadedPlugin[]): LoadedPlugin {
  const [only] = loaded;
  if (!only) throw new Error('One entry gave no result.');
  return only;
}
