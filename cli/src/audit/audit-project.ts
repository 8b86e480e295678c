/**
 * What is known against a project's plugins: by their registries, and by a database of the vulnerabilities of npm packages.
 *
 * Whatever could not be looked up is part of the answer: an audit that saw nothing has found nothing out.
 */
import path from 'node:path';
import { advisoriesAgainst, type Advisory } from '@ar-registry/core/advisory';
import { auditPlugins, isAtLeast, type AuditedPlugin, type AuditFinding, type Severity } from '@ar-registry/core/audit';
import { ArError, isArError } from '@ar-registry/core/errors';
import type { LockEntry } from '@ar-registry/core/install';
import { DEPENDENCY_LOCK_FILE, MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import { lockedPackages } from '@ar-registry/core/npm-lock';
import { type AdvisorySource, type NpmPackage, snapshotAgeProblem } from '@ar-registry/core/osv';
import { nearest } from '@ar-registry/core/text';
import { readTextIfExists } from '@ar-registry/io/files';
import { inParallel } from '@ar-registry/io/install';
import { createInstallStore } from '@ar-registry/io/install-store';
import { readProject } from '@ar-registry/io/project';
import type { OsvRecord, PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';

export interface Unaudited {
  /** Absent where it is about all of them. */
  readonly plugin?: PluginName;
  /** A sentence. */
  readonly reason: string;
}

export interface ProjectAudit {
  readonly findings: readonly AuditFinding[];
  readonly unaudited: readonly Unaudited[];
  /** How many plugins and npm packages were looked at. */
  readonly counts: { readonly plugins: number; readonly packages: number };
  /** Of when the database is; absent where it was not needed or could not be had. */
  readonly takenAt?: string;
  /** The plugins of which something of at least that level is known. */
  readonly affectedAtLeast: (level: Severity) => readonly PluginName[];
}

interface Locked {
  readonly name: PluginName;
  readonly entry: LockEntry;
}

/** @throws NOT_INSTALLED, FILE_INVALID, and what a signed registry is refused for */
export async function auditProject(
  names: readonly string[],
  { osv }: { readonly osv: string | undefined },
  context: Context,
): Promise<ProjectAudit> {
  const dir = await context.projectDir();
  const { lock } = await readProject(dir, context.dataDir);
  const locked = lockedAmong(lock.plugins, names);
  return context.output.during('Looking up what is known', async () => {
    const looked = await inParallel(locked, async (one) => ({
      ...(await knownToRegistry(one, context)),
      ...(await packagesOf(one, dir, context)),
      one,
    }));
    const plugins = looked.map(({ one: { name, entry }, advisories, packages }): AuditedPlugin => ({
      name,
      version: entry.version,
      advisories,
      packages,
    }));
    const { records, takenAt, problem } = await lookUp(plugins, osv, context);
    const findings = auditPlugins(plugins, records);
    return {
      findings,
      unaudited: [
        ...looked.flatMap(({ unaudited }) => unaudited),
        ...(problem === undefined ? [] : [{ reason: problem }]),
      ],
      counts: { plugins: plugins.length, packages: takenAt === undefined ? 0 : new Set(plugins.flatMap(idsOf)).size },
      ...(takenAt === undefined ? {} : { takenAt }),
      affectedAtLeast: (level) => [
        ...new Set(findings.filter(({ severity }) => isAtLeast(severity, level)).map(({ plugin }) => plugin)),
      ],
    };
  });
}

function lockedAmong(plugins: Readonly<Record<string, LockEntry>>, names: readonly string[]): readonly Locked[] {
  const known = Object.keys(plugins).toSorted();
  for (const plugin of names)
    if (!known.includes(plugin)) throw new ArError('NOT_INSTALLED', { plugin, suggestions: nearest(plugin, known, 3) });
  return Object.entries(plugins)
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([name, entry]) => ({ name, entry }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function idsOf({ packages }: AuditedPlugin): readonly string[] {
  return packages.map(({ name, version }) => `${name}@${version}`);
}

/** The exit code of what is wrong with a registry itself: nobody goes on from there. */
const TRUST = 3;

async function knownToRegistry(
  { name, entry }: Locked,
  { registry, signal }: Context,
): Promise<{ readonly advisories: readonly Advisory[] }> {
  if (entry.source !== 'registry') return { advisories: [] };
  const list = await (await registry()).advisories(name, signal);
  return { advisories: advisoriesAgainst(list, name, entry.version) };
}

interface Packages {
  readonly packages: readonly NpmPackage[];
  readonly unaudited: readonly Unaudited[];
}

/** Files of a plugin are attacker-controlled, those of a linked folder may also be half written. */
async function packagesOf({ name, entry }: Locked, dir: string, { dataDir }: Context): Promise<Packages> {
  const folder =
    entry.source === 'folder'
      ? path.resolve(dir, entry.path)
      : createInstallStore({ dataDir }).packageDir(entry.integrity);
  const text = await readTextIfExists(path.join(folder, DEPENDENCY_LOCK_FILE));
  if (text !== undefined) {
    const { packages, findings, truncated } = lockedPackages(text, DEPENDENCY_LOCK_FILE);
    const odd = truncated || findings.length > 0;
    const reason = `Its ${DEPENDENCY_LOCK_FILE} does not say truly which packages it has.`;
    return { packages, unaudited: odd ? [{ plugin: name, reason }] : [] };
  }
  const manifest = await readTextIfExists(path.join(folder, MANIFEST_FILE));
  if (manifest === undefined)
    return { packages: [], unaudited: [{ plugin: name, reason: 'Its files are not there.' }] };
  const wanted = parseManifest(manifest, MANIFEST_FILE).manifest?.dependencies ?? {};
  if (Object.keys(wanted).length === 0) return { packages: [], unaudited: [] };
  return {
    packages: [],
    unaudited: [{ plugin: name, reason: `It has npm dependencies that no ${DEPENDENCY_LOCK_FILE} pins.` }],
  };
}

interface LookedUp {
  readonly records: ReadonlyMap<string, readonly OsvRecord[]>;
  readonly takenAt?: string;
  readonly problem?: string;
}

async function lookUp(plugins: readonly AuditedPlugin[], osv: string | undefined, context: Context): Promise<LookedUp> {
  const names = [...new Set(plugins.flatMap(({ packages }) => packages.map(({ name }) => name)))];
  if (names.length === 0) return { records: new Map() };
  try {
    const source = await openSource(osv, context);
    const { takenAt } = await source.snapshot(context.signal);
    const records = await source.find(names, context.signal);
    const problem = snapshotAgeProblem({ takenAt }, { nowMs: context.now().getTime() });
    return { records, takenAt, ...(problem === undefined ? {} : { problem }) };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isArError(error) || error.exit === TRUST) throw error;
    return { records: new Map(), problem: `The npm packages could not be looked up: ${error.message}` };
  }
}

async function openSource(osv: string | undefined, { cwd, now, version, registry }: Context): Promise<AdvisorySource> {
  const { createRegistryAdvisories, openAdvisories } = await import('@ar-registry/io/osv');
  if (osv === undefined) return createRegistryAdvisories(await registry());
  const where = /^(?:https?:\/\/|file:)/i.test(osv) ? osv : path.resolve(cwd, osv);
  return openAdvisories(where, { userAgent: `ar-plugin/${version}`, now });
}
