/**
 * The checks of a package's contents that the registry makes of every submission, made before there is one.
 *
 * What looks into code and looks for secrets is loaded only then: a manifest alone is checked without it.
 */
import { ArError } from '@ar-registry/core/errors';
import { type Finding, toFindingDocument } from '@ar-registry/core/findings';
import type { AdvisorySource } from '@ar-registry/core/osv';
import { nameWithin, type InspectedTarget, type PackedPlugin } from '@ar-registry/io/package-folder';
import type { Check, ReportedFinding } from '@ar-registry/schemas';
import type { Context } from '../context.ts';
import { presentFindings } from '../present/findings.ts';

type Needed = Pick<Context, 'cwd' | 'now' | 'signal' | 'output' | 'registryUrl' | 'version'>;

export interface CheckedContents {
  /** What was known of the package, and what the checks found besides. */
  readonly findings: readonly (Finding | ReportedFinding)[];
  readonly checks: readonly Check[];
}

/** How long the registry may take to say what is known against npm packages: this must work without a network too. */
const TIMEOUT_MS = 5000;

/**
 * @param target as the user named it: what findings call the files by
 * @param osv folder or address of a snapshot of vulnerabilities; the registry's unless given
 */
export async function checkInspected(
  inspected: InspectedTarget,
  { target, osv }: { readonly target: string; readonly osv?: string | undefined },
  context: Needed,
): Promise<CheckedContents> {
  const { kind, manifest, findings, readContents } = inspected;
  const { checkContents, toCheck } = await import('@ar-registry/checks');
  if (!readContents) return { findings, checks: [toCheck('package', findings)] };
  const { checks } = await checkContents(
    {
      files: await readContents(),
      manifest,
      nameOf: nameWithin(target),
      ...(kind === 'folder' ? { packageFindings: findings } : {}),
    },
    {
      advisories: await advisoriesFor(manifest?.dependencies, osv, context),
      nowMs: context.now().getTime(),
      signal: context.signal,
    },
  );
  return { findings: [...findings, ...besides(findings, checks)], checks };
}

/**
 * Refuses what the registry would refuse for the same contents, and tells the author of warnings. Whatever could not be
 * checked here is told too: the registry will.
 *
 * @throws FINDINGS with all of them
 */
export async function assertAcceptable(packed: PackedPlugin, folder: string, context: Needed): Promise<void> {
  const { manifest, archive, findings: known } = packed;
  const { readArchive } = await import('@ar-registry/io/archive');
  const { files } = await readArchive({ bytes: archive.bytes, label: folder }, undefined, context.signal);
  const contents = new Map(Array.from(files, ([name, { bytes }]) => [name, bytes]));
  const readContents = () => Promise.resolve(contents);
  const inspected = { kind: 'archive', manifest, findings: known, readContents } as const;
  const { findings, checks } = await context.output.during('Checking', () =>
    checkInspected(inspected, { target: folder }, context),
  );
  const errors = findings.filter((found) => toFindingDocument(found).severity === 'error').length;
  if (errors > 0) throw new ArError('FINDINGS', { subject: `${manifest.name}@${manifest.version}`, errors, findings });
  for (const line of presentFindings(findings.slice(known.length))) context.output.note(line);
  for (const { id, result, reason = '' } of checks)
    if (result === 'could-not-run') context.output.note(`Not checked here: ${id}. ${reason}`);
}

/** What the checks found and nobody has told yet. */
function besides(known: readonly Finding[], checks: readonly Check[]): readonly ReportedFinding[] {
  const told = new Set(known.map(keyOf));
  return checks.flatMap(({ findings }) => findings.filter((found) => !told.has(keyOf(found))));
}

function keyOf(found: Finding | ReportedFinding): string {
  return JSON.stringify(toFindingDocument(found));
}

async function advisoriesFor(
  dependencies: Readonly<Record<string, string>> = {},
  osv: string | undefined,
  { cwd, now, registryUrl, version }: Needed,
): Promise<AdvisorySource | undefined> {
  if (Object.keys(dependencies).length === 0) return undefined;
  const path = await import('node:path');
  const { openAdvisories } = await import('@ar-registry/io/osv');
  const { routes } = await import('@ar-registry/core/layout');
  const isUrl = osv !== undefined && /^(?:https?:\/\/|file:)/i.test(osv);
  const local = osv === undefined || isUrl ? osv : path.resolve(cwd, osv);
  const where = local ?? `${(await registryUrl()).replace(/\/+$/, '')}/${routes.osv}`;
  return openAdvisories(where, { userAgent: `ar-plugin/${version}`, now, timeoutMs: TIMEOUT_MS });
}
