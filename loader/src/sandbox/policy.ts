/** From grants to what the sandbox enforces: real paths, hosts, variables. */
import { realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { grantAll } from '@ar-registry/core/permission';
import { toCamelCase } from '@ar-registry/core/text';
import type { GrantedPermissions } from '@ar-registry/schemas';
import type { AllowedPowers } from '../bridge/protocol.ts';
import type { PreparedPlugin } from '../prepare.ts';
import { readListenRules, type ListenRule } from './listen-rules.ts';
import { readNetworkRules, type NetworkRule } from './network-rules.ts';

export interface SandboxPolicy extends AllowedPowers {
  /** Real paths of the package, and of what was granted; a folder stands for all below it. */
  readonly read: readonly GrantedPath[];
  /** The data folder, and what was granted. */
  readonly write: readonly GrantedPath[];
  readonly network: readonly NetworkRule[];
  readonly listen: readonly ListenRule[];
  /** The whole environment of the plugin. */
  readonly env: Readonly<Record<string, string>>;
  /** Grants that cannot be kept, each with the reason; for the plugin's log. */
  readonly unkept: readonly string[];
}

export interface GrantedPath {
  readonly path: string;
  readonly isFolder: boolean;
}

export interface PolicySources {
  /** Real path of the plugin's data folder. */
  readonly dataDir: string;
  /** Relative paths in configured values start here. */
  readonly projectDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What is granted and declared: a grant that the manifest no longer asks for gives nothing. */
export function effectiveGrants(declared: GrantedPermissions, granted: GrantedPermissions): GrantedPermissions {
  return grantAll({
    network: both(declared.network, granted.network),
    listen: both(declared.listen ?? [], granted.listen ?? []),
    filesystem: {
      read: both(declared.filesystem.read, granted.filesystem.read),
      write: both(declared.filesystem.write, granted.filesystem.write),
    },
    childProcess: both(declared.childProcess, granted.childProcess),
    env: both(declared.env, granted.env),
    nativeAddons: declared.nativeAddons && granted.nativeAddons,
    workers: declared.workers && granted.workers,
    codeGeneration: declared.codeGeneration && granted.codeGeneration,
  });
}

function both(a: readonly string[], b: readonly string[]): string[] {
  return a.filter((one) => b.includes(one));
}

/** Reads the grants of a plugin against this machine: no path in the result is a link. */
export function toSandboxPolicy(prepared: PreparedPlugin, sources: PolicySources): SandboxPolicy {
  const { grants, dir } = prepared;
  const unkept: string[] = [];
  const value = (grant: string, key: string): string | undefined => readGiven(grant, key, { prepared, unkept });
  const locate = (kind: 'read' | 'write') => (grant: string) =>
    locateGrant(grant, { kind, dir, projectDir: sources.projectDir, value, unkept });
  const read = grants.filesystem.read.map(locate('read'));
  const write = grants.filesystem.write.map(locate('write'));
  const { childProcess, workers, nativeAddons, codeGeneration } = grants;
  return {
    read: [folder(dir), ...read.filter((path) => path !== undefined)],
    write: [folder(sources.dataDir), ...write.filter((path) => path !== undefined)],
    network: readNetworkRules(grants.network, (key, grant) => value(`network ${grant}`, key)),
    listen: readListenRules(grants.listen ?? [], {
      given: (key) => givenText(prepared, key) || undefined,
      onUnkept: (grant, why) => unkept.push(`listen ${grant}: ${why}`),
    }),
    env: pickEnvironment(environmentNames(prepared), { env: sources.env, unkept }),
    unkept,
    childProcess,
    workers,
    nativeAddons,
    codeGeneration,
  };
}

/**
 * What the user gave for a key. Nothing else fills a grant: what the package's own schema says if the user gives nothing
 * would be the plugin granting itself a place of its choice.
 */
function readGiven(
  grant: string,
  key: string,
  { prepared, unkept }: { readonly prepared: PreparedPlugin; readonly unkept: string[] },
): string | undefined {
  const text = givenText(prepared, key);
  // An empty path would be the project itself.
  if (text !== undefined && text !== '') return text;
  const why = text === undefined ? `you gave no value for ${key}` : `the value of ${key} is empty`;
  unkept.push(
    `${grant}: ${why}; set the variable ${key}, or run: ar plugin config set ${prepared.name} ${key} <value>`,
  );
  return undefined;
}

function givenText({ given: { values } }: PreparedPlugin, key: string): string | undefined {
  const name = toCamelCase(key);
  const text = Object.hasOwn(values, name) ? asText(values[name]) : undefined;
  return text?.trim() === '' ? '' : text;
}

/**
 * Variables by name: those that were granted, and the keys of the configuration whose value is that of the variable, which
 * the plugin is given in any case. A key that the user gave a value of its own tells nothing of the variable.
 */
function environmentNames({ grants, given }: PreparedPlugin): readonly string[] {
  return [...grants.env, ...given.fromEnv, ...(grants.childProcess.length > 0 ? ['PATH'] : [])];
}

interface GrantContext {
  readonly kind: 'read' | 'write';
  readonly dir: string;
  readonly projectDir: string;
  /** Says in `unkept` why there is none. */
  readonly value: (grant: string, key: string) => string | undefined;
  readonly unkept: string[];
}

function locateGrant(grant: string, context: GrantContext): GrantedPath | undefined {
  const { kind, dir, unkept } = context;
  const name = `filesystem.${kind} ${grant}`;
  const key = /^\$\{(.+)\}$/.exec(grant)?.[1];
  const path = key === undefined ? join(dir, grant) : configuredPath(name, key, context);
  if (path === undefined) return undefined;
  const real = realPathIfAny(path);
  const why = refusal(real, key === undefined, context);
  if (real && why === undefined) return { path: real, isFolder: statSync(real).isDirectory() };
  unkept.push(`${name}: ${why}`);
  return undefined;
}

function configuredPath(grant: string, key: string, { value, projectDir }: GrantContext): string | undefined {
  const configured = value(grant, key);
  return configured === undefined ? undefined : resolve(projectDir, configured);
}

/** At once, as all here: by promises each takes longer than all of it. */
function realPathIfAny(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined; // there is none, or nobody may look at it
  }
}

function refusal(real: string | undefined, isInPackage: boolean, { kind, dir }: GrantContext): string | undefined {
  // A package is the same on every start; what a plugin writes belongs into its data folder.
  if (isInPackage && kind === 'write') return 'a plugin cannot write into its own package';
  if (real === undefined) return 'there is no such file or folder';
  // A star in a path is a pattern to Node.
  if (real.includes('*')) return 'its path has a star in it';
  const leadsOut = isInPackage && !isBelow(real, realpathSync.native(dir));
  return leadsOut ? 'it is a link that leads out of the package' : undefined;
}

function folder(path: string): GrantedPath {
  return { path: realpathSync.native(path), isFolder: true };
}

function isBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(join(parent, '/'));
}

/** Variables that make Node or the loader of programs run something. A worker or a program could be started with them. */
const RULING = /^(NODE_|LD_|DYLD_|OPENSSL_|SSL_|BASH_ENV$|ENV$|npm_config_)/i;

function pickEnvironment(
  names: readonly string[],
  { env, unkept }: { readonly env: PolicySources['env']; readonly unkept: string[] },
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = env[name];
    if (RULING.test(name)) unkept.push(`env ${name}: it rules how programs start`);
    else if (value !== undefined) picked[name] = value;
  }
  return picked;
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
