/**
 * Permissions: declared in the manifest → granted by the user → enforced by the loader.
 *
 * What is here computes only: filling in, comparing, and putting into words.
 */
import type { GrantedPermissions, NormalizedManifest, Permissions } from '@ar-registry/schemas';

/** `permissions` with every field filled in; what is not declared is not permitted. */
export function grantAll(permissions: Permissions): GrantedPermissions {
  const { network = [], filesystem: { read = [], write = [] } = {}, childProcess = [], env = [] } = permissions;
  return {
    network,
    ...placesToListen(permissions),
    filesystem: { read, write },
    childProcess,
    ...switches(permissions),
    env,
  };
}

/** Records of versions from before this permission have no such key, and never change. */
function placesToListen({ listen = [] }: Permissions): Pick<GrantedPermissions, 'listen'> {
  return listen.length > 0 ? { listen } : {};
}

function switches({
  nativeAddons = false,
  workers = false,
  codeGeneration = false,
}: Permissions): Pick<GrantedPermissions, 'nativeAddons' | 'workers' | 'codeGeneration'> {
  return { nativeAddons, workers, codeGeneration };
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

/**
 * One permission as a person reads it. `grave` ones can undo every other limit, or let other machines in, so they are
 * always asked for.
 */
export interface PermissionLine {
  readonly id: string;
  readonly text: string;
  readonly grave: boolean;
}

/** Every permission in `permissions`, in a fixed order. */
export function describePermissions(permissions: GrantedPermissions): readonly PermissionLine[] {
  const listens = (permissions.listen ?? []).map(listenLine);
  return [
    ...permissions.network.map((host) => line(`network:${host}`, `connect to ${host}`)),
    ...listens.filter(({ grave }) => !grave),
    ...permissions.filesystem.read.map((path) => line(`read:${path}`, `read ${path}`)),
    ...permissions.filesystem.write.map((path) => line(`write:${path}`, `write ${path}`)),
    ...permissions.env.map((key) => line(`env:${key}`, `read the environment variable ${key}`)),
    ...(permissions.workers ? [line('workers', 'start worker threads')] : []),
    ...(permissions.codeGeneration ? [line('codeGeneration', 'generate code at run time (eval)')] : []),
    ...listens.filter(({ grave }) => grave),
    ...permissions.childProcess.map((name) => line(`childProcess:${name}`, `start the program ${name}`, true)),
    ...(permissions.nativeAddons ? [line('nativeAddons', 'load compiled add-ons', true)] : []),
  ];
}

/** What `candidate` permits that `granted` does not. */
export function addedPermissions(
  granted: GrantedPermissions,
  candidate: GrantedPermissions,
): readonly PermissionLine[] {
  return addedPowers({ permissions: granted }, { permissions: candidate });
}

/** What of a manifest says what a plugin may do and see. */
export type PowersOf = Pick<NormalizedManifest, 'permissions'> & {
  readonly observes?: readonly 'messages'[] | undefined;
};

/** The same with what a widget is told besides being asked for its displays: nobody can refuse that to it alone. */
export function describePowers({ permissions, observes = [] }: PowersOf): readonly PermissionLine[] {
  return [...describePermissions(permissions), ...observes.map((what) => line(`observes:${what}`, OBSERVED[what]))];
}

/** What `candidate` may do and see that `held` may not. */
export function addedPowers(held: PowersOf, candidate: PowersOf): readonly PermissionLine[] {
  const known = new Set(describePowers(held).map(({ id }) => id));
  return describePowers(candidate).filter(({ id }) => !known.has(id));
}

const OBSERVED: Readonly<Record<'messages', string>> = {
  messages: 'be told of every message: who wrote to whom, when, how much, and what became of it, never what it says',
};

/** `0.0.0.0:8080`: whoever reaches this machine reaches the plugin. What the user sets is the user's word. */
function listenLine(address: string): PermissionLine {
  const id = `listen:${address}`;
  if (/^(?:localhost|127\.[\d.]+|\[::1\]):/.test(address))
    return line(id, `listen on ${address}, for this machine alone`);
  if (address.startsWith('${'))
    return line(id, `listen on ${address}, for this machine alone unless you set another address`);
  return line(id, `listen on ${address}, which other machines can reach`, true);
}

function line(id: string, text: string, grave = false): PermissionLine {
  return { id, text, grave };
}
