/** Many objects by one `git cat-file`, however many there are. */
import { ArError } from '@ar-registry/core/errors';
import { execa } from 'execa';
import { runGit } from './command.ts';
import { toGitError } from './git-error.ts';
import { hardened, hardenedEnv } from './hardening.ts';

export interface BlobSource {
  readonly gitDir: string;
  /** Whether objects that a partial clone lacks may be fetched. */
  readonly network: boolean;
  readonly signal?: AbortSignal | undefined;
}

const DOING = 'reading objects';

/**
 * Sizes in bytes by object id.
 *
 * @throws GIT_FAILED, also for an object that is not there
 */
export async function readBlobSizes(oids: readonly string[], source: BlobSource): Promise<ReadonlyMap<string, number>> {
  if (oids.length === 0) return new Map();
  const { stdout } = await runGit(['--git-dir', source.gitDir, 'cat-file', '--batch-check', '--buffer'], {
    doing: DOING,
    network: source.network,
    input: `${oids.join('\n')}\n`,
    signal: source.signal,
  });
  const lines = new TextDecoder().decode(stdout).split('\n').slice(0, -1);
  return new Map(lines.map((line) => [line.split(' ', 1)[0] ?? '', parseHeader(line).sizeBytes]));
}

/**
 * Contents by object id. The caller has looked at the sizes: everything is held in memory.
 *
 * @throws GIT_FAILED, also for an object that is not there; ABORTED
 */
export async function readBlobs(oids: readonly string[], source: BlobSource): Promise<ReadonlyMap<string, Uint8Array>> {
  if (oids.length === 0) return new Map();
  const child = execa('git', [...hardened(), '--git-dir', source.gitDir, 'cat-file', '--batch', '--buffer'], {
    env: hardenedEnv(source.network),
    encoding: 'buffer',
    buffer: { stdout: false, stderr: true },
    reject: false,
    input: `${[...new Set(oids)].join('\n')}\n`,
    ...(source.signal ? { cancelSignal: source.signal } : {}),
  });
  const reader = createBatchReader();
  for await (const chunk of child.stdout) reader.push(chunk as Uint8Array);
  const result = await child;
  if (result.exitCode === 0) return reader.blobs;
  const stderr = new TextDecoder().decode(result.stderr);
  throw toGitError({ doing: DOING, folder: source.gitDir, stderr, canceled: result.isCanceled, code: result.code });
}

interface BatchReader {
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  push(chunk: Uint8Array): void;
}

/** Takes `<oid> <type> <size>\n<content>\n` apart as it arrives, and joins chunks only when a content is whole. */
function createBatchReader(): BatchReader {
  const blobs = new Map<string, Uint8Array>();
  let chunks: readonly Uint8Array[] = [];
  let heldBytes = 0;
  let neededBytes = 1;
  return {
    blobs,
    push: (chunk) => {
      chunks = [...chunks, chunk];
      heldBytes += chunk.length;
      if (heldBytes < neededBytes) return;
      const held = Buffer.concat(chunks);
      let start = 0;
      let taken = takeBlob(held, start);
      for (; taken.oid !== undefined; taken = takeBlob(held, start)) {
        blobs.set(taken.oid, taken.bytes);
        start = taken.end;
      }
      chunks = [held.subarray(start)];
      heldBytes = held.length - start;
      neededBytes = taken.end - start;
    },
  };
}

/** The object that starts at `start`; without `oid`, `end` says how far the input must reach to know more. */
type Taken =
  | { readonly oid: string; readonly bytes: Uint8Array; readonly end: number }
  | { readonly oid?: undefined; readonly end: number };

function takeBlob(held: Uint8Array, start: number): Taken {
  const newline = held.indexOf(0x0a, start);
  if (newline === -1) return { end: held.length + 1 };
  const { oid, sizeBytes } = parseHeader(new TextDecoder().decode(held.subarray(start, newline)));
  const end = newline + 1 + sizeBytes + 1;
  return held.length < end ? { end } : { oid, bytes: new Uint8Array(held.subarray(newline + 1, end - 1)), end };
}

function parseHeader(line: string): { oid: string; sizeBytes: number } {
  const [oid = '', type, size] = line.split(' ');
  if (type === 'missing' || size === undefined)
    throw new ArError('GIT_FAILED', { doing: DOING, reason: `the object ${oid} is missing.` });
  return { oid, sizeBytes: Number(size) };
}
