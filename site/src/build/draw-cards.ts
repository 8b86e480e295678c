/** Open Graph cards, drawn by a thread of their own while Astro renders the pages that name them. */
import { Worker } from 'node:worker_threads';

export interface CardsInput {
  /** Folder of the built API; absolute. */
  readonly api: string;
  /** Where the pictures go, at their site paths; absolute. */
  readonly out: string;
  /** Plugins to draw; the card of the registry is drawn each time. */
  readonly names: readonly string[];
}

/** A card that cannot be drawn stops nothing: it is a picture of one pixel then, and stderr says so. */
export async function drawCards(input: CardsInput, signal: AbortSignal): Promise<void> {
  const worker = new Worker(new URL('card-worker.ts', import.meta.url), {
    workerData: input,
    resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16 },
  });
  signal.addEventListener('abort', () => void worker.terminate(), { once: true });
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`Drawing cards ended with ${code}.`))));
  });
}
