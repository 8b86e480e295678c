import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { tokenOf } from '@ar-registry/core/registries';
import { createApiClient } from '@ar-registry/io/api-client';
import { clientOptions, type Context } from '../context.ts';

export interface Met {
  /** What it calls itself; text of a stranger. */
  readonly title?: string;
  /** SHA-256 of its first root, in hexadecimal, or of the one that was given; absent where it signs nothing. */
  readonly fingerprint?: string;
}

interface Place {
  readonly url: string;
  readonly tokenEnv?: string | undefined;
  /** It must have a root with this fingerprint. */
  readonly fingerprint?: string | undefined;
}

/**
 * Asks a registry who it is, as one that nobody here has met: what is kept of it stays as it is.
 *
 * @throws REGISTRY_UNREACHABLE and what else a client throws; TRUST_METADATA_MISSING where it has no such root
 */
export async function meetRegistry({ url, tokenEnv, fingerprint }: Place, context: Context): Promise<Met> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ar-meet-'));
  let found = fingerprint;
  try {
    const client = createApiClient({
      ...clientOptions(context),
      registryUrl: url,
      token: tokenOf({ url, mirrors: [], ...(tokenEnv === undefined ? {} : { tokenEnv }) }, context.env),
      tokenEnv,
      trust: {
        folder,
        writes: true,
        root: fingerprint,
        nowMs: () => context.now().getTime(),
        freshWillDo: false,
        onFirstUse: (_url, first) => (found = first),
      },
    });
    const { title } = await client.config(context.signal);
    return { title, ...(found === undefined ? {} : { fingerprint: found }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
