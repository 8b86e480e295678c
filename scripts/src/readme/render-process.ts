/**
 * The process that renders READMEs, one after another: the parser cannot be interrupted, but a process can be ended. It
 * has no environment and little memory, and is started by `renderer.ts`.
 */
import type { ReadmePlace } from './address.ts';
import { createPictures, type PublishedPicture } from './images/index.ts';
import { createRenderReadme } from './render-readme.ts';

/** What it is sent. */
export interface RenderRequest {
  readonly text: string;
  readonly place: ReadmePlace | undefined;
  /** Files of the archive that could be pictures, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** What it answers. */
export interface RenderedReadme {
  readonly html: string;
  readonly pictures: readonly PublishedPicture[];
}

const render = createRenderReadme();
// Typed by `renderer.ts`, which alone speaks to this process.
process.on('message', (requests: readonly RenderRequest[]) => {
  process.send?.(requests.map(answer));
});

function answer({ text, place, files }: RenderRequest): RenderedReadme {
  const pictures = createPictures(files);
  const html = render(text, place, pictures);
  return { html, pictures: pictures.shown() };
}
