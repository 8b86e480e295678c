import path from 'node:path';
import { latestOf } from '@ar-registry/core/api';
import { ArError } from '@ar-registry/core/errors';
import { nearest, toSingleLine } from '@ar-registry/core/text';
import { explainTrust, TRUST_LEVELS } from '@ar-registry/core/trust-level';
import { readIndex } from '@ar-registry/io/index-store';
import type { TrustExplainOutput } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import { readReport } from '../stages/build/index.ts';
import { reportFile } from '../stages/reports/index.ts';
import { assembleReading } from '../stages/validate/index.ts';
import { parseIndexSource } from './index-source.ts';

const HELP = 'ar-registry trust --help';

export const trust = defineCommand({
  name: 'trust',
  summary: 'Say which rules of the levels of trust hold for a plugin: explain.',
  examples: ['ar-registry trust explain @ar/audit-logger --index ./registry-index --reports ./reports'],
  options: {
    action: { type: 'string', value: '<action>', help: 'explain', required: true, positional: true },
    plugin: { type: 'string', value: '<@scope/name>', help: 'the plugin', required: true, positional: true },
    index: { type: 'string', value: '<folder or repository[@revision]>', help: 'the index', required: true },
    reports: { type: 'string', value: '<folder>', help: 'what `reports` made; without it nobody knows of the checks' },
  },
  run: async (values, { cwd, clock, signal }) => {
    if (values.action !== 'explain') throw usage(`“${values.action ?? ''}” is not explain.`, HELP);
    const snapshot = assembleReading(await readIndex(await parseIndexSource(values.index ?? '', cwd), { signal }));
    const name = values.plugin ?? '';
    const plugin = snapshot.plugins.find((each) => each.name === name);
    if (!plugin) {
      const suggestions = nearest(
        name,
        snapshot.plugins.map((each) => each.name),
      );
      throw new ArError('PLUGIN_NOT_FOUND', { plugin: name, registry: values.index ?? '', suggestions });
    }
    const latest = latestOf(plugin);
    const file = reportFile(name, latest.manifest.version);
    const read =
      values.reports === undefined ? undefined : await readReport(path.resolve(cwd, values.reports, file), latest);
    const report = typeof read === 'string' ? undefined : read;
    const explained = explainTrust({ plugin, snapshot, report, nowMs: clock.nowMs() });
    const json: TrustExplainOutput = {
      schemaVersion: 1,
      name,
      version: latest.manifest.version,
      ok: isEarned(explained),
      ...explained,
      criteria: [...explained.criteria],
    };
    return { text: textOf(json), json, exitCode: json.ok ? 0 : 1 };
  },
});

function isEarned({ claimed, earned }: Pick<TrustExplainOutput, 'claimed' | 'earned'>): boolean {
  return earned !== undefined && TRUST_LEVELS.indexOf(earned) >= TRUST_LEVELS.indexOf(claimed);
}

const MARKS = { yes: '✓', no: '✗', unknown: '?' };

function textOf({ name, version, claimed, earned, ok, criteria }: TrustExplainOutput): string {
  const lines = TRUST_LEVELS.flatMap((level) => [
    `${level}\n`,
    ...criteria
      .filter((each) => each.level === level)
      .map(({ holds, says, why }) => `  ${MARKS[holds]} ${says}\n      ${toSingleLine(why)}\n`),
  ]);
  const verdict = ok ? 'which holds' : `of which not everything holds: today it is ${earned ?? 'nothing'}`;
  return `${name}@${version} is called ${claimed}, ${verdict}.\n${lines.join('')}`;
}
