/**
 * What an author's package-lock.json may make npm fetch: packages of the npm registry, and nothing of the network that
 * this machine is in. Attacker-controlled; npm itself goes wherever it says.
 */

/** What is wrong with a lock, in a sentence, or undefined. @param registryHosts that packages may come from */
export function lockProblem(text: string, registryHosts: readonly string[]): string | undefined {
  const packages = packagesOf(text);
  if (!packages) return 'package-lock.json is none of npm 7 or later.';
  for (const [path, entry] of Object.entries(packages)) {
    const resolved = typeof entry === 'object' && entry !== null && 'resolved' in entry ? entry.resolved : undefined;
    if (resolved !== undefined && !isAllowed(resolved, registryHosts))
      return `${path === '' ? 'package-lock.json' : path} comes from elsewhere than the npm registry.`;
  }
  return undefined;
}

function packagesOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const lock: unknown = JSON.parse(text);
    const packages = typeof lock === 'object' && lock !== null && 'packages' in lock ? lock.packages : undefined;
    return typeof packages === 'object' && packages !== null
      ? (packages as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A folder or archive of the project itself has no scheme, or `file:`. */
function isAllowed(resolved: unknown, registryHosts: readonly string[]): boolean {
  if (typeof resolved !== 'string') return false;
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(resolved) ?? [];
  if (scheme === undefined) return !resolved.startsWith('//');
  if (scheme.toLowerCase() === 'file') return true;
  if (!URL.canParse(resolved)) return false;
  const { protocol, host } = new URL(resolved);
  return (protocol === 'https:' || protocol === 'http:') && registryHosts.includes(host);
}
