import { resolve } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { replaceFile } from '@ar-registry/io/files';
import { createTrustCrypto } from '@ar-registry/io/trust';
import type { RebuildOutput, RebuildReport } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import { rebuild as rebuildStage } from '../stages/rebuild/index.ts';
import { readSite } from './previous-metadata.ts';
import { resolveGiven } from './resolve-given.ts';
import { locateTrust, openTrust } from './trust-options.ts';

const HELP = 'ar-registry rebuild --help';

export const rebuild = defineCommand({
  name: 'rebuild',
  summary: 'Build a registry again from the commit that it says it is of, and compare every byte with what it serves.',
  examples: [
    'ar-registry rebuild --verify https://registry.example.com --index .',
    'ar-registry rebuild --verify ./build/registry --index . --out rebuild.json',
  ],
  options: {
    verify: { type: 'string', value: '<address or folder>', help: 'the registry as it is served', required: true },
    index: { type: 'string', value: '<folder>', help: 'the index, with its history', required: true },
    store: { type: 'string', value: '<folder>', help: 'the archives, where registry.yaml does not say' },
    out: { type: 'string', value: '<file>', help: 'where to write the report, for `build --rebuild`' },
  },
  run: async (values, context) => {
    const { verify: site = '', index = '', out } = values;
    if (site === '') throw usage('Give --verify, the address or the folder of a registry.', HELP);
    const place = await locateTrust({ index }, context, HELP);
    const { repository } = place;
    if (repository === undefined)
      throw new ArError('INDEX_UNREADABLE', { index, problem: 'it is in no git repository' });
    const crypto = createTrustCrypto();
    const trust = await openTrust(place, crypto);
    const store = resolveGiven(context.cwd, values.store);
    const report = await rebuildStage(
      { repository, site, read: readSite(site, '', context), store, trust },
      { crypto, nowMs: context.clock.nowMs(), signal: context.signal },
    );
    if (out !== undefined) await replaceFile(resolve(context.cwd, out), `${JSON.stringify(report)}\n`);
    const json: RebuildOutput = { schemaVersion: 1, report };
    return { text: textOf(site, report), json, exitCode: report.state === 'same' ? 0 : 3 };
  },
});

const KINDS = {
  different: 'is different',
  missing: 'is not served',
  unexpected: 'does not follow from the commit',
} as const;

function textOf(
  site: string,
  { commit, state, compared, differences, more = 0, notRebuilt = [] }: RebuildReport,
): string {
  const lines = differences.map(({ path, kind }) => `  ${path} ${KINDS[kind]}\n`).join('');
  const rest = more > 0 ? `  and ${more} more\n` : '';
  const told = state === 'same' ? 'is what it says' : 'is not what it says';
  return `${site} ${told}: ${compared} files built again from ${commit.slice(0, 12)}.\n${lines}${rest}Not compared: ${notRebuilt.join(', ')}.\n`;
}
