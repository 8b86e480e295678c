import type { Finding } from '../findings/index.ts';
import type { YamlFile } from '../yaml/index.ts';

/** A file of a package, as far as rules look at it. */
export interface PackageFile {
  readonly sizeBytes: number;
  /** Present for the few files that rules read; others may be large. */
  readonly text?: string;
}

/**
 * A package, in an author's folder or an archive, as rules see it. All of it is attacker-controlled.
 *
 * The manifest is as written, also when its schema refused parts of it, so that all is told at once: a rule skips what
 * is not of its form.
 */
export interface PackageView {
  /** A folder is still to be packed; an archive is what will be installed. */
  readonly kind: 'folder' | 'archive';
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly placeOf: YamlFile['placeOf'];
  /** Path relative to the package, POSIX, without `./`. What is packed, and nothing else. */
  readonly files: ReadonlyMap<string, PackageFile>;
  /** The package.json beside the manifest; absent if there is none or it is not JSON. */
  readonly packageJson?: Readonly<Record<string, unknown>>;
  /**
   * The author's sources are looked at and have a build of their own: what it writes need not be there yet. Never so
   * when they are packed.
   */
  readonly toBeBuilt?: boolean;
  /** How a file of the package is called in findings: as the user would open it. */
  readonly nameOf: (path: string) => string;
}

/** Looks at one thing. */
export type PackageRule = (view: PackageView) => readonly Finding[];

/** `./dist/index.js` → `dist/index.js`. */
export function plainPath(path: string): string {
  return path.replace(/^(?:\.\/)+/, '');
}

/** `value` if it is a map, else an empty one. */
export function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
