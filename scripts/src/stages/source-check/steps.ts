/**
 * The steps that a project is put through. Install has the network and runs no scripts; whatever runs the project's own
 * code comes after it and has none.
 */
import { rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { hasCode, isArError } from '@ar-registry/core/errors';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import { replaceFile } from '@ar-registry/io/files';
import { packPlugin } from '@ar-registry/io/package-folder';
import type { Integrity, SourceReport } from '@ar-registry/schemas';
import { dependencyProblem, withoutAddresses } from './lock.ts';
import { readPackageJson, type Project } from './project.ts';
import { runCommand, type CommandResult, type Workshop } from './run-command.ts';

export type SourceFinding = SourceReport['versions'][number]['findings'][number];

export interface StepOutcome {
  /** For the reason of the result: `build passed`, `no tests`. */
  readonly told: string;
  readonly findings: readonly SourceFinding[];
  /** Why the check could not go on, where that is nobody's fault. */
  readonly couldNotRun?: string;
}

export interface Shop extends Workshop {
  /** Address of the npm registry, where it is known. */
  readonly registry: string | undefined;
}

const INSTALL_TIMEOUT_MS = 5 * 60_000;
const STEP_TIMEOUT_MS = 5 * 60_000;

/** What npm says when it could not get at its registry. @source npm's own codes, printed as `npm error code …` */
const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ERR_SOCKET_TIMEOUT',
  // A proxy that this machine does not know of, or has no certificate for.
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'E429',
  'E500',
  'E502',
  'E503',
  'E504',
]);

export async function install(project: Project, shop: Shop): Promise<StepOutcome> {
  const { installDir, lock, hasDependencies } = project;
  if (installDir === undefined) return { told: 'no package.json', findings: [] };
  if (lock === undefined && !hasDependencies) return { told: 'nothing to install', findings: [] };
  // Without a lock npm would look for packages wherever package.json says, and find others each time.
  if (lock === undefined) return notInstalled('there is no package-lock.json.');
  const safe = withoutAddresses(lock.text);
  if (safe.kind === 'refused') return notInstalled(safe.problem);
  const problem = dependencyProblem(await readPackageJson(path.join(installDir, 'package.json')));
  if (problem !== undefined) return notInstalled(`package.json ${problem}`);
  await replaceFile(lock.file, safe.text);
  await setAsideSettings(installDir, shop.workDir);
  return runInstall(installDir, shop);
}

async function runInstall(installDir: string, shop: Shop): Promise<StepOutcome> {
  const registry = shop.registry === undefined ? [] : [`--registry=${shop.registry}`];
  // What the lock and package.json were looked at for, once more by npm itself, and for the parts of a workspace: npm
  // before 11.10 does not know the two, and says so.
  const nowhereElse = ['--allow-git=none', '--allow-remote=none'];
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];
  const flags = ['--ignore-scripts', ...quiet, '--git=git', ...nowhereElse, ...registry];
  const run = { cwd: installDir, network: true, timeoutMs: INSTALL_TIMEOUT_MS };
  const result = await runCommand(['npm', 'ci', ...flags], shop, run);
  if (result.kind === 'done') return { told: 'installed from its lock', findings: [] };
  if (result.isStopped) return { told: 'not installed', findings: [], couldNotRun: result.said };
  const code = /^npm (?:error|ERR!) code (\S+)$/m.exec(result.output)?.[1] ?? '';
  if (!NETWORK_CODES.has(code)) return notInstalled(result.said);
  return { told: 'not installed', findings: [], couldNotRun: `npm could not reach its registry (${code}).` };
}

function notInstalled(detail: string): StepOutcome {
  return { told: 'not installed', findings: [{ code: 'SOURCE_INSTALL_FAILED', detail: cleaned(detail) }] };
}

/** A project's .npmrc can name programs for npm to start. npm never packs one: nothing is missing without it. */
async function setAsideSettings(dir: string, workDir: string): Promise<void> {
  await rename(path.join(dir, '.npmrc'), path.join(workDir, 'npmrc')).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  });
}

export async function build(project: Project, shop: Shop): Promise<StepOutcome> {
  return runScript('build', { what: 'build', code: 'SOURCE_BUILD_FAILED' }, { project, shop });
}

export async function typecheck(project: Project, shop: Shop): Promise<StepOutcome> {
  const step = { what: 'type check', code: 'SOURCE_TYPES_FAILED' } as const;
  const tsc = project.scripts.has('typecheck') || !project.hasTsconfig ? undefined : await findCompiler(project);
  if (tsc === undefined) return runScript('typecheck', step, { project, shop });
  const run = { cwd: project.dir, network: false, timeoutMs: STEP_TIMEOUT_MS };
  return outcome(step, await runCommand([tsc, '--noEmit'], shop, run));
}

/** The compiler that the project installed, if it did. */
async function findCompiler({ dir, installDir }: Project): Promise<string | undefined> {
  for (const folder of [dir, installDir ?? dir]) {
    const file = path.join(folder, 'node_modules/.bin/tsc');
    if (await stat(file).catch(() => undefined)) return file;
  }
  return undefined;
}

export async function test(project: Project, shop: Shop): Promise<StepOutcome> {
  return runScript('test', { what: 'tests', code: 'SOURCE_TEST_FAILED' }, { project, shop });
}

interface Step {
  readonly what: string;
  readonly code: SourceFinding['code'];
}

async function runScript(
  script: string,
  step: Step,
  { project, shop }: { readonly project: Project; readonly shop: Shop },
): Promise<StepOutcome> {
  if (!project.scripts.has(script)) return { told: `no ${step.what}`, findings: [] };
  const run = { cwd: project.dir, network: false, timeoutMs: STEP_TIMEOUT_MS };
  return outcome(step, await runCommand(['npm', 'run', '--no-update-notifier', script], shop, run));
}

function outcome({ what, code }: Step, result: CommandResult): StepOutcome {
  if (result.kind === 'done') return { told: `${what} passed`, findings: [] };
  return { told: `${what} failed`, findings: [{ code, detail: result.said }] };
}

export interface PackOutcome extends StepOutcome {
  readonly reproducible?: boolean;
  readonly archive?: Uint8Array;
}

/** Packs what was built, by the packer that authors use, and compares. */
export async function pack(
  { dir }: Project,
  submitted: Integrity,
  { signal, deadline }: Pick<Shop, 'signal' | 'deadline'>,
): Promise<PackOutcome> {
  try {
    const { archive } = await packPlugin(dir, { nameOf: (file) => file, signal: AbortSignal.any([signal, deadline]) });
    const reproducible = archive.integrity === submitted;
    const detail = `${archive.integrity} (${archive.size} bytes).`;
    return {
      told: reproducible ? 'the same archive' : 'another archive',
      findings: reproducible ? [] : [{ code: 'SOURCE_NOT_REPRODUCIBLE', detail }],
      reproducible,
      archive: archive.bytes,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!isArError(error)) throw error;
    if (hasCode(error, 'DEPENDENCY_LOCK_FAILED') || hasCode(error, 'ABORTED'))
      return { told: 'not packed', findings: [], couldNotRun: cleaned(error.message) };
    return { told: 'not packed', findings: [{ code: 'SOURCE_PACK_FAILED', detail: cleaned(error.message) }] };
  }
}

export function cleaned(text: string): string {
  return truncate(toSingleLine(text), 480);
}
