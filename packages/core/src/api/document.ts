/**
 * Documents of the static API. Compact JSON with a newline at the end; keys in the order in which they are written
 * here; lists sorted by code unit. Equal snapshots give equal bytes.
 */

/**
 * When a document may be published. A client that sees a root finds all that it names, so leaves come first:
 * `leaf` version documents, READMEs and archives · `plugin` · `list` everything that names plugins · `root`.
 */
export type Rank = 'leaf' | 'plugin' | 'list' | 'root';

export const RANKS: readonly Rank[] = ['leaf', 'plugin', 'list', 'root'];

export interface ApiDocument {
  /** Relative to the root of the site. */
  readonly path: string;
  readonly rank: Rank;
  readonly body: string;
}

export function toDocument(path: string, rank: Rank, content: object): ApiDocument {
  return { path, rank, body: `${JSON.stringify(content)}\n` };
}

/** Code-unit order. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
