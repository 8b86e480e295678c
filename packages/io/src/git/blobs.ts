/** Many objects by one `git cat-file`, however many there are. */
import { ArError } from '@ar-registry/core/errors';
import { execa } from 'execa';
import { hardened, runGit, toGitError } from './command.ts';
import { hardenedEnv } from './hardening.ts';

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
export async function readBlobs(
  oids: readonly string[],
  source: BlobSource,
): Promise<ReadonlyMap<string, Uint8Array>> {
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
  throw toGitError({ doing: DOING, stderr, canceled: result.isCanceled, code: result.code });
}

interface BatchReader {
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  push(chunk: Uint8Array): void;
}

/** Takes `<oid> <type> <size>\n<content>\n` apart as it arrives; copies each content once. */
function createBatchReader(): BatchReader {
  const blobs = new Map<string, Uint8Array>();
  let held = new Uint8Array();
  return {
    blobs,
    push: (chunk) => {
      held = held.length === 0 ? new Uint8Array(chunk) : concat(held, chunk);
      let start = 0;
      for (let next = takeBlob(held, start); next; next = takeBlob(held, start)) {
        blobs.set(next.oid, next.bytes);
        start = next.end;
      }
      held = held.subarray(start);
    },
  };
}

function takeBlob(held: Uint8Array, start: number): { oid: string; bytes: Uint8Array; end: number } | undefined {
  const newline = held.indexOf(0x0a, start);
  if (newline === -1) return undefined;
  const { oid, sizeBytes } = parseHeader(new TextDecoder().decode(held.subarray(start, newline)));
  const contentEnd = newline + 1 + sizeBytes;
  if (held.length < contentEnd + 1) return undefined;
  return { oid, bytes: held.slice(newline + 1, contentEnd), end: contentEnd + 1 };
}

function parseHeader(line: string): { oid: string; sizeBytes: number } {
  const [oid = '', type, size] = line.split(' ');
  if (type === 'missing' || size === undefined)
    throw new ArError('GIT_FAILED', { doing: DOING, reason: `the object ${oid} is missing.` });
  return { oid, sizeBytes: Number(size) };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
