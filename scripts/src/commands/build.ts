import { resolve } from 'node:path';
import { isError, toFindingDocument } from '@ar-registry/core/findings';
import type { BuildOutput } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import { countFindings, presentFindings } from '../reporters/findings.ts';
import { build as buildStage } from '../stages/build/index.ts';
import { parseIndexSource } from './index-source.ts';
import { readRebuildReport } from './rebuild-report.ts';
import { resolveGiven } from './resolve-given.ts';

export const build = defineCommand({
  name: 'build',
  summary: 'Write the static API of an index into a folder.',
  examples: [
    'ar-registry build --index ./registry-index --out ./build/registry',
    'ar-registry build --index ./index.git@main --out /srv/registry --base-url https://registry.example.com --strict',
    'ar-registry build --index ./index.git@main --out /srv/registry --full',
  ],
  options: {
    index: { type: 'string', value: '<folder or repository[@revision]>', help: 'the index', required: true },
    out: { type: 'string', value: '<folder>', help: 'where to write: empty, or of an earlier build', required: true },
    'base-url': { type: 'string', value: '<address>', help: 'where the folder will be served' },
    store: { type: 'string', value: '<folder>', help: 'the archives, where registry.yaml does not say' },
    reports: { type: 'string', value: '<folder>', help: 'reports of the versions, as `reports` writes them' },
    osv: { type: 'string', value: '<folder>', help: 'known vulnerabilities, as `osv` writes them' },
    rebuild: { type: 'string', value: '<file>', help: 'report of the last `rebuild`, to publish in status.json' },
    full: { type: 'boolean', help: 'build everything, whatever is known from the build before' },
    strict: { type: 'boolean', help: 'end with exit code 1 when something was left out' },
  },
  run: async (values, { cwd, signal }) => {
    const out = resolve(cwd, values.out ?? '');
    const baseUrl = values['base-url']?.replace(/\/+$/, '');
    if (baseUrl !== undefined && !/^https?:\/\/[^\s]+$/.test(baseUrl))
      throw usage('--base-url is not an address that starts with http:// or https://.', 'ar-registry build --help');
    const source = await parseIndexSource(values.index ?? '', cwd);
    const store = resolveGiven(cwd, values.store);
    const reports = resolveGiven(cwd, values.reports);
    const osv = resolveGiven(cwd, values.osv);
    const rebuild = await readRebuildReport(resolveGiven(cwd, values.rebuild));
    const state = values.full ? ('renew' as const) : ('use' as const);
    const input = { source, out, baseUrl, store, reports, osv, rebuild, state };
    const { findings, ...counts } = await buildStage(input, { signal });
    const excluded = findings.filter(isError);
    const json: BuildOutput = { schemaVersion: 1, out, ...counts, excluded: excluded.map(toFindingDocument) };
    const { plugins, versions, written, unchanged, deleted } = counts;
    return {
      text: `${plugins} plugins, ${versions} versions in ${out}: ${written} files written, ${unchanged} unchanged, ${deleted} deleted.\n`,
      notes: `${findings.length === 0 ? '' : `${presentFindings(findings)}${countFindings(findings)}\n`}${wholeNote('folder' in source, counts)}`,
      json,
      exitCode: values.strict && excluded.length > 0 ? 1 : 0,
    };
  },
});

/** From so many plugins on it is worth saying that all of them were built again. */
const MANY_PLUGINS = 1000;

/** Of a folder nobody knows what has changed in it, and who names one may not know that. */
export function wholeNote(
  isFolder: boolean,
  { plugins, unchanged }: Pick<BuildOutput, 'plugins' | 'unchanged'>,
): string {
  if (!isFolder || unchanged === 0 || plugins < MANY_PLUGINS) return '';
  return 'Everything was built again, because the index is a folder. Commit it and name its repository and branch, as --index ./index@main, to build what changed alone.\n';
}
