/** Renders READMEs in processes of their own, so that a text that keeps the parser busy, or ends it, costs seconds and no build. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RenderRequest, RenderedReadme } from './render-process.ts';

export interface ReadmeRenderer extends AsyncDisposable {
  /** Starts a process for what will be asked: it is ready when that is known. */
  prepare(): void;
  /** @returns undefined where the text could not be rendered in time; the next one can */
  render(request: RenderRequest): Promise<RenderedReadme | undefined>;
}

/** What an honest README of the greatest length takes, ten times, on a slow and busy machine. */
const TIME_LIMIT_MS = 20_000;
const MEMORY_LIMIT_MB = 512;

/** Of what waits, a process gets so much at once: a message takes longer than to render a README of usual length. */
const TOGETHER = 16;
const TOGETHER_LENGTH = 64 * 1024;

interface Waiting {
  readonly request: RenderRequest;
  readonly done: (rendered: RenderedReadme | undefined) => void;
  /** It was among those of which one took too long. */
  readonly alone: boolean;
}

/** Starts processes when there is something to render, at most one for each core unless told otherwise. */
export function createReadmeRenderer({
  timeLimitMs = TIME_LIMIT_MS,
  processes = availableParallelism(),
} = {}): ReadmeRenderer {
  const idle: ChildProcess[] = [];
  const running = new Set<ChildProcess>();
  const waiting: Waiting[] = [];
  let isOver = false;
  const start = (): ChildProcess => {
    const child = startProcess();
    running.add(child);
    return child;
  };
  const answer = (own: readonly Waiting[], rendered: readonly RenderedReadme[] | undefined): void => {
    // Where one of several is to blame, each gets its own time.
    if (rendered === undefined && own.length > 1 && !isOver)
      waiting.unshift(...own.map((each) => ({ ...each, alone: true })));
    else for (const [index, { done }] of own.entries()) done(rendered?.[index]);
  };
  const work = async (first: ChildProcess): Promise<void> => {
    let child: ChildProcess | undefined = first;
    while (child && waiting.length > 0) {
      const own = takeSome(waiting);
      const requests = own.map(({ request }) => request);
      const rendered = await ask(child, requests, timeLimitMs);
      answer(own, rendered);
      if (rendered) continue;
      child.kill('SIGKILL');
      running.delete(child);
      child = waiting.length > 0 && !isOver ? start() : undefined;
    }
    if (child) idle.push(child);
  };
  return {
    prepare: () => {
      if (!isOver && running.size === 0) idle.push(start());
    },
    render: (request) =>
      new Promise((done) => {
        // Nobody would end a process that is started now.
        if (isOver) return done(undefined);
        waiting.push({ request, done, alone: false });
        const child = idle.pop() ?? (running.size < processes ? start() : undefined);
        if (child) void work(child);
      }),
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      for (const { done } of waiting.splice(0)) done(undefined);
      await Promise.all([...running].map(end));
    },
  };
}

/** At least one. */
function takeSome(waiting: Waiting[]): readonly Waiting[] {
  let length = 0;
  const count = waiting.findIndex(({ request, alone }, index) => {
    length += request.text.length + sizeOf(request.files);
    return index > 0 && (alone || waiting[0]?.alone === true || index === TOGETHER || length > TOGETHER_LENGTH);
  });
  return waiting.splice(0, count === -1 ? waiting.length : count);
}

function sizeOf(files: RenderRequest['files']): number {
  return [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0);
}

/** The same file, whether it is run from source, compiled or bundled. */
function startProcess(): ChildProcess {
  const extension = extname(fileURLToPath(import.meta.url));
  const conditions = extension === '.ts' ? ['--conditions=ar-source'] : [];
  const child = fork(new URL(`./render-process${extension}`, import.meta.url), {
    env: {},
    execArgv: [...conditions, `--max-old-space-size=${MEMORY_LIMIT_MB}`],
    serialization: 'advanced',
    stdio: 'ignore',
  });
  // Where none can be started, what is sent to it fails: that is told by `ask`.
  child.on('error', () => undefined);
  return child;
}

/** @returns undefined where they were not rendered in time */
function ask(
  child: ChildProcess,
  requests: readonly RenderRequest[],
  timeLimitMs: number,
): Promise<readonly RenderedReadme[] | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(undefined), timeLimitMs);
    const onMessage = (answer: unknown): void => done(answer as readonly RenderedReadme[]);
    const onEnd = (): void => done(undefined);
    function done(rendered: readonly RenderedReadme[] | undefined): void {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onEnd).off('error', onEnd);
      resolve(rendered);
    }
    child.on('message', onMessage).on('exit', onEnd).on('error', onEnd);
    child.send(requests, (error) => {
      if (error) done(undefined);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
