import { resolve } from 'node:path';
import type { Report, ReportsOutput } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import { makeReports } from '../stages/reports/index.ts';
import { openOsv } from './osv-option.ts';
import { parseIndexSource } from './index-source.ts';
import { resolveGiven } from './resolve-given.ts';

export const reports = defineCommand({
  name: 'reports',
  summary: 'Check every version again, as far as something has changed since, and write its report.',
  examples: [
    'ar-registry reports --index ./registry-index --osv ./osv --out ./reports',
    'ar-registry build --index ./registry-index --reports ./reports --out ./build/registry',
  ],
  options: {
    index: { type: 'string', value: '<folder or repository[@revision]>', help: 'the index', required: true },
    out: { type: 'string', value: '<folder>', help: 'where reports go, and earlier ones are', required: true },
    store: { type: 'string', value: '<folder>', help: 'the archives, where registry.yaml does not say' },
    osv: { type: 'string', value: '<folder or address>', help: 'the vulnerability database' },
    'allow-loopback': { type: 'boolean', help: 'fetch archives from this machine too' },
  },
  run: async (values, context) => {
    const { cwd } = context;
    const out = resolve(cwd, values.out ?? '');
    const source = await parseIndexSource(values.index ?? '', cwd);
    const store = resolveGiven(cwd, values.store);
    const input = { source, out, store, allowLoopback: values['allow-loopback'] ?? false };
    const made = await makeReports(input, { ...context, advisories: openOsv(values.osv, context) });
    const { written, reused } = made;
    const results = countResults(made.reports);
    const failed = made.reports.filter(({ result }) => result === 'fail').map(toFailed);
    const json: ReportsOutput = { schemaVersion: 1, out, written, reused, results, failed };
    const counts = `${results.pass} pass, ${results.fail} fail, ${results['could-not-run']} could not run`;
    return {
      text: `${counts}: ${written} reports written, ${reused} reused in ${out}\n`,
      notes: failed.map(({ name, version, codes }) => `${name}@${version} fails: ${codes.join(', ')}\n`).join(''),
      json,
      exitCode: 0,
    };
  },
});

function countResults(made: readonly Report[]): ReportsOutput['results'] {
  const count = (wanted: Report['result']): number => made.filter(({ result }) => result === wanted).length;
  return { pass: count('pass'), fail: count('fail'), 'could-not-run': count('could-not-run') };
}

function toFailed({ name, version, checks }: Report): ReportsOutput['failed'][number] {
  const errors = checks.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'error');
  return { name, version, codes: [...new Set(errors.map(({ code }) => code))].toSorted() };
}
