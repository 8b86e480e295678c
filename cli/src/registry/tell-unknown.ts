import { isArError } from '@ar-registry/core/errors';
import { nearest, toSingleLine } from '@ar-registry/core/text';
import type { ApiClient } from '@ar-registry/io/api-client';
import type { Context } from '../context.ts';

export interface Filters {
  readonly category?: string | undefined;
  readonly tag?: string | undefined;
}

/** How many names a person reads, where none is near to what was written. */
const MOST_LISTED = 20;

/** Where nothing was found: says which category or tag the registry does not have, and which may have been meant. */
export async function tellUnknown(
  { category, tag }: Filters,
  client: Pick<ApiClient, 'categories' | 'tags'>,
  { output, signal }: Pick<Context, 'output' | 'signal'>,
): Promise<void> {
  const tell = async (what: string, written: string | undefined, read: () => Promise<readonly string[]>) => {
    if (written === undefined) return;
    const known = await orNothing(read, signal);
    if (known.length > 0 && !known.includes(written)) output.warn(textOf({ what, written, known }));
  };
  await tell('category', category, async () => (await client.categories(signal)).categories.map(({ id }) => id));
  await tell('tag', tag, async () => (await client.tags(signal)).tags.map(({ id }) => id));
}

/** What would have helped and cannot be had is no error. */
async function orNothing(read: () => Promise<readonly string[]>, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await read();
  } catch (error) {
    signal.throwIfAborted();
    if (isArError(error)) return [];
    throw error;
  }
}

interface Unknown {
  readonly what: string;
  readonly written: string;
  readonly known: readonly string[];
}

function textOf({ what, written, known }: Unknown): string {
  const [near] = nearest(written, known);
  const text = `The registry has no ${what} ${toSingleLine(written)}.`;
  if (near !== undefined) return `${text} Did you mean ${near}?`;
  return known.length <= MOST_LISTED ? `${text} It has ${known.join(', ')}.` : text;
}
