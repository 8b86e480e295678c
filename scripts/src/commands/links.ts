import { toSingleLine } from '@ar-registry/core/text';
import type { LinksOutput } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import { checkLinks } from '../stages/links/index.ts';
import { parseIndexSource } from './index-source.ts';

export const links = defineCommand({
  name: 'links',
  summary: 'Find repositories and home pages of plugins that no longer answer.',
  examples: ['ar-registry links --index ./registry-index'],
  options: {
    index: { type: 'string', value: '<folder or repository[@revision]>', help: 'the index', required: true },
    'allow-loopback': { type: 'boolean', help: 'ask this machine too' },
  },
  run: async (values, { cwd, signal }) => {
    const source = await parseIndexSource(values.index ?? '', cwd);
    const outcome = await checkLinks({ source, allowLoopback: values['allow-loopback'] ?? false }, { signal });
    const { checked, dead, unknown } = outcome;
    const ok = dead.length === 0;
    const json: LinksOutput = { schemaVersion: 1, ok, ...outcome };
    const lines = [
      ...dead.map(({ url, plugins, status }) => `dead (${status}) ${toSingleLine(url)}: ${plugins.join(', ')}\n`),
      ...unknown.map(({ url, reason }) => `could not run ${toSingleLine(url)}: ${toSingleLine(reason)}\n`),
    ];
    const text = `${checked} links: ${dead.length} dead, ${unknown.length} could not be asked\n`;
    return { text, notes: lines.join(''), json, exitCode: ok ? 0 : 1 };
  },
});
