/** Threads that build parts: each takes the next when it is done with one. Few plugins are built where the build itself runs. */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ArError, type ErrorCode, type ErrorFacts } from '@ar-registry/core/errors';
import type { PartJob, PartPlugin, PartResult, PartSetting } from './part-job.ts';

export type PartOrder = { readonly kind: 'build'; readonly job: PartJob } | { readonly kind: 'end' };

export type PartAnswer =
  | { readonly kind: 'built'; readonly result: PartResult }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly facts: ErrorFacts[ErrorCode] }
  /** It was told to end while it was at work. */
  | { readonly kind: 'ended' };

/** For tests, which have few plugins, and other threads. */
export interface PartOptions {
  readonly threads?: number | undefined;
  /** Plugins in a part. */
  readonly size?: number | undefined;
  /** What a thread runs. */
  readonly program?: URL | undefined;
}

/** Below this a second thread takes longer to start than it saves. */
const PLUGINS_A_THREAD = 500;
/** Each holds what it loaded and a part: 4 GiB are to be enough for a build. */
const MOST_THREADS = 4;
const LIMITS = { maxOldGenerationSizeMb: 768, maxYoungGenerationSizeMb: 64 } as const;
/** What is held of an index at a time, by each thread. */
const PLUGINS_A_PART = 256;
const PARTS_A_THREAD = 8;

/**
 * @param plugins by name
 * @returns of all parts, in the order of the plugins
 * @throws what a part threw, once no thread runs any more
 */
export async function buildParts(
  setting: Omit<PartSetting, 'renderers'>,
  plugins: readonly PartPlugin[],
  { signal, ...options }: PartOptions & { readonly signal: AbortSignal | undefined },
): Promise<readonly PartResult[]> {
  signal?.throwIfAborted();
  const cores = availableParallelism();
  const threads = options.threads ?? Math.min(MOST_THREADS, cores, Math.floor(plugins.length / PLUGINS_A_THREAD));
  const size =
    options.size ?? Math.min(PLUGINS_A_PART, Math.ceil(plugins.length / (Math.max(1, threads) * PARTS_A_THREAD)));
  const jobs = jobsOf(plugins, Math.max(1, size));
  const whole = { ...setting, renderers: Math.max(1, Math.floor(cores / Math.max(1, threads))) };
  return threads > 1 ? inThreads(whole, jobs, { ...options, threads, signal }) : inPlace(whole, jobs, signal);
}

function jobsOf(plugins: readonly PartPlugin[], size: number): readonly PartJob[] {
  const jobs: PartJob[] = [];
  for (let from = 0; from < plugins.length; from += size) jobs.push({ plugins: plugins.slice(from, from + size) });
  return jobs;
}

async function inPlace(
  setting: PartSetting,
  jobs: readonly PartJob[],
  signal: AbortSignal | undefined,
): Promise<readonly PartResult[]> {
  // Threads load it by themselves.
  const { createPartBuilder } = await import('./build-part.ts');
  await using builder = await createPartBuilder(setting, 0, signal);
  const results: PartResult[] = [];
  for (const job of jobs) {
    signal?.throwIfAborted();
    results.push(await builder.build(job));
  }
  return results;
}

async function inThreads(
  setting: PartSetting,
  jobs: readonly PartJob[],
  { threads, signal, program }: PartOptions & { readonly threads: number; readonly signal: AbortSignal | undefined },
): Promise<readonly PartResult[]> {
  const workers = Array.from({ length: Math.min(threads, jobs.length) }, () => startThread(setting, program));
  const stop = (): readonly Promise<void>[] => workers.map((worker) => worker.end());
  signal?.addEventListener('abort', stop, { once: true });
  const results: PartResult[] = [];
  const waiting = jobs.entries();
  const work = async (worker: Thread): Promise<void> => {
    for (const [index, job] of waiting) results[index] = await worker.build(job);
  };
  try {
    await Promise.all(workers.map(work));
    return results;
  } finally {
    signal?.removeEventListener('abort', stop);
    await Promise.all(stop());
    signal?.throwIfAborted();
  }
}

interface Thread {
  build(job: PartJob): Promise<PartResult>;
  /** Resolves when it has ended. */
  end(): Promise<void>;
}

/** What a thread that was told to end may still do, which is little; one that is stuck is ended. */
const GRACE_MS = 2000;

function startThread(setting: PartSetting, program = defaultProgram()): Thread {
  const worker = new Worker(program, { workerData: setting, resourceLimits: LIMITS });
  const died = Promise.withResolvers<never>();
  died.promise.catch(() => undefined);
  worker.on('error', died.reject);
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', (code) => {
      died.reject(new Error(`A thread that builds ended with ${code}.`));
      resolve();
    });
  });
  const post = (order: PartOrder): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows
    worker.postMessage(order);
  };
  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    post({ kind: 'end' });
    const timer = setTimeout(() => void worker.terminate(), GRACE_MS);
    await exited;
    clearTimeout(timer);
  };
  return {
    build: async (job) => {
      const answered = new Promise<PartAnswer>((resolve) => void worker.once('message', resolve));
      post({ kind: 'build', job });
      return resultOf(await Promise.race([answered, died.promise]));
    },
    end: () => (ending ??= end()),
  };
}

function resultOf(answer: PartAnswer): PartResult {
  if (answer.kind === 'built') return answer.result;
  if (answer.kind === 'failed') throw new ArError(answer.code, answer.facts);
  throw new ArError('ABORTED', { doing: 'building' });
}

/** The same file, whether it is run from source, compiled or bundled. */
function defaultProgram(): URL {
  return new URL(`./part-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
}
