/** Links of plugins that no longer answer: repositories and home pages. What authors wrote is asked for, with care. */
import { isArError } from '@ar-registry/core/errors';
import { hideCredentials } from '@ar-registry/core/text';
import { latestOf } from '@ar-registry/core/api';
import type { SnapshotPlugin } from '@ar-registry/core/snapshot';
import { readIndex, type IndexSource } from '@ar-registry/io/index-store';
import { inParallel } from '@ar-registry/io/install';
import type { LinksOutput } from '@ar-registry/schemas';
import { fetchPublic } from '../../web/fetch-public.ts';
import { assembleReading } from '../validate/index.ts';

export interface LinksInput {
  readonly source: IndexSource;
  /** Whether addresses of this machine may be asked. */
  readonly allowLoopback: boolean;
}

export type LinksOutcome = Pick<LinksOutput, 'checked' | 'dead' | 'unknown'>;

const TIMEOUT_MS = 20_000;

/** @throws INDEX_UNREADABLE, REVISION_UNKNOWN, ABORTED */
export async function checkLinks(
  { source, allowLoopback }: LinksInput,
  { signal }: { readonly signal: AbortSignal },
): Promise<LinksOutcome> {
  const links = linksOf(assembleReading(await readIndex(source, { signal })).plugins);
  const answers = await inParallel([...links], async ([url, plugins]) => {
    signal.throwIfAborted();
    const answer = await ask(url, { allowLoopback, signal });
    return { url: hideCredentials(url), plugins: [...plugins].toSorted(), answer };
  });
  return {
    checked: answers.length,
    dead: answers.flatMap(({ url, plugins, answer }) =>
      answer.kind === 'dead' ? [{ url, plugins, status: answer.status }] : [],
    ),
    unknown: answers.flatMap(({ url, plugins, answer }) =>
      answer.kind === 'unknown' ? [{ url, plugins, reason: answer.reason }] : [],
    ),
  };
}

/** Address → the plugins that name it. Addresses that no browser opens are left out. */
function linksOf(plugins: readonly SnapshotPlugin[]): ReadonlyMap<string, ReadonlySet<string>> {
  const links = new Map<string, Set<string>>();
  for (const plugin of plugins) {
    const { homepage, repository } = latestOf(plugin).manifest;
    for (const url of [homepage, repository.url, plugin.record.repository.url]) {
      if (url === undefined || !/^https?:/.test(url)) continue;
      links.set(url, (links.get(url) ?? new Set()).add(plugin.name));
    }
  }
  return new Map([...links].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

type Answer =
  | { readonly kind: 'alive' }
  | { readonly kind: 'dead'; readonly status: number }
  /** A server with a bad day, or an address that is not asked: not dead. */
  | { readonly kind: 'unknown'; readonly reason: string };

async function ask(
  url: string,
  how: { readonly allowLoopback: boolean; readonly signal: AbortSignal },
): Promise<Answer> {
  try {
    // Servers that do not know HEAD say anything at all to it: only a good answer to it counts.
    const head = await fetchPublic(url, { method: 'HEAD', limitBytes: 0, timeoutMs: TIMEOUT_MS, ...how });
    if (isGood(head.status)) return { kind: 'alive' };
    const { status } = await fetchPublic(url, { method: 'GET', limitBytes: PAGE_BYTES, timeoutMs: TIMEOUT_MS, ...how });
    if (isGood(status)) return { kind: 'alive' };
    if (status === 404 || status === 410) return { kind: 'dead', status };
    return { kind: 'unknown', reason: `It answered with HTTP status ${status}.` };
  } catch (error) {
    how.signal.throwIfAborted();
    if (!isArError(error)) throw error;
    return { kind: 'unknown', reason: error.message };
  }
}

const PAGE_BYTES = 4 * 1024 * 1024;

function isGood(status: number): boolean {
  return status >= 200 && status < 400;
}
