/**
 * What the code of a plugin's npm dependencies can do. The plugin's own code is the gate; popular packages do start
 * processes and generate code, so here it is listed for each package and compared with what the plugin declares. What is
 * not declared, and what no reviewer has looked at in these very bytes, waits for one.
 */
import { finding, type Finding } from '@ar-registry/core/findings';
import { isArError } from '@ar-registry/core/errors';
import { DEPENDENCY_LOCK_FILE } from '@ar-registry/core/layout';
import { grantAll } from '@ar-registry/core/permission';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import { scanPackage } from '@ar-registry/scan';
import type { Capability, Check, DependenciesRecord, NormalizedManifest } from '@ar-registry/schemas';
import { toCheck } from '../report/to-check.ts';
import { capabilitiesOf, undeclared, type DependencyPackage } from './capabilities-of.ts';

export interface CapabilitiesInput {
  readonly manifest: Pick<NormalizedManifest, 'permissions' | 'dependencies'>;
  /** What reviewers of the registry know already. */
  readonly known: DependenciesRecord['packages'];
  /** What is installed; asked for one after the other, so that one package at a time is in memory. */
  readonly packages: AsyncIterable<DependencyPackage>;
  readonly signal?: AbortSignal | undefined;
}

export interface FoundCapabilities {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capability[];
  readonly reviewed: boolean;
}

export interface CheckedCapabilities {
  readonly check: Check;
  readonly packages: readonly FoundCapabilities[];
}

/** @throws `signal.reason` when aborted; what `packages` throws as ArError makes the check `could-not-run` */
export async function checkCapabilities(input: CapabilitiesInput): Promise<CheckedCapabilities> {
  if (Object.keys(input.manifest.dependencies).length === 0)
    return { check: toCheck('capabilities', [], { reason: 'It has no npm dependencies.' }), packages: [] };
  const packages: FoundCapabilities[] = [];
  let couldNotRun: string | undefined;
  try {
    for await (const dependency of input.packages) packages.push(await lookAt(dependency, input));
  } catch (error) {
    input.signal?.throwIfAborted();
    if (!isArError(error)) throw error;
    couldNotRun = error.message;
  }
  const declared = grantAll(input.manifest.permissions);
  const findings = packages.flatMap((found) => findingsOf(found, undeclared(found.capabilities, declared)));
  const reason = `${packages.length} ${packages.length === 1 ? 'package' : 'packages'} looked at.`;
  return { check: toCheck('capabilities', findings, { reason, couldNotRun }), packages };
}

async function lookAt(
  { name, version, integrity, files }: DependencyPackage,
  { known, signal }: CapabilitiesInput,
): Promise<FoundCapabilities> {
  // Nothing counts as declared, so that everything is told.
  const report = await scanPackage({ files: shipped(files), manifest: undefined }, { signal });
  const capabilities = capabilitiesOf(report);
  const entry = known.find((each) => each.name === name && each.version === version && each.integrity === integrity);
  const reviewed = entry !== undefined && capabilities.every((capability) => entry.capabilities.includes(capability));
  return { name, version, capabilities, reviewed };
}

/** Sources of other languages, which Node.js would not load as they are; everything else it could. */
function shipped(files: DependencyPackage['files']): DependencyPackage['files'] {
  return new Map([...files].filter(([file]) => !/\.(?:[cm]?tsx?|jsx|flow)$/.test(file)));
}

function findingsOf({ name, version, reviewed }: FoundCapabilities, missing: readonly Capability[]): Finding[] {
  if (reviewed || missing.length === 0) return [];
  const facts = { dependency: shown(name), version: shown(version), capabilities: missing.map(textOf) };
  return [finding('DEPENDENCY_CAPABILITY', { file: DEPENDENCY_LOCK_FILE }, facts)];
}

function textOf(capability: Capability): string {
  return TEXTS[capability];
}

const TEXTS: Readonly<Record<Capability, string>> = {
  network: 'connect to hosts',
  childProcess: 'start programs',
  nativeAddons: 'load compiled add-ons',
  workers: 'start worker threads',
  codeGeneration: 'generate code at run time',
  unreadable: 'do what the scan cannot read',
};

function shown(text: string): string {
  return truncate(toSingleLine(text), 100);
}
