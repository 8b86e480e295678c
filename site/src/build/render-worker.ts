/** A thread that renders paths and draws cards; `workerData` is a `RenderInput`, each message a `Job`. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { openCards, type CardFacts } from './open-cards.ts';
import type { Answer, Job, Made, RenderInput } from './render-pool.ts';

/** What `src/render.ts` has when it is compiled. */
interface Renderer {
  readonly fixedPaths: () => readonly string[];
  readonly renderPath: (path: string) => Promise<Uint8Array>;
  readonly cardFacts: (name: string) => CardFacts;
  readonly registryTitle: () => string;
}

const { entry, out, stage } = workerData as RenderInput;
const renderer = (await import(entry)) as Renderer;
let cards: ReturnType<typeof openCards>;
let staged = 0;

parentPort?.on('message', (job: Job) => void reply(job));

/** What is thrown ends the thread, and who started it is told. */
async function reply(job: Job): Promise<void> {
  const answered = await answer(job);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows
  parentPort?.postMessage(answered);
}

async function answer(job: Job): Promise<Answer> {
  switch (job.kind) {
    case 'list':
      return { kind: 'listed', paths: renderer.fixedPaths() };
    case 'render': {
      const made: Made[] = [];
      for (const each of job.paths) made.push(put(fileOf(each), await renderer.renderPath(each)));
      return { kind: 'made', made };
    }
    case 'draw':
      cards ??= openCards(renderer.registryTitle());
      return { kind: 'made', made: job.cards.map((name) => put(`og/${name ?? 'site'}.png`, draw(name))) };
  }
}

function draw(name: string | null): Uint8Array {
  return name === null ? cards.ofRegistry() : cards.ofPlugin(renderer.cardFacts(name));
}

/** `/404/` is asked for by its name: `404.html`. */
function fileOf(sitePath: string): string {
  if (sitePath === '/404/') return '404.html';
  return sitePath.slice(1) + (sitePath.endsWith('/') ? 'index.html' : '');
}

/** Put aside where it is not what the output has: there it goes when all of it is done. */
function put(file: string, bytes: Uint8Array): Made {
  const there = path.join(out, file);
  const size = statSync(there, { throwIfNoEntry: false })?.size;
  if (size === bytes.length && readFileSync(there).equals(bytes)) return { file };
  staged += 1;
  const aside = path.join(stage, `${threadId}-${staged}`);
  writeFileSync(aside, bytes);
  return { file, aside };
}
