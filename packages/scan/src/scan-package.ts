/**
 * The static scan of a package: what its JavaScript can do, compared with what its manifest declares.
 *
 * Everything in the package is attacker-controlled; nothing of it is run. Work is bounded by bytes, depth and steps, so
 * the same package always gives the same report. What could not be looked at is a finding, never a pass.
 */
import { setImmediate } from 'node:timers/promises';
import type { FindingCode, FindingFacts } from '@ar-registry/core/findings';
import { grantAll } from '@ar-registry/core/permission';
import type { NormalizedManifest, ScanOutput } from '@ar-registry/schemas';
import { DETECTORS } from './detectors/index.ts';
import type { Need, Report } from './detectors/detector.ts';
import { entriesOf, importsOf, type PackageJson } from './package/code-files.ts';
import { installScripts } from './package/install-scripts.ts';
import { createSources, type PluginSources } from './package/sources.ts';
import { comparePermissions, type Declared, type PlacedNeed } from './report/compare.ts';
import { inReadingOrder, scanFinding, type ScanFinding } from './report/finding.ts';
import { decodeText, openSources, type OpeningLimits } from './package/open-sources.ts';
import { spotOf, type SourceFile } from './source/source-file.ts';
import type { Node } from './source/tree.ts';
import { usesIn } from './uses/index.ts';
import { createEvaluation } from './values/evaluator.ts';

export interface ScanInput {
  /** Path in the package → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Undefined where there is none that can be read: then nothing counts as declared. */
  readonly manifest: Pick<NormalizedManifest, 'permissions' | 'config' | 'main' | 'dependencies'> | undefined;
}

export interface ScanLimits extends OpeningLimits {
  /** How many expressions may be evaluated. */
  readonly steps: number;
}

export const DEFAULT_SCAN_LIMITS: ScanLimits = {
  fileBytes: 4 * 1024 * 1024,
  totalBytes: 20 * 1024 * 1024,
  steps: 40_000_000,
};

export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
  readonly limits?: ScanLimits;
}

export type ScanReport = Omit<ScanOutput, 'schemaVersion'>;

const MANIFEST_FILE = 'ar-plugin.yaml';

/** Scans a package. @throws `signal.reason` when aborted; nothing else, whatever the files hold */
export async function scanPackage(
  { files, manifest }: ScanInput,
  { signal, limits = DEFAULT_SCAN_LIMITS }: ScanOptions = {},
): Promise<ScanReport> {
  const text = decodeText(files.get('package.json'));
  const packageJson = parseJson(text);
  const opened = await openSources(files, { entries: entriesOf(packageJson, manifest?.main), signal, limits });
  const seen: Seen = {
    findings: [...opened.findings, ...installScripts(packageJson, text, files.keys())],
    needs: compiledFiles(files),
  };
  const sources = createSources(opened.sources, importsOf(packageJson));
  await detect(sources, seen, { signal, limits });
  const compared = comparePermissions(seen.needs, declaredIn(manifest), MANIFEST_FILE);
  const findings = inReadingOrder([...seen.findings, ...compared.findings]);
  const failed = findings.some(({ severity }) => severity === 'error');
  return {
    // Without a manifest nothing can be compared.
    result: failed ? 'fail' : manifest ? 'pass' : 'could-not-run',
    findings: [...findings],
    permissions: compared.permissions,
    dependencies: Object.keys(manifest?.dependencies ?? {}).toSorted(),
  };
}

interface Seen {
  readonly findings: ScanFinding[];
  readonly needs: PlacedNeed[];
}

async function detect(
  sources: PluginSources,
  seen: Seen,
  { signal, limits }: { readonly signal: AbortSignal | undefined; readonly limits: ScanLimits },
): Promise<void> {
  const evaluation = createEvaluation(sources, limits.steps);
  for (const source of sources.files) {
    await setImmediate();
    signal?.throwIfAborted();
    const report = collector(source, seen);
    const uses = usesIn(source, evaluation);
    for (const detector of DETECTORS) detector.check({ source, uses, evaluation, report });
    if (evaluation.isExhausted()) report.finding('SOURCE_TOO_COMPLEX', source.program, {});
  }
}

function declaredIn(manifest: ScanInput['manifest']): Declared {
  const { required, optional } = manifest?.config ?? { required: [], optional: [] };
  return {
    permissions: grantAll(manifest?.permissions ?? {}),
    configKeys: [...required, ...optional],
    hasDependencies: Object.keys(manifest?.dependencies ?? {}).length > 0,
  };
}

function collector(source: SourceFile, { findings, needs }: Seen): Report {
  const placeOf = (node: Node) => ({ file: source.path, ...spotOf(source, node) });
  return {
    finding: <Code extends FindingCode>(code: Code, node: Node, facts: FindingFacts[Code]) =>
      void findings.push(scanFinding(code, placeOf(node), { facts })),
    need: (need: Need, node: Node) => void needs.push({ need, place: placeOf(node) }),
  };
}

function compiledFiles(files: ReadonlyMap<string, Uint8Array>): PlacedNeed[] {
  return [...files.keys()]
    .filter((path) => /\.(?:node|wasm|so|dll|dylib|exe)$/i.test(path))
    .map((file) => ({ need: { kind: 'nativeAddons', what: file }, place: { file, evidence: file } }));
}

function parseJson(text: string): PackageJson {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PackageJson) : {};
  } catch {
    return {}; // npm would refuse it too; what is in it does not count
  }
}
