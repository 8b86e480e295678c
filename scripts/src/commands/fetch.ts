import { resolve } from 'node:path';
import { toSingleLine } from '@ar-registry/core/text';
import type { FetchOutput } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import { fetchArchives } from '../stages/fetch/index.ts';
import { parseIndexSource } from './index-source.ts';

export const fetch = defineCommand({
  name: 'fetch',
  summary: 'Bring the archives that a store lacks: from the index, mirrors, or where authors put them.',
  examples: [
    'ar-registry fetch --index ./registry-index --store ./archives',
    'ar-registry fetch --index ./index.git --store /srv/archives --from https://registry.example.com',
  ],
  options: {
    index: { type: 'string', value: '<folder or repository[@revision]>', help: 'the index', required: true },
    store: { type: 'string', value: '<folder>', help: 'where archives are kept, by their hash', required: true },
    from: { type: 'string', value: '<address,…>', help: 'registries to ask first' },
    'allow-loopback': { type: 'boolean', help: 'follow addresses of this machine in records, too' },
  },
  run: async (values, { cwd, signal }) => {
    const store = resolve(cwd, values.store ?? '');
    const from = (values.from ?? '').split(',').filter((url) => url !== '');
    if (!from.every((url) => /^https?:\/\/[^\s]+$/.test(url)))
      throw usage('--from is not an address that starts with http:// or https://.', 'ar-registry fetch --help');
    const source = await parseIndexSource(values.index ?? '', cwd);
    const bases = from.map((url) => url.replace(/\/+$/, ''));
    const allowLoopback = values['allow-loopback'] ?? false;
    const outcome = await fetchArchives({ source, store, from: bases, allowLoopback }, { signal });
    const json: FetchOutput = { schemaVersion: 1, store, ...outcome };
    const { kept, fetched, missing } = outcome;
    const lines = missing.map(({ name, version, problem }) => `${name}@${version}: ${toSingleLine(problem)}\n`);
    return {
      text: `${kept} kept, ${fetched.length} fetched, ${missing.length} missing in ${store}\n`,
      notes: lines.join(''),
      json,
      exitCode: missing.length > 0 ? 1 : 0,
    };
  },
});
