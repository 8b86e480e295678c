import type { Finding } from '@ar-registry/core/findings';
import { dependencyLockProblems } from '@ar-registry/core/install';
import { DEPENDENCY_LOCK_FILE } from '@ar-registry/core/layout';
import type { Check, NormalizedManifest, Report } from '@ar-registry/schemas';
import { toCheck } from '../../report/to-check.ts';
import type { ContentsInput, ContentsPorts } from '../input.ts';
import { audit } from './audit.ts';
import { checkCompiled } from './compiled.ts';
import { lockedPackages } from '@ar-registry/core/npm-lock';

export interface Audited {
  readonly check: Check;
  readonly dependencies: Report['dependencies'];
  /** Of when the database of vulnerabilities is; undefined where it was not asked. */
  readonly takenAt: string | undefined;
}

/**
 * The npm packages that are installed with the plugin: that the lock says truly which, and what is known against them.
 *
 * @param ofLock what the rules of an archive have against the lock
 * @throws `signal.reason` when aborted
 */
export async function checkDependencies(
  input: ContentsInput,
  ofLock: readonly Finding[],
  ports: ContentsPorts,
): Promise<Audited> {
  const wanted = input.manifest?.dependencies ?? {};
  const none = { dependencies: [], takenAt: undefined };
  if (!input.manifest)
    return {
      ...none,
      check: toCheck('dependencies', ofLock, { couldNotRun: 'There is no valid manifest to name them.' }),
    };
  if (Object.keys(wanted).length === 0)
    return { ...none, check: toCheck('dependencies', ofLock, { reason: 'It has no npm dependencies.' }) };
  const text = lockText(input, wanted);
  if (text === undefined) {
    // A package without the lock that it needs is refused for that.
    const couldNotRun =
      ofLock.length > 0
        ? undefined
        : `They are locked in ${DEPENDENCY_LOCK_FILE} when the plugin is packed, and audited then.`;
    return { ...none, check: toCheck('dependencies', ofLock, { couldNotRun }) };
  }
  return auditLock(text, { input, ofLock, permissions: input.manifest.permissions }, ports);
}

async function auditLock(
  text: string,
  {
    input,
    ofLock,
    permissions,
  }: {
    readonly input: ContentsInput;
    readonly ofLock: readonly Finding[];
    readonly permissions: NormalizedManifest['permissions'];
  },
  ports: ContentsPorts,
): Promise<Audited> {
  const { nameOf = (path: string) => path } = input;
  const file = nameOf(DEPENDENCY_LOCK_FILE);
  const locked = lockedPackages(text, file);
  const audited = await audit(locked.packages, file, ports);
  const { findings, advisories, takenAt } = audited;
  const compiled = checkCompiled(locked.packages, permissions, file);
  const count = locked.packages.length;
  const couldNotRun = locked.truncated ? `Only ${count} of its packages were looked at.` : audited.couldNotRun;
  const reason = `${count} ${count === 1 ? 'package' : 'packages'} against the vulnerabilities known on ${takenAt?.slice(0, 10) ?? ''}.`;
  return {
    check: toCheck('dependencies', [...ofLock, ...locked.findings, ...findings, ...compiled], { reason, couldNotRun }),
    dependencies: locked.packages.slice(0, LIMITS.packages).map(({ name, version }, index) => ({
      name: name.slice(0, LIMITS.name),
      version: version.slice(0, LIMITS.version),
      advisories: (advisories[index] ?? []).slice(0, LIMITS.advisories),
    })),
    takenAt,
  };
}

/** @source schemas/v1/report.schema.json */
const LIMITS = { packages: 10_000, name: 214, version: 256, advisories: 1000 };

/** The lock in an archive; in a folder only one that will be packed, because one that does not fit is made anew. */
function lockText(
  { files, packageFindings }: ContentsInput,
  wanted: Readonly<Record<string, string>>,
): string | undefined {
  const bytes = files.get(DEPENDENCY_LOCK_FILE);
  const text = bytes && new TextDecoder().decode(bytes);
  if (text === undefined || !packageFindings) return text;
  return fits(text, wanted) ? text : undefined;
}

function fits(text: string, wanted: Readonly<Record<string, string>>): boolean {
  try {
    return dependencyLockProblems(JSON.parse(text), wanted).length === 0;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return false;
    throw error;
  }
}
