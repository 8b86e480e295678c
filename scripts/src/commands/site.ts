import { resolve } from 'node:path';
import type { SiteOutput } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import { buildSite } from '../stages/site/index.ts';
import { parseBaseUrl } from './base-url.ts';

const HELP = 'ar-registry site --help';

export const site = defineCommand({
  name: 'site',
  summary: 'Write the pages of a built registry; what has not changed is kept.',
  examples: [
    'ar-registry site --api ./build/registry --base-url https://registry.example.com',
    'ar-registry site --api ./build/registry --out ./build/pages --base-url https://example.com/plugins --full',
  ],
  options: {
    api: { type: 'string', value: '<folder>', help: 'what a build wrote', required: true },
    out: { type: 'string', value: '<folder>', help: 'where to write: beside the API unless given' },
    'base-url': { type: 'string', value: '<address>', help: 'where the folder will be served', required: true },
    full: { type: 'boolean', help: 'render every page, as after a change of its numbers' },
    verify: { type: 'boolean', help: 'look at every document, not only at what builds wrote since the last time' },
  },
  run: async (values, { cwd, env, signal }) => {
    const api = resolve(cwd, values.api ?? '');
    const out = resolve(cwd, values.out ?? api);
    const baseUrl = parseBaseUrl(values['base-url'] ?? '', HELP);
    const { full = false, verify = false } = values;
    const counts = await buildSite({ api, out, baseUrl, full, verify }, { env, signal });
    const json: SiteOutput = { schemaVersion: 1, out, ...counts };
    const { rendered, written, unchanged, deleted, searchable } = counts;
    return {
      text: `${rendered} pages rendered in ${out}, ${searchable} plugins to search: ${written} files written, ${unchanged} unchanged, ${deleted} deleted.\n`,
      json,
      exitCode: 0,
    };
  },
});
