import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

export interface Asset {
  readonly type: string;
  readonly text: string;
}

/** By the path that a browser asks for, under the token; the page itself is ``. */
export type Assets = ReadonlyMap<string, Asset>;

const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** The files of the page, read when somebody first looks at it: most daemons have nobody who does. */
export function createAssets(): () => Promise<Assets> {
  let reading: Promise<Assets> | undefined;
  return async () => {
    reading ??= readAssets();
    try {
      return await reading;
    } catch (error) {
      // The next reader may have more luck.
      reading = undefined;
      throw error;
    }
  };
}

/** Ours, and the library that draws charts. Nothing comes from another server. */
async function readAssets(): Promise<Assets> {
  const require = createRequire(import.meta.url);
  const files: readonly (readonly [path: string, type: string, file: URL | string])[] = [
    ['', HTML, own('widgets.html')],
    ['widgets.css', CSS, own('widgets.css')],
    ['widgets.js', SCRIPT, own('widgets.js')],
    ['main.js', SCRIPT, own('main.js')],
    ['uplot.css', CSS, require.resolve('uplot/dist/uPlot.min.css')],
    ['uplot.js', SCRIPT, require.resolve('uplot/dist/uPlot.iife.min.js')],
  ];
  const read = files.map(async ([path, type, file]) => [path, { type, text: await readFile(file, 'utf8') }] as const);
  return new Map(await Promise.all(read));
}

function own(name: string): URL {
  return new URL(`../../assets/${name}`, import.meta.url);
}
