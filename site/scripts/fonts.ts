/**
 * Writes the fonts of `src/fonts` from the packages they come in: `node scripts/fonts.ts`, after an update of those.
 *
 * Only the characters that the pages' own words need (Latin, and the signs in labels), and only the ranges of the axes
 * that the styles use. Other scripts fall back to the fonts of the system. What comes out is committed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';

const BASIC = Array.from({ length: 0x7e - 0x20 + 1 }, (_, index) => String.fromCodePoint(0x20 + index)).join('');
/** Western European letters: names of people and places. */
const LATIN_1 = Array.from({ length: 0xff - 0xa0 + 1 }, (_, index) => String.fromCodePoint(0xa0 + index)).join('');
const SIGNS = '–—‘’“”…•→←↑↓×−·©';

const ARCHIVO = '@fontsource-variable/archivo/files/archivo-latin-standard-normal.woff2';
const MARTIAN_MONO = '@fontsource-variable/martian-mono/files/martian-mono-latin-standard-normal.woff2';

const FONTS = [
  { from: ARCHIVO, to: 'archivo.woff2', text: BASIC + SIGNS, axes: { wght: { min: 400, max: 700 }, wdth: 100 } },
  { from: ARCHIVO, to: 'archivo-latin-1.woff2', text: LATIN_1, axes: { wght: { min: 400, max: 700 }, wdth: 100 } },
  { from: ARCHIVO, to: 'archivo-wide.woff2', text: BASIC + SIGNS, axes: { wght: 800, wdth: 125 } },
  {
    from: MARTIAN_MONO,
    to: 'martian-mono.woff2',
    text: BASIC + SIGNS,
    axes: { wght: { min: 400, max: 700 }, wdth: 87.5 },
  },
] as const;

for (const { from, to, text, axes } of FONTS) {
  const source = await readFile(fileURLToPath(import.meta.resolve(from)));
  const font = await subsetFont(source, text, { targetFormat: 'woff2', variationAxes: axes });
  await writeFile(new URL(`../src/fonts/${to}`, import.meta.url), font);
  process.stdout.write(`${to}: ${font.length} bytes\n`);
}
