/** Feeds, in both formats, a batch at a time. None where nobody knows the address of the registry: readers of feeds need it. */
import { buildFeeds } from '@ar-registry/core/feeds';
import type { Snapshot } from '@ar-registry/core/snapshot';
import { renderFeed } from '../../feeds/render-feed.ts';
import type { OutputFolder } from './output-folder.ts';

const BATCH = 256;

/** @param baseUrl where it will be served; registry.yaml’s unless given. @throws FILE_ACCESS, DISK_FULL, ABORTED */
export async function publishFeeds(
  snapshot: Snapshot,
  {
    out,
    baseUrl,
    signal,
  }: { readonly out: OutputFolder; readonly baseUrl: string | undefined; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { name, siteUrl, baseUrl: recorded } = snapshot.registry;
  const place = { registry: name, siteUrl: (siteUrl ?? baseUrl ?? recorded ?? '').replace(/\/+$/, '') };
  if (place.siteUrl === '') return;
  let batch: Promise<void>[] = [];
  const flush = async (): Promise<void> => {
    signal?.throwIfAborted();
    await Promise.all(batch);
    batch = [];
  };
  const encoder = new TextEncoder();
  for (const content of buildFeeds(snapshot)) {
    if (batch.length >= BATCH) await flush();
    const { atom, json } = renderFeed(content, place);
    batch.push(
      out.write(`${content.route}.atom`, encoder.encode(atom)),
      out.write(`${content.route}.json`, encoder.encode(json)),
    );
  }
  await flush();
}
