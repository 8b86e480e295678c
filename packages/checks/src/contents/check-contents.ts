import type { Check } from '@ar-registry/schemas';
import { toCheck } from '../report/to-check.ts';
import { ruleSetOf, toolVersions } from '../report/tools.ts';
import { checkDependencies } from './dependencies/check-dependencies.ts';
import type { ContentsInput, ContentsPorts, ContentsReport } from './input.ts';
import { lookAround } from './package.ts';
import { checkScan } from './scan.ts';
import { checkSecrets } from './secrets/check-secrets.ts';
import { redact } from './secrets/redact.ts';

/**
 * All that a package says of itself: the rules around its manifest, what its code can do, what it is installed with, and
 * secrets that were left in it. Nothing of it is run.
 *
 * @throws `signal.reason` when aborted; nothing else, whatever the files hold
 */
export async function checkContents(input: ContentsInput, ports: ContentsPorts): Promise<ContentsReport> {
  const { signal } = ports;
  signal?.throwIfAborted();
  const around = lookAround(input);
  const checked = { ...input, manifest: input.manifest ?? around.manifest };
  const scanned = await checkScan(checked, signal);
  const audited = await checkDependencies(checked, around.ofLock, ports);
  const { check: ofSecrets, secrets } = await checkSecrets(checked, signal);
  const tools = toolVersions();
  const others: readonly Check[] = [toCheck('package', around.findings), scanned.check, audited.check];
  return {
    checks: [...others.map((check) => redact(check, secrets)), ofSecrets],
    permissions: scanned.permissions,
    dependencies: audited.dependencies,
    ruleSet: ruleSetOf(tools),
    tools: audited.takenAt === undefined ? tools : { ...tools, osv: audited.takenAt },
  };
}
