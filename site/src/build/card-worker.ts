/** The thread that draws cards; `workerData` is a `CardsInput`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { workerData } from 'node:worker_threads';
import { openApi } from '../data/api.ts';
import { createCards, type Cards } from '../machine/card/card.ts';
import type { CardsInput } from './draw-cards.ts';

const SAYS =
  'Plugins for Agent Relay: bridges, storage, memory, policies, hooks and widgets. Signed, checked, and installed with one command.';
/** A picture of one pixel where the rasteriser does not run on this machine: the pages name a file that is there. */
const EMPTY = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
);

drawAll(workerData as CardsInput);

function drawAll({ api: folder, out, names }: CardsInput): void {
  const api = openApi(folder);
  const cards = openCards(api.config().title);
  const folders = new Set<string>();
  const write = (file: string, draw: () => Uint8Array | undefined): void => {
    const parent = path.dirname(file);
    if (!folders.has(parent)) mkdirSync(parent, { recursive: true });
    folders.add(parent);
    writeFileSync(file, tryTo(draw) ?? EMPTY);
  };
  write(path.join(out, 'og/site.png'), () => cards?.ofRegistry(SAYS));
  for (const name of names) write(path.join(out, `og/${name}.png`), () => cards?.ofPlugin(api.plugin(name)));
}

function openCards(title: string): Cards | undefined {
  try {
    return createCards({ wide: font('wide'), text: font('text'), mono: font('mono') }, title);
  } catch (error) {
    complain(error);
    return undefined;
  }
}

function font(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../machine/card/fonts/${name}.ttf`, import.meta.url)));
}

function tryTo(draw: () => Uint8Array | undefined): Uint8Array | undefined {
  try {
    return draw();
  } catch (error) {
    complain(error);
    return undefined;
  }
}

function complain(error: unknown): void {
  process.stderr.write(`No Open Graph card could be drawn: ${String(error)}\n`);
}
