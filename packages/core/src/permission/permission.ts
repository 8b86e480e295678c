/**
 * Permissions: declared in the manifest → granted by the user → enforced by the loader.
 *
 * What is here computes only: filling in, comparing, and putting into words.
 */
import type { GrantedPermissions, Permissions } from '@ar-registry/schemas';

/** `permissions` with every field filled in; what is not declared is not permitted. */
export function grantAll(permissions: Permissions): GrantedPermissions {
  const { network = [], filesystem = {}, childProcess = [], env = [] } = permissions;
  const { nativeAddons = false, workers = false, codeGeneration = false } = permissions;
  const { read = [], write = [] } = filesystem;
  return { network, filesystem: { read, write }, childProcess, nativeAddons, workers, codeGeneration, env };
}

/** The same without what is not permitted, short for files that people read. `grantAll` is its inverse. */
export function compactPermissions(permissions: GrantedPermissions): Permissions {
  const { filesystem, ...rest } = permissions;
  const some = Object.entries(rest).filter(([, value]) => value === true || (Array.isArray(value) && value.length > 0));
  const paths = Object.entries(filesystem).filter(([, list]) => list.length > 0);
  return {
    ...Object.fromEntries(some),
    ...(paths.length === 0 ? {} : { filesystem: Object.fromEntries(paths) }),
  };
}

/** One permission as a person reads it. `grave` ones can undo every other limit, so they are always asked for. */
export interface PermissionLine {
  readonly id: string;
  readonly text: string;
  readonly grave: boolean;
}

/** Every permission in `permissions`, in a fixed order. */
export function describePermissions(permissions: GrantedPermissions): readonly PermissionLine[] {
  return [
    ...permissions.network.map((host) => line(`network:${host}`, `connect to ${host}`)),
    ...permissions.filesystem.read.map((path) => line(`read:${path}`, `read ${path}`)),
    ...permissions.filesystem.write.map((path) => line(`write:${path}`, `write ${path}`)),
    ...permissions.env.map((key) => line(`env:${key}`, `read the environment variable ${key}`)),
    ...(permissions.workers ? [line('workers', 'start worker threads')] : []),
    ...(permissions.codeGeneration ? [line('codeGeneration', 'generate code at run time (eval)')] : []),
    ...permissions.childProcess.map((name) => line(`childProcess:${name}`, `start the program ${name}`, true)),
    ...(permissions.nativeAddons ? [line('nativeAddons', 'load compiled add-ons', true)] : []),
  ];
}

/** What `candidate` permits that `granted` does not. */
export function addedPermissions(
  granted: GrantedPermissions,
  candidate: GrantedPermissions,
): readonly PermissionLine[] {
  const held = new Set(describePermissions(granted).map(({ id }) => id));
  return describePermissions(candidate).filter(({ id }) => !held.has(id));
}

function line(id: string, text: string, grave = false): PermissionLine {
  return { id, text, grave };
}
