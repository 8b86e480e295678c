/** One request on its way: to a prepared plugin, or to the reason why there is none. Never throws for a plugin's fault. */
import type { ArError } from '@ar-registry/core/errors';
import type { Lockfile, PluginType, ProjectFile, Version } from '@ar-registry/schemas';
import type { InstallStore } from '@ar-registry/io/install-store';
import type { PluginRequest } from './config/entry.ts';
import { toArError, UNKNOWN, type DisabledPlugin, type FailedPlugin } from './loaded-plugin.ts';
import { locatePlugin, type LocatedPlugin } from './locate.ts';
import type { ManifestReader } from './manifests.ts';
import { isDisabled, preparePlugin, type PreparedPlugin } from './prepare.ts';
import type { Revocations } from './revocations.ts';
import type { ConfigChecks } from './values/schema.ts';

/** What the project says at one moment. */
export interface ProjectState {
  readonly dir: string;
  readonly wanted: ProjectFile;
  readonly lock: Lockfile;
  /** Why the project's files could not be read; both are empty then. */
  readonly problem?: ArError;
}

export interface PrepareServices {
  readonly project: ProjectState;
  readonly store: Pick<InstallStore, 'packageDir' | 'verify'>;
  readonly manifests: ManifestReader;
  readonly revocations: Revocations;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly relayVersion: Version;
  readonly boundTypes: ReadonlySet<PluginType>;
  readonly checks: ConfigChecks;
}

export type Preparation =
  | { readonly kind: 'prepared'; readonly prepared: PreparedPlugin }
  | { readonly kind: 'idle'; readonly loaded: FailedPlugin | DisabledPlugin };

export async function prepareRequest(request: PluginRequest, services: PrepareServices): Promise<Preparation> {
  const { project } = services;
  if (isDisabled(request, project.wanted)) return { kind: 'idle', loaded: disabled(request, project.lock) };
  let located: LocatedPlugin | undefined;
  try {
    if (request.kind === 'installed' && project.problem) throw project.problem;
    located = await locatePlugin(request, { ...services, projectDir: project.dir, lock: project.lock });
    return {
      kind: 'prepared',
      prepared: await preparePlugin(located, request, { ...services, projectDir: project.dir, wanted: project.wanted }),
    };
  } catch (error) {
    return { kind: 'idle', loaded: failed(request, { error, located, lock: project.lock }) };
  }
}

function disabled(request: PluginRequest, lock: Lockfile): DisabledPlugin {
  return { ...UNKNOWN, ...lockedFacts(request, lock), name: nameOf(request), status: 'disabled' };
}

function failed(
  request: PluginRequest,
  { error, located, lock }: { error: unknown; located: LocatedPlugin | undefined; lock: Lockfile },
): FailedPlugin {
  const manifest = located?.manifest;
  const name = manifest?.name ?? nameOf(request);
  const facts = manifest ? { version: manifest.version, type: manifest.type, manifest } : lockedFacts(request, lock);
  return { ...UNKNOWN, ...facts, name, status: 'error', error: toArError(name, error) };
}

function lockedFacts(request: PluginRequest, lock: Lockfile): { version?: Version; type?: PluginType } {
  if (request.kind !== 'installed' || !Object.hasOwn(lock.plugins, request.name)) return {};
  const { version, type } = lock.plugins[request.name] ?? {};
  return { ...(version && { version }), ...(type && { type }) };
}

function nameOf(request: PluginRequest): string {
  return request.kind === 'installed' ? request.name : request.label;
}
