import { grantAll } from '@ar-registry/core/permission';
import type { Check, CheckId, CheckResult, Integrity, PluginName, Report, Version } from '@ar-registry/schemas';
import type { CheckedCapabilities } from '../capabilities/check-capabilities.ts';
import type { ContentsReport } from '../contents/input.ts';
import { toCheck } from './to-check.ts';
import { ruleSetOf, toolVersions } from './tools.ts';

export interface ReportInput {
  readonly name: PluginName;
  readonly version: Version;
  readonly integrity: Integrity;
  /** Undefined where the archive could not be opened: then nothing in it was looked at. */
  readonly contents: ContentsReport | undefined;
  /** What was checked besides: `archive`, `source`. */
  readonly checks: readonly Check[];
  /** What the code of its dependencies can do, where somebody looked. */
  readonly capabilities?: CheckedCapabilities | undefined;
  readonly source?: Report['source'] | undefined;
}

const ORDER: readonly CheckId[] = [
  'rules',
  'archive',
  'package',
  'scan',
  'dependencies',
  'capabilities',
  'secrets',
  'source',
  'provenance',
];
const OF_CONTENTS: readonly CheckId[] = ['package', 'scan', 'dependencies', 'secrets'];

/** The report of one version. It fails where a check failed, and is no pass where one could not run. */
export function buildReport({ name, version, integrity, contents, checks, capabilities, source }: ReportInput): Report {
  const { ruleSet, tools, permissions, dependencies, checks: ofContents } = contents ?? unopened();
  const all = [...checks, ...ofContents, ...(capabilities ? [capabilities.check] : [])].toSorted(
    (a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id),
  );
  return {
    schemaVersion: 1,
    name,
    version,
    integrity,
    result: resultOf(all),
    checks: all,
    permissions,
    dependencies: dependencies.map((each) => ({ ...each, ...capabilitiesIn(capabilities, each) })),
    ...(source === undefined ? {} : { source }),
    ruleSet,
    tools,
  };
}

function capabilitiesIn(
  capabilities: CheckedCapabilities | undefined,
  { name, version }: Report['dependencies'][number],
): Pick<Report['dependencies'][number], 'capabilities' | 'reviewed'> {
  const found = capabilities?.packages.find((each) => each.name === name && each.version === version);
  return found ? { capabilities: found.capabilities, reviewed: found.reviewed } : {};
}

/** `fail` before `could-not-run` before `pass`. */
export function resultOf(checks: readonly Check[]): CheckResult {
  const results = new Set(checks.map(({ result }) => result));
  if (results.has('fail')) return 'fail';
  return results.has('could-not-run') ? 'could-not-run' : 'pass';
}

function unopened(): ContentsReport {
  const couldNotRun = 'The archive could not be opened.';
  const none = grantAll({});
  const tools = toolVersions();
  return {
    checks: OF_CONTENTS.map((id) => toCheck(id, [], { couldNotRun })),
    permissions: { declared: none, found: none, undeclared: none, unused: none },
    dependencies: [],
    ruleSet: ruleSetOf(tools),
    tools,
  };
}
