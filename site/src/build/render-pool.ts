/** Threads that render: each takes the next job when it is done with one. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { SETTING_NAMES } from '../data/settings.ts';

export interface RenderInput {
  /** Of the compiled site. */
  readonly entry: string;
  /** Folder of the built API; absolute. */
  readonly api: string;
  readonly baseUrl: string;
  /** File of what plugins are to each other; absolute. */
  readonly relations: string;
  /** Where the pages are that there are already; absolute. */
  readonly out: string;
  /** Where those go that differ; absolute, empty. */
  readonly stage: string;
}

export type Job =
  | { readonly kind: 'list' }
  | { readonly kind: 'render'; readonly paths: readonly string[] }
  /** `null` is the registry. */
  | { readonly kind: 'draw'; readonly cards: readonly (string | null)[] };

export interface Made {
  /** Relative to the output. */
  readonly file: string;
  /** Absent: it is what is there. */
  readonly aside?: string;
}

export type Answer =
  | { readonly kind: 'listed'; readonly paths: readonly string[] }
  | { readonly kind: 'made'; readonly made: readonly Made[] };

export interface Wanted {
  /** Site paths that belong together. */
  readonly groups: readonly (readonly string[])[];
  readonly cards: readonly (string | null)[];
}

/** Young objects get little room: it is a fifth less memory, and as fast. */
const LIMITS = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 16 } as const;
const PATHS_A_JOB = 48;
const CARDS_A_JOB = 24;
/** Below this a second thread takes longer to start than it saves. */
const PATHS_A_THREAD = 600;

/** Renders the fixed pages and all that is wanted. @throws what a page threw, once no thread runs any more */
export async function renderAll(
  input: RenderInput,
  wanted: Wanted,
  { threads, signal }: { readonly threads: number; readonly signal: AbortSignal },
): Promise<readonly Made[]> {
  signal.throwIfAborted();
  const count = wanted.groups.length + wanted.cards.length;
  const workers = Array.from({ length: Math.max(1, Math.min(threads, Math.ceil(count / PATHS_A_THREAD))) }, () =>
    startWorker(input),
  );
  const stop = (): void => void workers.map((worker) => worker.terminate());
  signal.addEventListener('abort', stop);
  try {
    const [first] = workers;
    const listed = first && (await ask(first, { kind: 'list' }));
    const fixed = listed?.kind === 'listed' ? listed.paths.map((path) => [path]) : [];
    const jobs = [...jobsOf([...fixed, ...wanted.groups]), ...drawings(wanted.cards)].values();
    const made = await Promise.all(workers.map((worker) => work(worker, jobs)));
    return made.flat();
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
    signal.throwIfAborted();
  }
}

function startWorker(input: RenderInput): Worker {
  const { api, baseUrl, relations } = input;
  return new Worker(new URL('render-worker.ts', import.meta.url), {
    workerData: input,
    env: {
      ...process.env,
      [SETTING_NAMES.api]: api,
      [SETTING_NAMES.url]: baseUrl,
      [SETTING_NAMES.relations]: relations,
    },
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

function jobsOf(groups: readonly (readonly string[])[]): readonly Job[] {
  const jobs: { readonly kind: 'render'; readonly paths: string[] }[] = [];
  for (const group of groups) {
    const last = jobs.at(-1);
    if (last && last.paths.length < PATHS_A_JOB) last.paths.push(...group);
    else jobs.push({ kind: 'render', paths: [...group] });
  }
  return jobs;
}

function drawings(cards: Wanted['cards']): readonly Job[] {
  return Array.from({ length: Math.ceil(cards.length / CARDS_A_JOB) }, (_, index) => ({
    kind: 'draw',
    cards: cards.slice(index * CARDS_A_JOB, (index + 1) * CARDS_A_JOB),
  }));
}
