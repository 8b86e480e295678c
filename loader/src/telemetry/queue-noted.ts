import path from 'node:path';
import { dataPaths } from '@ar-registry/core/layout';
import { loadBucket, type TelemetryEvent } from '@ar-registry/core/telemetry';
import { lockedUrl } from '@ar-registry/io/advisories';
import { createDailyMarker, createEventQueue, startSender, type QueuedEvent } from '@ar-registry/io/telemetry';
import type { Version } from '@ar-registry/schemas';
import type { Noted, TelemetryPorts } from './telemetry.ts';

/** Writes down what registries may be told, and starts what sends it. */
export async function queueNoted(noted: readonly Noted[], ports: TelemetryPorts): Promise<void> {
  const { user, dataDir, now } = ports;
  const folder = path.join(dataDir, dataPaths.telemetry);
  const events = await toEvents(noted, ports, folder);
  if (events.length === 0 || !createEventQueue(folder).add(events)) return;
  const responses = path.join(dataDir, dataPaths.responses);
  startSender({ folder, responses, version: await ports.readVersion(), env: user.env, nowMs: now() });
}

async function toEvents(
  noted: readonly Noted[],
  { projectDir, readLock, now }: TelemetryPorts,
  folder: string,
): Promise<readonly QueuedEvent[]> {
  const { plugins } = await readLock();
  const marker = createDailyMarker(folder);
  const at = new Date(now()).toISOString();
  return noted.flatMap((one): readonly QueuedEvent[] => {
    const { name, version, isLocal } = one.plugin;
    const lock = Object.hasOwn(plugins, name) ? plugins[name] : undefined;
    if (isLocal || lock?.source !== 'registry' || lock.version !== version) return [];
    const registry = lockedUrl(lock.registry, projectDir);
    if (!/^https?:/.test(registry)) return [];
    if (one.kind === 'active' && !marker.isFirst(at.slice(0, 10), projectDir, name, version)) return [];
    return [{ at, registry, event: toEvent(one, version) }];
  });
}

function toEvent(noted: Noted, version: Version): TelemetryEvent {
  const { name } = noted.plugin;
  return noted.kind === 'load'
    ? { kind: 'load', name, version, ms: loadBucket(noted.loadMs) }
    : { kind: noted.kind, name, version };
}
