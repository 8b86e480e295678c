/**
 * The package.json that is generated into every archive, so that npm clients can install it.
 *
 * What the registry decides on comes from the manifest; from the author's own package.json only what Node.js needs to
 * resolve the plugin's modules. Scripts never get in: nothing of an archive runs at installation.
 */
import type { NormalizedManifest } from '@ar-registry/schemas';

/** The author's package.json, parsed and otherwise unchecked. */
export type AuthorPackageJson = Readonly<Record<string, unknown>>;

const FROM_AUTHOR: Readonly<Record<string, (value: unknown) => boolean>> = {
  type: (value) => value === 'module' || value === 'commonjs',
  exports: (value) => typeof value === 'string' || isObject(value) || Array.isArray(value),
  imports: isObject,
  engines: isObject,
  bin: (value) => typeof value === 'string' || isObject(value),
};

/**
 * The text of the generated package.json: keys sorted by code unit, two spaces, a trailing newline.
 *
 * The order inside `exports` and `imports` has a meaning and is kept. Without a package.json of the author the type is
 * `module`; with one that states none, none is stated, so that Node.js takes the files as it did for the author.
 */
export function packageJsonText(manifest: NormalizedManifest, author?: AuthorPackageJson): string {
  const fields = { ...fromManifest(manifest), ...fromAuthor(author ?? { type: 'module' }) };
  return `${JSON.stringify(sorted(fields), undefined, 2)}\n`;
}

/**
 * Whether `text` is what `packageJsonText` writes for this manifest and some package.json of an author: the fields that
 * come from the author are taken from `text` itself. It comes from an archive and is attacker-controlled.
 */
export function isGeneratedPackageJson(text: string, manifest: NormalizedManifest): boolean {
  try {
    const author: unknown = JSON.parse(text);
    return isObject(author) && packageJsonText(manifest, author) === text;
  } catch (error) {
    // No JSON, or nested so deeply that it cannot be written again.
    if (error instanceof SyntaxError || error instanceof RangeError) return false;
    throw error;
  }
}

function fromManifest(manifest: NormalizedManifest): Record<string, unknown> {
  return {
    name: manifest.name,
    version: manifest.version,
    description: manifest.description,
    main: manifest.main,
    ...(manifest.types === undefined ? {} : { types: manifest.types }),
    license: manifest.license,
    author: sorted(manifest.author),
    repository: sorted(manifest.repository),
    ...(manifest.homepage === undefined ? {} : { homepage: manifest.homepage }),
    ...(manifest.bugs === undefined ? {} : { bugs: { url: manifest.bugs } }),
    ...(manifest.tags.length === 0 ? {} : { keywords: manifest.tags }),
    ...unlessEmpty('dependencies', manifest.dependencies),
    ...unlessEmpty('peerDependencies', manifest.peerDependencies),
  };
}

function fromAuthor(author: AuthorPackageJson): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(FROM_AUTHOR)
      .filter(([key, accepts]) => Object.hasOwn(author, key) && accepts(author[key]))
      .map(([key]) => [key, author[key]]),
  );
}

function unlessEmpty(key: string, map: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.keys(map).length === 0 ? {} : { [key]: sorted(map) };
}

function sorted(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
