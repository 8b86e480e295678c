/**
 * What an author's package.json and lock may make npm fetch: packages of the registry that npm is set up for, and nothing
 * of the network that this machine is in. Attacker-controlled; npm itself goes wherever they say.
 *
 * Where a package comes from is taken out of the lock, so that npm asks its own registry: what arrives is pinned by hash
 * all the same, and no list of trusted hosts is needed.
 */

export type SafeLock =
  | { readonly kind: 'safe'; readonly text: string }
  /** In a sentence. */
  | { readonly kind: 'refused'; readonly problem: string };

type Entry = Readonly<Record<string, unknown>>;

/** The lock without addresses of registries. Refused are dependencies that come from anywhere else. */
export function withoutAddresses(text: string): SafeLock {
  const lock = parseObject(text);
  const packages = lock && asObject(lock['packages']);
  if (!packages) return refused('package-lock.json is none of npm 7 or later.');
  for (const [path, entry] of Object.entries(packages)) {
    const problem = dependencyProblem(entry) ?? addressProblem(path, asObject(entry)?.['resolved']);
    if (problem !== undefined) return refused(`${path === '' ? 'package-lock.json' : path} ${problem}`);
  }
  const kept = Object.entries(packages).map(([path, entry]) => [path, withoutAddress(entry)] as const);
  // What npm 6 reads besides names addresses as well.
  const { dependencies: _old, ...rest } = lock;
  return { kind: 'safe', text: JSON.stringify({ ...rest, packages: Object.fromEntries(kept) }) };
}

/** What is wrong with the dependencies of a package.json, or of an entry of a lock; undefined if nothing is. */
export function dependencyProblem(manifest: unknown): string | undefined {
  const fields = asObject(manifest);
  for (const field of ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'])
    for (const [name, range] of rangesIn(fields?.[field]))
      if (!isOfRegistry(range)) return `wants ${name} from elsewhere than a registry.`;
  return undefined;
}

/** Overrides are nested. */
function rangesIn(value: unknown): readonly (readonly [string, unknown])[] {
  return Object.entries(asObject(value) ?? {}).flatMap(([name, range]) =>
    asObject(range) ? rangesIn(range) : [[name, range] as const],
  );
}

/** A range or a tag holds neither; an alias and a folder of the project say what they are. */
function isOfRegistry(range: unknown): boolean {
  return typeof range === 'string' && (/^(?:npm|file|workspace):(?!\/\/)/.test(range) || !/[:/]/.test(range));
}

/** `<registry>/<name>/-/<file>.tgz`, a folder or archive of the project itself, or nothing. */
function addressProblem(path: string, resolved: unknown): string | undefined {
  if (resolved === undefined || isLocal(resolved) || isOfAnyRegistry(resolved)) return undefined;
  return path === '' ? 'has an address.' : 'comes from elsewhere than a registry.';
}

function isLocal(resolved: unknown): boolean {
  return typeof resolved === 'string' && /^(?:file:)?(?!\/\/)(?![a-z][a-z0-9+.-]*:)/i.test(resolved);
}

function isOfAnyRegistry(resolved: unknown): boolean {
  return typeof resolved === 'string' && /^https?:\/\/[^\s?#]+\/-\/[^\s/?#]+\.tgz$/.test(resolved);
}

function withoutAddress(entry: unknown): unknown {
  const fields = asObject(entry);
  if (!fields || !isOfAnyRegistry(fields['resolved'])) return entry;
  const { resolved: _address, ...rest } = fields;
  return rest;
}

function refused(problem: string): SafeLock {
  return { kind: 'refused', problem };
}

function parseObject(text: string): Entry | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function asObject(value: unknown): Entry | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entry) : undefined;
}
