/**
 * How the pages are compiled: to functions that render one path each, for `src/build`, which decides what is rendered,
 * writes it and keeps it. See README.md.
 */
import type { AstroIntegration } from 'astro';
import { defineConfig } from 'astro/config';
import { readSettings } from './src/data/settings.ts';

const { siteUrl, base, workFolder } = readSettings();
const CONDITIONS = ['ar-source', 'node', 'module', 'import', 'default'];

export default defineConfig({
  site: siteUrl,
  base,
  output: 'server',
  adapter: renderer(),
  // Of what is asked for; written is `/plugins/@ar/audit-logger/index.html`, which every static host finds both ways.
  trailingSlash: 'ignore',
  build: { format: 'directory', inlineStylesheets: 'never', assets: 'assets' },
  outDir: `${workFolder ?? '.astro'}/out`,
  cacheDir: `${workFolder ?? '.astro'}/cache`,
  compressHTML: true,
  devToolbar: { enabled: false },
  markdown: { syntaxHighlight: false },
  vite: {
    build: { assetsInlineLimit: 0 },
    resolve: { conditions: CONDITIONS },
    ssr: { noExternal: [/^@ar-registry\//], resolve: { conditions: CONDITIONS } },
  },
});

/** Astro's word for what a compiled site is run by. */
function renderer(): AstroIntegration {
  return {
    name: 'render-paths',
    hooks: {
      'astro:config:done': ({ setAdapter }) =>
        setAdapter({
          name: 'render-paths',
          entrypointResolution: 'auto',
          serverEntrypoint: new URL('src/render.ts', import.meta.url),
          supportedAstroFeatures: { serverOutput: 'stable', sharpImageService: 'stable' },
        }),
    },
  };
}
