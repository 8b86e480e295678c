import { routes } from './routes.ts';

/** Where the metadata is, below the root that is served. */
export const TRUST_ROUTE = routes.trust;
/** What the paths of signed documents are relative to. */
export const TARGETS_ROUTE = 'api/v1';

/**
 * Whether the signed index names the file at this path below `/api/v1/`.
 *
 * It names everything that changes and that somebody decides by. What lies in a plugin's own folder is pinned by the
 * plugin's document (versions, archives, README), or is derived and decides nothing (reports, the rendered README);
 * nor do counters, which change every day, nor the review queue, which changes with every submission. Of the log it names the checkpoint, which pins all other files of it, and of the
 * search index the one file that names all others by their content. Digests of documents below `changes/` would say less of
 * them than it does itself.
 */
export function isSignedPath(path: string): boolean {
  if (path === 'queue.json') return false;
  return (
    !/^(?:trust|stats|changes|search\/files|log(?!\/checkpoint$))\//.test(path) &&
    !/^plugins\/@[^/]+\/[^/]+\//.test(path)
  );
}
