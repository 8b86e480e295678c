import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { escapeTest } from '../support/escape.ts';

const dir = mkdtempSync(join(tmpdir(), 'ar-maps-'));
afterAll(() => rmSync(dir, { recursive: true }));

const moduleWith = (url: string): string =>
  `exports.fail = () => { throw new Error('told'); };\n//# sourceMappingURL=${url}\n`;

/** Node.js reads what a module says its source map is. */
escapeTest('a source map is read from nowhere else', {
  files: ({ secretFile, secret }) => {
    // It takes one that is a source map.
    const map = { version: 3, sources: [secret], names: [], mappings: '' };
    writeFileSync(join(dir, 'map.json'), JSON.stringify(map));
    return {
      'absolute.cjs': moduleWith(`file://${dir}/map.json`),
      'path.cjs': moduleWith(`${dir}/map.json`),
      'relative.cjs': moduleWith(`${'../'.repeat(30)}${dir.slice(1)}/map.json`),
      'text.cjs': moduleWith(secretFile),
      'own.cjs': moduleWith('own.json'),
      'own.json': JSON.stringify({ ...map, sources: ['own'] }),
    };
  },
  attempts: () => `
    import module, { createRequire } from 'node:module';
    import { fileURLToPath } from 'node:url';
    const require = createRequire(import.meta.url);
    process.setSourceMapsEnabled(true);
    const sources = (name) => {
      const file = fileURLToPath(new URL(name, import.meta.url));
      let stack = '';
      try { require(file).fail(); } catch (error) { stack = error.stack; }
      const map = module.findSourceMap(file);
      if (!map?.payload?.sources) throw new Error('no map');
      return [stack, ...map.payload.sources];
    };
    export const attempts = {
      control: () => (sources('./own.cjs').join().includes('own') ? 'works' : ''),
      absolute: () => sources('./absolute.cjs'),
      path: () => sources('./path.cjs'),
      relative: () => sources('./relative.cjs'),
      text: () => sources('./text.cjs'),
    };`,
});
