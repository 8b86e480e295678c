/** A registry of static files that clients come back to: 25 plugins, and as many others as a test says there are. */
import { createHash } from 'node:crypto';
import { deltaFiles, digestOf, isInDelta, type DocumentDigest } from '@ar-registry/core/delta';
import { routes } from '@ar-registry/core/layout';
import { createApiClient, type ApiClient, type ApiClientOptions } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import type { PluginDocument } from '@ar-registry/schemas';

export const NAMES = Array.from({ length: 25 }, (_, index) => `@acme/plugin-${index}`);
const FOLDER = 'api/v1/changes/';

export interface DeltaRegistry extends AsyncDisposable {
  readonly served: ServedRegistry;
  /** Publishes other documents of these plugins, without saying so. */
  readonly describe: (text: string, ...names: readonly string[]) => void;
  /** What a build writes below `changes/` for what is there now. @param others besides these, so many in all, of which so many have changed */
  readonly restate: (others?: number, changed?: number) => void;
  /** All files as they are. */
  readonly snapshot: () => ReadonlyMap<string, Uint8Array>;
  readonly restore: (files: ReadonlyMap<string, Uint8Array>, isWanted?: (path: string) => boolean) => void;
}

export async function deltaRegistry(): Promise<DeltaRegistry> {
  const served = await serveRegistry(NAMES.map((name) => ({ manifest: { name, version: '1.0.0' } })));
  const { files } = served;
  return {
    served,
    describe: (text, ...names) => {
      for (const name of names) {
        const document = JSON.parse(Buffer.from(files.get(routes.plugin(name)) ?? '').toString()) as PluginDocument;
        files.set(routes.plugin(name), Buffer.from(`${JSON.stringify({ ...document, description: text })}\n`));
      }
    },
    restate: (others = 0, changed = 0) => {
      for (const path of files.keys()) if (path.startsWith(FOLDER)) files.delete(path);
      const own = [...files].flatMap(([path, bytes]) =>
        isInDelta(path) ? [{ path, digest: digestOf(path, bytes, integrityOf) }] : [],
      );
      const all = [...own, ...digestsOfOthers(others, changed)];
      for (const { path, body } of deltaFiles(all, integrityOf)) files.set(path, Buffer.from(body));
    },
    snapshot: () => new Map(files),
    restore: (before, isWanted = () => true) => {
      for (const path of files.keys()) if (isWanted(path)) files.delete(path);
      for (const [path, bytes] of before) if (isWanted(path)) files.set(path, bytes);
    },
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

/** Of documents that nobody here asks for. Those that changed lie among the others as they come. */
function digestsOfOthers(count: number, changed: number): readonly DocumentDigest[] {
  return Array.from({ length: count }, (_, at) => {
    const path = routes.plugin(`@other/plugin-${at}`);
    return {
      path,
      digest: createHash('md5')
        .update(`${path} ${at < changed}`)
        .digest('base64url')
        .slice(0, 10),
    };
  });
}

export interface Look {
  /** What is said of each plugin now. */
  readonly said: readonly string[];
  /** What was asked for. */
  readonly asked: readonly string[];
  /** Bodies of all answers, as they were sent. */
  readonly bytes: number;
}

const { signal } = new AbortController();

/** One command that asks about all 25 plugins, as `outdated` does. */
export async function look(served: ServedRegistry, options: Partial<ApiClientOptions>): Promise<Look> {
  served.requests.length = 0;
  const client = createApiClient({ registryUrl: served.url, userAgent: 'test/1', timeoutMs: 30_000, ...options });
  const said = await lookWith(client);
  const asked = [...served.requests];
  return { said, asked, bytes: asked.reduce((sum, path) => sum + (served.files.get(path)?.length ?? 0), 0) };
}

export async function lookWith(client: ApiClient, names: readonly string[] = NAMES): Promise<readonly string[]> {
  await client.prepare(names, signal);
  const [, ...plugins] = await Promise.all([
    client.advisories(names[0] ?? '', signal),
    ...names.map((name) => client.plugin(name, signal)),
  ]);
  return plugins.map(({ description }) => description);
}

/** What a server does that answers conditional questions: 304 has no body. @returns bytes of bodies that were sent */
export function withEntityTags(served: ServedRegistry): { sent: number } {
  const counted = { sent: 0 };
  served.intercept = (request, response) => {
    const bytes = served.files.get(decodeURIComponent((request.url ?? '').slice(1)));
    if (!bytes) return false;
    const etag = `"${integrityOf(bytes).slice(7, 27)}"`;
    const isSame = request.headers['if-none-match'] === etag;
    response.writeHead(isSame ? 304 : 200, { etag });
    response.end(isSame ? undefined : bytes);
    if (!isSame) counted.sent += bytes.length;
    return true;
  };
  return counted;
}
