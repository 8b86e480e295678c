/** When a plugin whose process crashed is started again: each time later, and after some crashes in a row not at all. */
import { ArError } from '@ar-registry/core/errors';
import type { LoadedPlugin } from './loaded-plugin.ts';
import type { RunningPlugin } from './start.ts';

export interface SupervisorPorts {
  readonly maxCrashes: number;
  /** Before the first restart; doubled for each that follows. */
  readonly restartDelayMs: number;
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
  /** Runs a task when no other operation on the loader is under way. */
  readonly inTurn: (task: () => Promise<void>) => Promise<void>;
  /** Takes a plugin out of service. False if it is another one by now. */
  readonly fail: (plugin: string, running: RunningPlugin, error: ArError) => Promise<boolean>;
  /** Loads a failed plugin again; undefined if there is nothing to do any more. */
  readonly restart: (plugin: string) => Promise<LoadedPlugin | undefined>;
}

export interface Supervisor {
  /** Looks after a plugin that has just started. */
  watch(plugin: string, running: RunningPlugin): void;
  /** The plugin is in somebody else's hands: it is not started again, and its crashes count no more. */
  forget(plugin: string): void;
  /** How often it was started again since it was loaded. */
  restartsOf(plugin: string): number;
  close(): void;
}

interface Crashes {
  inARow: number;
  lastMs: number;
  restarts: number;
  timer: NodeJS.Timeout | undefined;
}

/** A crash that comes later than this after the one before is the first of a new row. */
const STABLE_MS = 60_000;

export function createSupervisor(ports: SupervisorPorts): Supervisor {
  const records = new Map<string, Crashes>();
  let closed = false;
  const recordOf = (plugin: string): Crashes => {
    const record = records.get(plugin) ?? { inARow: 0, lastMs: 0, restarts: 0, timer: undefined };
    records.set(plugin, record);
    return record;
  };
  const restart = async (plugin: string): Promise<void> => {
    const loaded = await ports.restart(plugin);
    if (!loaded) return;
    const record = recordOf(plugin);
    record.restarts += 1;
    if (loaded.status === 'error') restartLater(plugin, countCrash(record, ports));
  };
  const restartLater = (plugin: string, delayMs: number | undefined): void => {
    if (delayMs === undefined || closed) return;
    const record = recordOf(plugin);
    clearTimeout(record.timer);
    record.timer = setTimeout(() => void ports.inTurn(() => restart(plugin)), delayMs);
  };
  const onCrash = async (plugin: string, running: RunningPlugin, crash: ArError): Promise<void> => {
    const delayMs = countCrash(recordOf(plugin), ports);
    const error = delayMs === undefined ? crash : withRestart(crash, delayMs);
    if (await ports.fail(plugin, running, error)) restartLater(plugin, delayMs);
  };
  const forget = (plugin: string): void => {
    clearTimeout(records.get(plugin)?.timer);
    records.delete(plugin);
  };
  return {
    watch: (plugin, running) => running.onCrash((crash) => void ports.inTurn(() => onCrash(plugin, running, crash))),
    forget,
    restartsOf: (plugin) => records.get(plugin)?.restarts ?? 0,
    close() {
      closed = true;
      for (const plugin of records.keys()) forget(plugin);
    },
  };
}

/** @returns milliseconds after which the plugin should be started again; undefined for never */
function countCrash(
  record: Crashes,
  { now, maxCrashes, restartDelayMs }: Pick<SupervisorPorts, 'now' | 'maxCrashes' | 'restartDelayMs'>,
): number | undefined {
  record.inARow = now() - record.lastMs > STABLE_MS ? 1 : record.inARow + 1;
  record.lastMs = now();
  return record.inARow >= maxCrashes ? undefined : restartDelayMs * 2 ** (record.inARow - 1);
}

function withRestart({ facts }: ArError, restartMs: number): ArError {
  const { plugin, reason } = facts as { readonly plugin: string; readonly reason: string };
  return new ArError('PLUGIN_CRASHED', { plugin, reason, restartMs });
}
