import { resolve } from 'node:path';
import { grantAll } from '@ar-registry/core/permission';
import { toSingleLine } from '@ar-registry/core/text';
import type { ScanReport } from '@ar-registry/scan';
import type { ScanOutput } from '@ar-registry/schemas';
import { defineCommand, type Outcome } from '../command.ts';
import { presentScan } from '../reporters/scan.ts';
import { scan as scanTarget } from '../stages/scan/index.ts';

export const scan = defineCommand({
  name: 'scan',
  summary: 'Say what the JavaScript of a plugin can do, and compare it with what it declares.',
  examples: ['ar-registry scan ./my-plugin', 'ar-registry scan my-plugin-1.0.0.tgz --json'],
  options: {
    target: { type: 'string', value: '<folder or archive>', help: 'the plugin', required: true, positional: true },
  },
  run: async ({ target = '' }, { cwd, signal }) => {
    const outcome = await scanTarget(resolve(cwd, target), { signal });
    if (outcome.kind === 'scanned') return toOutcome(outcome.report);
    const { text, json } = toOutcome(NOTHING);
    return { text, json: json ?? {}, notes: `${toSingleLine(outcome.problem)}\n`, exitCode: 1 };
  },
});

const NONE = grantAll({});
const NOTHING: ScanReport = {
  result: 'could-not-run',
  findings: [],
  permissions: { declared: NONE, found: NONE, undeclared: NONE, unused: NONE },
  dependencies: [],
};

function toOutcome(report: ScanReport): Outcome {
  const json: ScanOutput = { schemaVersion: 1, ...report };
  return { text: presentScan(report), json, exitCode: report.result === 'pass' ? 0 : 1 };
}
