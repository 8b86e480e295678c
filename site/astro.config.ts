/**
 * How the pages are built. Where the data is and what is wanted of it comes from `src/data/settings.ts`; `src/build`
 * runs this and keeps the output, see README.md.
 */
import { defineConfig } from 'astro/config';
import { readSettings } from './src/data/settings.ts';

const { siteUrl, base, workFolder } = readSettings();

/** Nothing from elsewhere, nothing inline. WebAssembly is Pagefind's. */
const POLICY = [
  "default-src 'none'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
] as const;

export default defineConfig({
  site: siteUrl,
  base,
  output: 'static',
  // `/plugins/@ar/audit-logger/index.html`: the one form that every static host finds, with and without the slash.
  trailingSlash: 'always',
  build: { format: 'directory', inlineStylesheets: 'never', assets: 'assets', concurrency: 4 },
  outDir: `${workFolder ?? '.astro'}/out`,
  cacheDir: `${workFolder ?? '.astro'}/cache`,
  compressHTML: true,
  devToolbar: { enabled: false },
  security: {
    csp: {
      directives: [...POLICY],
      scriptDirective: { resources: ["'self'", "'wasm-unsafe-eval'"] },
      styleDirective: { resources: ["'self'"] },
    },
  },
  markdown: { syntaxHighlight: false },
  vite: {
    build: { assetsInlineLimit: 0 },
    resolve: { conditions: ['ar-source', 'node', 'module', 'import', 'default'] },
    ssr: {
      noExternal: [/^@ar-registry\//],
      resolve: { conditions: ['ar-source', 'node', 'module', 'import', 'default'] },
    },
  },
});
