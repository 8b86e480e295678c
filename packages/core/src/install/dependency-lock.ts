import { isRange, isVersion, satisfies } from '../version/index.ts';

/**
 * What is wrong with the npm lockfile of a plugin's dependencies, in sentences; empty if nothing is.
 *
 * Every package must be pinned by an integrity and come from a registry: what git, file or http specs fetch is pinned
 * by nothing. The lockfile is attacker-controlled.
 *
 * @source npm package-lock.json, lockfileVersion 3
 */
export function dependencyLockProblems(
  lock: unknown,
  dependencies: Readonly<Record<string, string>>,
): readonly string[] {
  if (!isObject(lock) || lock['lockfileVersion'] !== 3 || !isObject(lock['packages']))
    return ['it is not an npm lockfile of version 3'];
  const packages = lock['packages'];
  const root = isObject(packages['']) ? packages[''] : {};
  return [
    ...sameDependencies(root['dependencies'], dependencies),
    ...Object.entries(packages).flatMap(([place, entry]) => (place === '' ? [] : packageProblems(place, entry))),
    ...Object.entries(dependencies).flatMap(([name, range]) => rangeProblems(name, range, packages)),
  ];
}

function sameDependencies(locked: unknown, dependencies: Readonly<Record<string, string>>): readonly string[] {
  const names = new Set([...Object.keys(isObject(locked) ? locked : {}), ...Object.keys(dependencies)]);
  return [...names]
    .filter((name) => (isObject(locked) ? locked[name] : undefined) !== dependencies[name])
    .map((name) => `it was made for other dependencies (${name})`);
}

const PACKAGE = String.raw`node_modules/(?:@[a-z0-9~-][a-z0-9._~-]*/)?[a-zA-Z0-9~-][a-zA-Z0-9._~-]*`;
const PLACE = new RegExp(`^${PACKAGE}(?:/${PACKAGE})*$`);

/** Whole digests alone: npm installs a package whose integrity is a bare `sha512-` as if nothing pinned it. */
const INTEGRITY = /^(?:sha512-[A-Za-z0-9+/]{86}==|sha384-[A-Za-z0-9+/]{64}|sha256-[A-Za-z0-9+/]{43}=)$/;

function packageProblems(place: string, entry: unknown): readonly string[] {
  if (!PLACE.test(place)) return [`${place} is no place for a package`];
  if (!isObject(entry)) return [`${place} has no entry`];
  if (entry['link'] === true) return [`${place} is a link`];
  const { version, integrity, resolved } = entry;
  // Other registries allow build metadata.
  if (typeof version !== 'string' || !isVersion(version.replace(/\+.*$/, ''))) return [`${place} has no version`];
  if (typeof integrity !== 'string' || !INTEGRITY.test(integrity)) return [`${place} has no integrity`];
  return isFromRegistry(resolved) ? [] : [`${place} does not come from a registry`];
}

/**
 * Hosts where npm takes an address for that of a repository, which it clones, whatever the address ends in.
 *
 * @source hosted-git-info, hosts.js
 */
const REPOSITORY_HOSTS = new Set(['github.com', 'gist.github.com', 'gitlab.com', 'bitbucket.org', 'git.sr.ht']);

/** Where npm leaves the address out, it asks the registry that is configured. */
function isFromRegistry(resolved: unknown): boolean {
  if (resolved === undefined) return true;
  if (typeof resolved !== 'string' || !/^https:\/\/[^\s/@]+\/\S+\.tgz$/.test(resolved)) return false;
  if (!URL.canParse(resolved)) return false;
  const { hostname, pathname } = new URL(resolved);
  const host = hostname.replace(/^www\./, '');
  // This one has a registry of npm packages, too.
  return !REPOSITORY_HOSTS.has(host) || (host === 'gitlab.com' && pathname.indexOf('/-/', 1) > 0);
}

function rangeProblems(name: string, range: string, packages: Readonly<Record<string, unknown>>): readonly string[] {
  const entry = packages[`node_modules/${name}`];
  const version = isObject(entry) ? entry['version'] : undefined;
  if (typeof version !== 'string') return [`it lacks ${name}`];
  if (!isRange(range) || satisfies(version, range)) return [];
  return [`it has ${name} ${version}, which does not fit ${range}`];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
