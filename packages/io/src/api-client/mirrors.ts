/** Which other places have the files of a registry: those that the user names, and those that the registry did. */
import { routes } from '@ar-registry/core/layout';
import type { ResponseCache } from './cache.ts';
import { parseBase } from './reach.ts';

/** More are not asked: each may cost a timeout. */
const MOST_LISTED = 10;

export interface MirrorSources {
  readonly base: string;
  /** Base URLs, as `parseBase` gives them. */
  readonly configured: readonly string[];
  readonly cache: ResponseCache;
}

/** The user's first, then those in the registry's configuration as it is kept. */
export async function mirrorsOf({ base, configured, cache }: MirrorSources): Promise<readonly string[]> {
  const config = await cache.get(`${base}/${routes.config}`);
  const all = new Set([...configured, ...(config ? listedIn(config.body, base) : [])]);
  all.delete(base);
  return [...all];
}

/** @param body attacker-controlled: what a server once sent for its configuration */
function listedIn(body: Buffer, base: string): readonly string[] {
  const listed = parse(body);
  if (!Array.isArray(listed)) return [];
  return listed
    .slice(0, MOST_LISTED)
    .filter((entry) => isMirrorOf(base, entry))
    .map(parseBase);
}

function parse(body: Buffer): unknown {
  try {
    return (JSON.parse(body.toString('utf8')) as { mirrors?: unknown } | null)?.mirrors;
  } catch {
    return undefined; // kept as it came, and never checked
  }
}

/** A registry cannot send anybody from an encrypted address to an open one, to a folder, or in somebody's name. */
function isMirrorOf(base: string, entry: unknown): entry is string {
  const url = typeof entry === 'string' && URL.canParse(entry) ? new URL(entry) : undefined;
  if (!url || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && base.startsWith('http:'));
}
