/** Builds one version from its pinned commit, in a folder that is thrown away. */
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { checkoutCommit, type Checkout, type CheckoutLimits, type Pinned } from '@ar-registry/io/git';
import type { Source, SourceReport, VersionRecord } from '@ar-registry/schemas';
import { readProject, type Project } from './project.ts';
import {
  build,
  cleaned,
  install,
  pack,
  test,
  typecheck,
  type PackOutcome,
  type Shop,
  type StepOutcome,
} from './steps.ts';

export type SourceResult = SourceReport['versions'][number];

export interface BuiltSource {
  readonly result: SourceResult;
  /** What packing gave, where it came to that. */
  readonly archive?: Uint8Array;
}

/** How to reach the repository of a source, or why not to. */
export type Route =
  | { readonly kind: 'reachable'; readonly protocols: Pinned['protocols']; readonly config: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

export interface SourceJob {
  readonly record: VersionRecord;
  readonly source: Source;
  readonly route: Route;
}

const LIMITS: CheckoutLimits = { bytes: 200 * 1024 * 1024, files: 20_000, timeoutMs: 3 * 60_000 };

/** Never throws for what a repository holds or its programs do. @throws `signal.reason` when aborted */
export async function buildSource({ record, source, route }: SourceJob, shop: Shop): Promise<BuiltSource> {
  const facts = factsOf(record, source);
  if (route.kind === 'refused') return unreachable(facts, route.reason);
  const clone = path.join(shop.workDir, 'source');
  const { url, commit } = source;
  const wanted = { url, commit, dir: clone, protocols: route.protocols, config: route.config, limits: LIMITS };
  const fetched = await checkoutCommit(wanted, shop.signal);
  if (fetched.kind !== 'checked-out') return notCheckedOut(facts, fetched);
  const project = await readProject(clone, source.path);
  if (!project) {
    const detail = cleaned(`there is no folder ${source.path ?? '.'} in the commit.`);
    return { result: { ...facts, result: 'fail', findings: [{ code: 'SOURCE_PACK_FAILED', detail }] } };
  }
  return buildProject({ facts, project, submitted: record.dist.integrity }, shop);
}

/** The result for a source of which nothing was run. */
export function unbuilt(record: VersionRecord, source: Source, reason: string): BuiltSource {
  return { result: { ...factsOf(record, source), result: 'could-not-run', reason, findings: [] } };
}

type Facts = Omit<SourceResult, 'result' | 'findings'>;

function factsOf({ manifest, dist }: VersionRecord, { url, commit }: Source): Facts {
  return { name: manifest.name, version: manifest.version, integrity: dist.integrity, url, commit };
}

function unreachable(facts: Facts, reason: string): BuiltSource {
  const detail = cleaned(reason);
  return {
    result: { ...facts, result: 'could-not-run', reason: detail, findings: [{ code: 'SOURCE_UNREACHABLE', detail }] },
  };
}

function notCheckedOut(facts: Facts, checkout: Exclude<Checkout, { readonly kind: 'checked-out' }>): BuiltSource {
  if (checkout.kind === 'unreachable') return unreachable(facts, checkout.reason);
  const finding =
    checkout.kind === 'too-large'
      ? ({ code: 'SOURCE_REPOSITORY_TOO_LARGE', detail: `${checkout.what}.` } as const)
      : ({ code: 'SOURCE_COMMIT_MISSING', detail: `${facts.commit}.` } as const);
  return { result: { ...facts, result: 'fail', findings: [finding] } };
}

interface Work {
  readonly facts: Facts;
  readonly project: Project;
  readonly submitted: SourceResult['integrity'];
}

async function buildProject({ facts, project, submitted }: Work, shop: Shop): Promise<BuiltSource> {
  const done = [await install(project, shop)];
  if (done.every(isSound)) done.push(await build(project, shop));
  if (!done.every(isSound)) return { result: resultOf(facts, done, shop) };
  // What compilers and tests leave behind is not packed: this comes before them.
  const packed = await packBuilt(project, submitted, shop);
  done.push(packed, await typecheck(project, shop), await test(project, shop));
  const { reproducible, archive } = packed;
  return {
    result: { ...resultOf(facts, done, shop), ...(reproducible === undefined ? {} : { reproducible }) },
    ...(archive === undefined ? {} : { archive }),
  };
}

function isSound({ findings, couldNotRun }: StepOutcome): boolean {
  return findings.length === 0 && couldNotRun === undefined;
}

function resultOf(facts: Facts, done: readonly StepOutcome[], { isolation }: Shop): SourceResult {
  const findings = done.flatMap((step) => [...step.findings]);
  const couldNotRun = done.find((step) => step.couldNotRun !== undefined)?.couldNotRun;
  const layers = isolation.layers.length === 0 ? 'no isolation on this machine' : isolation.layers.join(', ');
  const told = done.map((step) => step.told).join(', ');
  const hasError = findings.some(({ code }) => code !== 'SOURCE_NOT_REPRODUCIBLE');
  return {
    ...facts,
    result: hasError ? 'fail' : couldNotRun === undefined ? 'pass' : 'could-not-run',
    reason: cleaned(`${couldNotRun ?? ''} Steps: ${told}. Behind: ${layers}.`),
    findings,
  };
}

async function packBuilt(project: Project, submitted: SourceResult['integrity'], shop: Shop): Promise<PackOutcome> {
  const odd = await firstOddFile(project.dir);
  if (odd === undefined) return pack(project, submitted, shop);
  const detail = cleaned(`${odd} is neither a file nor a folder.`);
  return { told: 'not packed', findings: [{ code: 'SOURCE_PACK_FAILED', detail }] };
}

/** A pipe in the place of a file would be read for ever, and a link to one too. */
const READ_WHILE_PACKING = /^(?:ar-plugin\.yaml|package\.json|ar-deps\.lock\.json|\.npmignore|\.gitignore)$/;

async function firstOddFile(dir: string, below = ''): Promise<string | undefined> {
  for (const entry of await readdir(path.join(dir, below), { withFileTypes: true })) {
    const name = path.posix.join(below, entry.name);
    if (entry.isDirectory()) {
      const odd = /^(?:node_modules|\.git)$/.test(entry.name) ? undefined : await firstOddFile(dir, name);
      if (odd !== undefined) return odd;
    } else if (!entry.isFile() && !(entry.isSymbolicLink() && !READ_WHILE_PACKING.test(entry.name))) return name;
  }
  return undefined;
}

/** The folders that a build gets for its own. @returns its whole environment */
export async function prepareWorkDir(
  workDir: string,
  environment: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const [home, temporary] = [path.join(workDir, 'home'), path.join(workDir, 'tmp')];
  await mkdir(home);
  await mkdir(temporary);
  return { ...environment, HOME: home, TMPDIR: temporary, CI: 'true', LANG: 'C.UTF-8' };
}
