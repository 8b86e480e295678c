/**
 * `prepare` turns what is asked for into what can be started: the files are found and checked, the configuration is
 * complete. No code of a plugin runs here; `start.ts` does that.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { grantAll } from '@ar-registry/core/permission';
import { compareVersions, satisfies } from '@ar-registry/core/version';
import type {
  GrantedPermissions,
  NormalizedManifest,
  PluginName,
  PluginType,
  ProjectFile,
  Version,
} from '@ar-registry/schemas';
import type { PluginRequest } from './config/entry.ts';
import type { LocatedPlugin } from './locate.ts';
import type { Placement, Trust } from './placement.ts';
import { effectiveGrants } from './sandbox/policy.ts';
import { checkRequired, collectValues, type GivenValues } from './values/resolve.ts';
import { resolvePaths } from './values/paths.ts';
import { applySchema, type ConfigChecks } from './values/schema.ts';

/** A plugin that is ready to start: verified, of a type this loader binds, with its whole configuration. */
export interface PreparedPlugin {
  readonly name: PluginName;
  readonly version: Version;
  readonly type: PluginType;
  readonly manifest: NormalizedManifest;
  /** Absolute path of the package's folder. */
  readonly dir: string;
  /** Absolute path of the module to import; it exists. */
  readonly mainPath: string;
  readonly trust: Trust;
  readonly placement: Placement;
  /** What it may do in a process of its own. */
  readonly grants: GrantedPermissions;
  /** Keys in camelCase. May hold secrets. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What of it the user gave, as it was given: not what the package's schema fills in. */
  readonly given: GivenValues;
  /** Milliseconds from import to the end of `onLoad`. */
  readonly loadTimeoutMs: number;
}

export interface PrepareContext {
  /** Absolute. */
  readonly projectDir: string;
  readonly wanted: ProjectFile;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Version of the agent-relay that runs. */
  readonly relayVersion: Version;
  /** Types that this loader binds to the daemon. */
  readonly boundTypes: ReadonlySet<PluginType>;
  readonly checks: ConfigChecks;
}

const DEFAULT_LOAD_TIMEOUT_MS = 10_000;

/**
 * Makes a located plugin ready to start.
 *
 * @throws PLUGIN_TYPE_UNSUPPORTED, AGENT_RELAY_TOO_OLD, AGENT_RELAY_UNFIT, PLUGIN_ENTRY_POINT_MISSING, PLUGIN_CONFIG_INVALID
 */
export async function preparePlugin(
  located: LocatedPlugin,
  request: PluginRequest,
  context: PrepareContext,
): Promise<PreparedPlugin> {
  const { manifest, dir, trust, placement } = located;
  const { name, version, type } = manifest;
  if (!context.boundTypes.has(type)) throw new ArError('PLUGIN_TYPE_UNSUPPORTED', { plugin: name, type });
  checkRelayVersion(manifest, context.relayVersion);
  const mainPath = findMain(manifest, dir);
  const { config, given } = await readConfig(located, request, context);
  const loadTimeoutMs = request.loadTimeoutMs ?? DEFAULT_LOAD_TIMEOUT_MS;
  const grants = grantsOf(located, context.wanted);
  return { name, version, type, manifest, dir, mainPath, trust, placement, grants, config, given, loadTimeoutMs };
}

/** Whether the user wants a plugin off: by its entry, else by ar-plugins.yaml. */
export function isDisabled(request: PluginRequest, wanted: ProjectFile): boolean {
  if (request.enabled !== undefined) return !request.enabled;
  return request.kind === 'installed' && wantedPlugin(wanted, request.name)?.enabled === false;
}

/** Of other peers the project decides; importing one that is missing says so. */
function checkRelayVersion({ name, minVersion, peerDependencies }: NormalizedManifest, found: Version): void {
  if (minVersion !== undefined && compareVersions(found, minVersion) < 0)
    throw new ArError('AGENT_RELAY_TOO_OLD', { plugin: name, needs: minVersion, found });
  const needs = peerDependencies['agent-relay'];
  if (needs !== undefined && !satisfies(found, needs))
    throw new ArError('AGENT_RELAY_UNFIT', { plugin: name, needs, found });
}

/** At once: a promise takes a hundred times as long. */
function findMain({ name, main }: NormalizedManifest, dir: string): string {
  const mainPath = join(dir, main);
  if (!isFile(mainPath)) throw new ArError('PLUGIN_ENTRY_POINT_MISSING', { plugin: name, main });
  return mainPath;
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false; // whatever keeps it from being looked at keeps it from being imported
  }
}

async function readConfig(
  { manifest, dir }: LocatedPlugin,
  request: PluginRequest,
  context: PrepareContext,
): Promise<Pick<PreparedPlugin, 'config' | 'given'>> {
  const project = wantedPlugin(context.wanted, manifest.name)?.config ?? {};
  const collected = collectValues(manifest, { entry: request.config, project, env: context.env });
  const values = resolvePaths(manifest, collected.values, context.projectDir);
  const given = { ...collected, values };
  checkRequired(manifest, values);
  const { schema } = manifest.config;
  const config =
    schema === undefined
      ? values
      : await applySchema({ manifest, file: join(dir, schema), checks: context.checks }, values);
  return { config, given };
}

/** The user grants by installing; a folder of the user's own has what its manifest asks for. */
function grantsOf({ manifest, trust }: LocatedPlugin, wanted: ProjectFile): GrantedPermissions {
  if (trust === 'local') return manifest.permissions;
  return effectiveGrants(manifest.permissions, grantAll(wantedPlugin(wanted, manifest.name)?.permissions ?? {}));
}

function wantedPlugin(wanted: ProjectFile, name: PluginName): ProjectFile['plugins'][string] | undefined {
  return Object.hasOwn(wanted.plugins, name) ? wanted.plugins[name] : undefined;
}
