/** How the runtime refuses, in the words of the manifest: its own name switches of a command line that nobody typed. */

/** What was refused, and the permission that would allow it. From a plugin's process: any text. */
export interface Refusal {
  readonly permission: string;
  readonly resource: string;
}

const PERMISSIONS: ReadonlyMap<string, string> = new Map([
  ['FileSystemRead', 'filesystem.read'],
  ['FileSystemWrite', 'filesystem.write'],
  ['ChildProcess', 'childProcess'],
  ['WorkerThreads', 'workers'],
  ['Addon', 'nativeAddons'],
  ['Net', 'network'],
]);

/** V8 throws an error without a code. */
const NO_CODE_FROM_TEXT = /^Code generation from strings disallowed/;

/** @param permission as Node.js calls it, or the manifest */
export function permissionName(permission: string): string {
  return PERMISSIONS.get(permission) ?? permission;
}

/** What an error says that was refused; undefined if it is about something else. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, permission, resource } = error as Error & Partial<Record<string, unknown>>;
  if (NO_CODE_FROM_TEXT.test(error.message)) return { permission: 'codeGeneration', resource: 'code from text' };
  if (code !== 'ERR_ACCESS_DENIED' || typeof permission !== 'string') return undefined;
  return { permission, resource: typeof resource === 'string' ? resource : '' };
}

/** What to say of it in place of the runtime's message; undefined for other errors, the guest's own among them. */
export function describeRefusal(error: Error): string | undefined {
  const { permission, resource } = refusalOf(error) ?? { permission: '', resource: '' };
  const isRuntimes = PERMISSIONS.has(permission) || NO_CODE_FROM_TEXT.test(error.message);
  if (!isRuntimes) return undefined;
  return `${resource || 'this'} is not allowed: it needs the permission ${permissionName(permission)}`;
}
