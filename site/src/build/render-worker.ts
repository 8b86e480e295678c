/** A thread that renders paths and draws cards; `workerData` is a `RenderInput`, each message a `Job`. */
import { parentPort, threadId, workerData } from 'node:worker_threads';
import type { Overview } from '../data/overview.ts';
import type { PageData } from '../data/page-data.ts';
import type { Item } from './item.ts';
import { openCards, type CardFacts } from './open-cards.ts';
import { cardFile, fileOf } from './page-file.ts';
import type { Answer, FixedPaths, Job, RenderInput } from './render-pool.ts';
import { createStaging, type Made } from './staging.ts';

/** What `src/render.ts` has when it is compiled. */
interface Renderer {
  readonly fixedPaths: () => FixedPaths;
  readonly renderPath: (path: string, data: { readonly overview: Overview } & Partial<PageData>) => Promise<Uint8Array>;
  readonly cardFacts: (name: string) => CardFacts;
  readonly registryTitle: () => string;
}

const { entry, overview, ...folders } = workerData as RenderInput;
const renderer = (await import(entry)) as Renderer;
const put = createStaging(folders, `t${threadId}`);
let cards: ReturnType<typeof openCards>;

parentPort?.on('message', (job: Job) => void reply(job));

/** What is thrown ends the thread, and who started it is told. */
async function reply(job: Job): Promise<void> {
  const answered = await answer(job);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows
  parentPort?.postMessage(answered);
}

async function answer(job: Job): Promise<Answer> {
  if (job.kind === 'list') return { kind: 'listed', paths: renderer.fixedPaths() };
  const made: Made[] = [];
  for (const item of job.items) made.push(await make(item));
  return { kind: 'made', made };
}

async function make(item: Item): Promise<Made> {
  if (item.kind === 'page')
    return put(fileOf(item.path), await renderer.renderPath(item.path, { overview, ...item.data }));
  cards ??= openCards(renderer.registryTitle());
  const bytes = item.plugin === undefined ? cards.ofRegistry() : cards.ofPlugin(renderer.cardFacts(item.plugin));
  return put(cardFile(item.plugin), bytes);
}
