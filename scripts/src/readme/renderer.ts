/** Renders READMEs in processes of their own, so that a text that keeps the parser busy, or ends it, costs seconds and no build. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RenderRequest, RenderedReadme } from './render-process.ts';

export interface ReadmeRenderer extends AsyncDisposable {
  /** @returns undefined where the text could not be rendered in time; the next one can */
  render(request: RenderRequest): Promise<RenderedReadme | undefined>;
}

/** What an honest README of the greatest length takes, ten times, on a slow and busy machine. */
const TIME_LIMIT_MS = 20_000;
const MEMORY_LIMIT_MB = 512;

/** Starts processes when there is something to render, at most one for each core. */
export function createReadmeRenderer({ timeLimitMs = TIME_LIMIT_MS } = {}): ReadmeRenderer {
  const idle: ChildProcess[] = [];
  const waiting: ((child: ChildProcess) => void)[] = [];
  let started = 0;
  const take = async (): Promise<ChildProcess> => {
    const free = idle.pop();
    if (free) return free;
    if (started >= availableParallelism()) return new Promise((resolve) => waiting.push(resolve));
    started += 1;
    return startProcess();
  };
  const give = (child: ChildProcess): void => {
    const next = waiting.shift();
    if (next) next(child);
    else idle.push(child);
  };
  return {
    render: async (request) => {
      const child = await take();
      const rendered = await ask(child, request, timeLimitMs);
      if (rendered === undefined) child.kill('SIGKILL');
      give(rendered === undefined ? startProcess() : child);
      return rendered;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(idle.splice(0).map(end));
    },
  };
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

function ask(child: ChildProcess, request: RenderRequest, timeLimitMs: number): Promise<RenderedReadme | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(undefined), timeLimitMs);
    const onMessage = (answer: unknown): void => done(answer as RenderedReadme);
    const onEnd = (): void => done(undefined);
    function done(rendered: RenderedReadme | undefined): void {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onEnd).off('error', onEnd);
      resolve(rendered);
    }
    child.on('message', onMessage).on('exit', onEnd).on('error', onEnd);
    child.send(request, (error) => {
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
