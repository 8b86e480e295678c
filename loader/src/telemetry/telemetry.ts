/**
 * Telling registries which of their plugins are in use, how long they take to load and that they fail: only where the user
 * said so in his own settings, only of plugins that a registry published, and never from this process, which has no
 * network. Events go into a file; a process that nobody waits for sends them.
 *
 * Nothing here throws, waits or keeps the daemon running. Settings are read each time, so `ar plugin telemetry off` holds
 * at once.
 */
import type { Lockfile, PluginName, Version } from '@ar-registry/schemas';
import { mayTell, type User } from './consent.ts';

export interface LoaderTelemetry {
  /** A plugin has just started. */
  loaded(plugin: ToldPlugin, loadMs: number): void;
  /** A plugin ended in the status `error`. */
  failed(plugin: ToldPlugin): void;
  /** Looks each hour which plugins are active, until it is closed. */
  follow(active: () => readonly ToldPlugin[]): void;
  close(): void;
}

export interface ToldPlugin {
  readonly name: PluginName;
  readonly version: Version | undefined;
  /** A folder of the user's own: nobody is told of it. */
  readonly isLocal: boolean;
}

export interface TelemetryPorts {
  readonly user: User;
  /** agent-relay's data folder. */
  readonly dataDir: string;
  readonly projectDir: string;
  /** Other variables than the user's, which may forbid and not allow: those of the project's `.env`. */
  readonly env: User['env'];
  readonly readLock: () => Promise<Lockfile>;
  readonly readVersion: () => Promise<string>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const HOUR_MS = 3_600_000;

export function createTelemetry(ports: TelemetryPorts): LoaderTelemetry {
  const isFirstThisHour = createHourly(ports.now);
  let timer: NodeJS.Timeout | undefined;
  const tell = (events: readonly Noted[]): void => {
    // Whatever is wrong with it, it is not worth a word.
    if (events.length > 0) void queue(events, ports).catch(() => undefined);
  };
  return {
    loaded(plugin, loadMs) {
      const load = { kind: 'load', plugin, loadMs } as const;
      tell([...(isFirstThisHour('load', plugin) ? [load] : []), { kind: 'active', plugin }]);
    },
    failed(plugin) {
      if (isFirstThisHour('error', plugin)) tell([{ kind: 'error', plugin }]);
    },
    follow(active) {
      timer = setInterval(() => tell(active().map((plugin) => ({ kind: 'active', plugin }))), HOUR_MS);
      timer.unref();
    },
    close: () => clearInterval(timer),
  };
}

/** Something that happened, and was not yet asked whether it may be told. */
export type Noted =
  | { readonly kind: 'active' | 'error'; readonly plugin: ToldPlugin }
  | { readonly kind: 'load'; readonly plugin: ToldPlugin; readonly loadMs: number };

/** A plugin that crashes over and over says so once. */
function createHourly(now: () => number): (kind: string, plugin: ToldPlugin) => boolean {
  const told = new Map<string, number>();
  return (kind, { name, version = '' }) => {
    const key = `${kind} ${name} ${version}`;
    const hour = Math.floor(now() / HOUR_MS);
    if (told.get(key) === hour) return false;
    told.set(key, hour);
    return true;
  };
}

/** For those who never said that it may be told, which is most, nothing more is loaded. */
async function queue(noted: readonly Noted[], ports: TelemetryPorts): Promise<void> {
  if (!(await mayTell(ports))) return;
  const { queueNoted } = await import('./queue-noted.ts');
  await queueNoted(noted, ports);
}
