/**
 * Writes the fonts of Open Graph cards from the packages they come in: `node scripts/card-fonts.ts`, after an update of
 * those. One weight of each, in the one format that the rasteriser reads; what comes out is committed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';

const CHARACTERS = Array.from({ length: 0xff - 0x20 + 1 }, (_, index) => String.fromCodePoint(0x20 + index))
  .filter((character) => !/\p{Cc}|\u00ad/u.test(character))
  .join('');
const SIGNS = '–—‘’“”…·';
const ARCHIVO = '@fontsource-variable/archivo/files/archivo-latin-standard-normal.woff2';
const MARTIAN_MONO = '@fontsource-variable/martian-mono/files/martian-mono-latin-standard-normal.woff2';

const FONTS = [
  { from: ARCHIVO, to: 'wide.ttf', axes: { wght: 800, wdth: 125 } },
  { from: ARCHIVO, to: 'text.ttf', axes: { wght: 500, wdth: 100 } },
  { from: MARTIAN_MONO, to: 'mono.ttf', axes: { wght: 500, wdth: 87.5 } },
] as const;

for (const { from, to, axes } of FONTS) {
  const source = await readFile(fileURLToPath(import.meta.resolve(from)));
  const font = await subsetFont(source, CHARACTERS + SIGNS, { targetFormat: 'truetype', variationAxes: axes });
  await writeFile(new URL(`../src/machine/card/fonts/${to}`, import.meta.url), font);
  process.stdout.write(`${to}: ${font.length} bytes\n`);
}
