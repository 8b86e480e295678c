import path from 'node:path';
import { dataPaths } from '@ar-registry/core/layout';
import { normalizeTerms, telemetryObstacles, type TelemetryEvent } from '@ar-registry/core/telemetry';
import { createEventQueue, startSender } from '@ar-registry/io/telemetry';
import { collectorsOf } from '@ar-registry/io/telemetry-sender';
import type { Context } from '../context.ts';
import type { Happened } from './happened.ts';

/**
 * Hands what happened to a process in the background, as far as the registries want to be told and nothing speaks against
 * it. Waits for nobody, and throws nothing: what cannot be told is lost.
 */
export async function queueEvents(
  happened: readonly Happened[],
  { env, globals, now, dataDir, version, userConfig }: Context,
): Promise<void> {
  const setting = (await userConfig())?.telemetry;
  if (telemetryObstacles({ setting, env, offline: globals.offline }).length > 0) return;
  const responses = path.join(dataDir, dataPaths.responses);
  const collectors = collectorsOf(responses);
  const at = now().toISOString();
  const events = await Promise.all(
    happened.map(async (one) => {
      const event = toEvent(one);
      return event && (await collectors(one.registry)).collector ? [{ at, registry: one.registry, event }] : [];
    }),
  );
  const folder = path.join(dataDir, dataPaths.telemetry);
  if (events.flat().length === 0 || !createEventQueue(folder).add(events.flat())) return;
  startSender({ folder, responses, version, env, nowMs: now().getTime() });
}

/** Nothing for a search of words that are nobody's business. */
function toEvent(happened: Happened): TelemetryEvent | undefined {
  if (happened.kind === 'install') return { kind: 'install', name: happened.name, version: happened.version };
  const terms = normalizeTerms(happened.text);
  return terms === undefined ? undefined : { kind: happened.total > 0 ? 'search' : 'missed', terms };
}
