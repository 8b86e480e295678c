/**
 * The packages that a lock names. The lock is attacker-controlled: what it calls a package and what it fetches may be
 * two things, so both are looked at.
 *
 * @source npm package-lock.json, lockfileVersion 3; `resolved` as npm's registry has it
 */
import { finding, type Finding } from '../findings/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import type { NpmPackage } from '../osv/index.ts';

export interface LockedPackage extends NpmPackage {
  /** Where the lock names it first. */
  readonly line: number;
  readonly column: number;
  /** Its author wants a program to run when it is installed, and those who depend on it could not do without. */
  readonly hasInstallScript: boolean;
  /** It is for some kinds of processors alone, as compiled code is. */
  readonly isCompiled: boolean;
}

export interface LockedPackages {
  /** By name and version, each once. */
  readonly packages: readonly LockedPackage[];
  readonly findings: readonly Finding[];
  /** There are more than are looked at. */
  readonly truncated: boolean;
}

const MAX_PACKAGES = 10_000;

/** @param file how the lock is called in findings */
export function lockedPackages(text: string, file: string): LockedPackages {
  const byId = new Map<string, LockedPackage>();
  const findings: Finding[] = [];
  const placeIn = placesIn(text);
  const entries = Object.entries(packagesOf(text));
  for (const [place, entry] of entries.slice(0, MAX_PACKAGES)) {
    const named = place === '' ? undefined : namedBy(place, entry);
    if (!named) continue;
    const at = placeIn(place);
    const fetched = fetchedBy(entry['resolved']);
    for (const each of fetched ? [named, fetched] : [named]) {
      const id = `${each.name}@${each.version}`;
      if (!byId.has(id)) byId.set(id, { ...each, ...at, ...traitsOf(entry) });
    }
    if (fetched && (fetched.name !== named.name || fetched.version !== named.version))
      findings.push(disguised(named, fetched, { file, ...at }));
  }
  const packages = [...byId.values()].toSorted(inOrder);
  return { packages, findings, truncated: entries.length > MAX_PACKAGES };
}

type Entry = Readonly<Record<string, unknown>>;

function packagesOf(text: string): Readonly<Record<string, Entry>> {
  try {
    const lock: unknown = JSON.parse(text);
    const packages = isObject(lock) ? lock['packages'] : undefined;
    if (!isObject(packages)) return {};
    return Object.fromEntries(Object.entries(packages).filter((pair): pair is [string, Entry] => isObject(pair[1])));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return {}; // the rules on locks say so
    throw error;
  }
}

/** An alias has its real name beside its place. */
function namedBy(place: string, { name, version }: Entry): NpmPackage | undefined {
  const inPlace = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(place)?.[1];
  const called = typeof name === 'string' ? name : inPlace;
  return called === undefined || typeof version !== 'string' ? undefined : { name: called, version };
}

function traitsOf({ hasInstallScript, optional, cpu }: Entry): Pick<LockedPackage, 'hasInstallScript' | 'isCompiled'> {
  return { hasInstallScript: hasInstallScript === true && optional !== true, isCompiled: Array.isArray(cpu) };
}

/** `…/@s/n/-/n-1.0.0.tgz`; undefined for an address of another form, which says nothing. */
function fetchedBy(resolved: unknown): NpmPackage | undefined {
  const path = typeof resolved === 'string' && URL.canParse(resolved) ? decoded(new URL(resolved).pathname) : '';
  const [, name, base, file] = /\/((?:@[^/]+\/)?([^/]+))\/-\/([^/]+)\.tgz$/.exec(path) ?? [];
  if (name === undefined || base === undefined || file === undefined) return undefined;
  const version = file.startsWith(`${base}-`) ? file.slice(base.length + 1) : file;
  return { name, version };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // no registry writes such an address
  }
}

function disguised(named: NpmPackage, fetched: NpmPackage, at: Finding['at']): Finding {
  return finding('DEPENDENCY_DISGUISED', at, {
    dependency: shown(named.name),
    version: shown(named.version),
    fetched: shown(`${fetched.name} ${fetched.version}`),
  });
}

/** Line and column of a key of the lock, found in its text from one to the next. */
function placesIn(text: string): (place: string) => { readonly line: number; readonly column: number } {
  let [from, line, lineStart] = [0, 1, 0];
  return (place) => {
    const index = text.indexOf(JSON.stringify(place), from);
    if (index < 0) return { line: 1, column: 1 };
    for (let next = text.indexOf('\n', from); next >= 0 && next < index; next = text.indexOf('\n', next + 1)) {
      line += 1;
      lineStart = next + 1;
    }
    from = index;
    return { line, column: index - lineStart + 1 };
  };
}

function inOrder(a: NpmPackage, b: NpmPackage): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  if (a.version === b.version) return 0;
  return a.version < b.version ? -1 : 1;
}

/** Text of a lock as findings have it. */
export function shown(text: string): string {
  return truncate(toSingleLine(text), 100) || '“”';
}

function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
