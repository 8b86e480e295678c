/**
 * The process that renders READMEs, one after another: the parser cannot be interrupted, but a process can be ended. It
 * has no environment and little memory, and is started by `renderer.ts`.
 */
import type { ReadmePlace } from './address.ts';
import { createRenderReadme } from './render-readme.ts';

/** What it is sent. */
export interface RenderRequest {
  readonly text: string;
  readonly place: ReadmePlace | undefined;
}

const render = createRenderReadme();
// Typed by `renderer.ts`, which alone speaks to this process.
process.on('message', ({ text, place }: RenderRequest) => void process.send?.(render(text, place)));
