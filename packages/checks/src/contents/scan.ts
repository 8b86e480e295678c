/** What the package's code can do, and what it declares more or less than the version before it. */
import { addedPermissions, grantAll } from '@ar-registry/core/permission';
import { scanPackage } from '@ar-registry/scan';
import type { Check, Report } from '@ar-registry/schemas';
import { toCheck } from '../report/to-check.ts';
import type { ContentsInput } from './input.ts';

interface Scanned {
  readonly check: Check;
  readonly permissions: Report['permissions'];
}

const UNBUILT = 'The plugin is not built yet: its code is scanned once it is.';
const NO_MANIFEST = 'Without a valid manifest nothing says what the code may do.';

/** @throws `signal.reason` when aborted */
export async function checkScan(
  { files, manifest, previous, packageFindings = [], nameOf = (path) => path }: ContentsInput,
  signal: AbortSignal | undefined,
): Promise<Scanned> {
  const { result, findings, permissions } = await scanPackage({ files, manifest }, { signal });
  const unbuilt = packageFindings.some(({ code }) => code === 'NOT_BUILT');
  const named = findings
    // Code that is not there yet may need what is declared.
    .filter(({ code }) => !(unbuilt && code === 'PERMISSION_UNUSED'))
    .map((found) => ({ ...found, file: nameOf(found.file), path: '' }));
  const couldNotRun = unbuilt ? UNBUILT : result === 'could-not-run' ? NO_MANIFEST : undefined;
  const change = previous && manifest ? changeOf(previous, manifest.permissions) : undefined;
  return {
    check: toCheck('scan', named, { couldNotRun }),
    permissions: change ? { ...permissions, change } : permissions,
  };
}

function changeOf(
  { version, permissions }: NonNullable<ContentsInput['previous']>,
  now: NonNullable<ContentsInput['previous']>['permissions'],
): NonNullable<Report['permissions']['change']> {
  const [before, after] = [grantAll(permissions), grantAll(now)];
  return {
    from: version,
    added: addedPermissions(before, after).map(({ text }) => text),
    removed: addedPermissions(after, before).map(({ text }) => text),
  };
}
