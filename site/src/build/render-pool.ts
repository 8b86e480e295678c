/** Threads that render: each takes the next job when it is done with one. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Overview } from '../data/overview.ts';
import { SETTING_NAMES } from '../data/settings.ts';
import type { Group, Item } from './item.ts';
import type { Made } from './staging.ts';

export interface RenderInput {
  /** Of the compiled site. */
  readonly entry: string;
  /** Folder of the built API; absolute. */
  readonly api: string;
  readonly baseUrl: string;
  readonly overview: Overview;
  /** Where the pages are that there are already; absolute. */
  readonly out: string;
  /** Where those go that differ; absolute, empty. */
  readonly stage: string;
}

/** Site paths of the pages without a plugin or list in them. */
export interface FixedPaths {
  /** That show the registry as it is now. */
  readonly live: readonly string[];
  /** That are the same until the site's sources change, or what all pages depend on. */
  readonly still: readonly string[];
  /** Those of both that searches should find. */
  readonly found: readonly string[];
}

export type Job = { readonly kind: 'list' } | { readonly kind: 'render'; readonly items: readonly Item[] };

export type Answer =
  | { readonly kind: 'listed'; readonly paths: FixedPaths }
  | { readonly kind: 'made'; readonly made: readonly Made[] };

export interface Pool {
  readonly fixed: FixedPaths;
  /** @throws what a page threw */
  renderAll(groups: Iterable<Group>): Promise<readonly Made[]>;
}

/** Young objects get little room: it is a fifth less memory, and as fast. */
const LIMITS = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 16 } as const;
const ITEMS_A_JOB = 48;
/** Below this a second thread takes longer to start than it saves. */
const GROUPS_A_THREAD = 300;

/** @param groups how many there will be @returns what `use` does, once no thread runs any more @throws `signal.reason` when aborted */
export async function withPool<T>(
  input: RenderInput,
  { most, groups, signal }: { readonly most: number; readonly groups: number; readonly signal: AbortSignal },
  use: (pool: Pool) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const count = Math.max(1, Math.min(most, Math.ceil(groups / GROUPS_A_THREAD)));
  const workers = Array.from({ length: count }, () => startWorker(input));
  const stop = (): void => void workers.map((worker) => worker.terminate());
  signal.addEventListener('abort', stop);
  try {
    const [first] = workers;
    const listed = first && (await ask(first, { kind: 'list' }));
    if (listed?.kind !== 'listed') throw new Error('No thread renders.');
    return await use({
      fixed: listed.paths,
      renderAll: async (wanted) => {
        const jobs = jobsOf(wanted);
        return (await Promise.all(workers.map((worker) => work(worker, jobs)))).flat();
      },
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
    signal.throwIfAborted();
  }
}

function startWorker(input: RenderInput): Worker {
  const { api, baseUrl } = input;
  return new Worker(new URL('render-worker.ts', import.meta.url), {
    workerData: input,
    env: { ...process.env, [SETTING_NAMES.api]: api, [SETTING_NAMES.url]: baseUrl },
    resourceLimits: LIMITS,
  });
}

async function work(worker: Worker, jobs: Iterator<Job>): Promise<readonly Made[]> {
  const all: Made[] = [];
  for (let job = jobs.next(); !job.done; job = jobs.next()) {
    const answer = await ask(worker, job.value);
    if (answer.kind === 'made') all.push(...answer.made);
  }
  return all;
}

function ask(worker: Worker, job: Job): Promise<Answer> {
  const over = new AbortController();
  const { signal } = over;
  const answered = Promise.race([
    once(worker, 'message', { signal }).then(([answer]) => answer as Answer),
    once(worker, 'exit', { signal }).then(([code]) => {
      throw new Error(`A thread that renders ended with ${String(code)}.`);
    }),
  ]);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows
  worker.postMessage(job);
  return answered.finally(() => over.abort());
}

function* jobsOf(groups: Iterable<Group>): Generator<Job, undefined> {
  let items: Item[] = [];
  for (const group of groups) {
    items.push(...group());
    if (items.length < ITEMS_A_JOB) continue;
    yield { kind: 'render', items };
    items = [];
  }
  if (items.length > 0) yield { kind: 'render', items };
}
