import path from 'node:path';
import { dataPaths } from '@ar-registry/core/layout';
import { eventAddress } from '@ar-registry/core/telemetry';
import { createEventQueue, type ToldEvent } from '@ar-registry/io/telemetry';
import { collectorsOf } from '@ar-registry/io/telemetry-sender';
import type { Context } from '../context.ts';

export interface ShownEvents {
  /** What goes on its way next; without an address where the registry wants to be told nothing by now. */
  readonly waiting: readonly { readonly at: string; readonly address?: string }[];
  /** What registries were told last, the newest at the end. */
  readonly told: readonly ToldEvent[];
}

/** What is to be told and what was told, to the letter. */
export async function readQueue({ dataDir }: Pick<Context, 'dataDir'>): Promise<ShownEvents> {
  const queue = createEventQueue(path.join(dataDir, dataPaths.telemetry));
  const collectors = collectorsOf(path.join(dataDir, dataPaths.responses));
  const waiting = await Promise.all(
    queue.waiting().map(async ({ at, registry, event }) => {
      const { collector } = await collectors(registry);
      return collector === undefined ? { at } : { at, address: `${collector}${eventAddress(event)}` };
    }),
  );
  return { waiting, told: queue.remembered() };
}
