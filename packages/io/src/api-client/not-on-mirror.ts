/**
 * Why a mirror does not have what the registry lists: it may carry only a part, and says which in a file of its own.
 *
 * That file is nobody's who signs anything. It makes a better message out of a file that is missing, and nothing else.
 */
import { ArError, isArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { hideCredentials, toSingleLine, truncate } from '@ar-registry/core/text';
import type { MirrorDocument, PluginName, Version } from '@ar-registry/schemas';
import { isMissing } from './fall-over.ts';
import type { HttpResponse } from './http.ts';
import { parseJson } from './parse.ts';
import type { Get } from './reach.ts';
import { shown } from './report.ts';

export interface MissingFile {
  /** That it is not there. */
  readonly response: HttpResponse;
  /** Of the file. */
  readonly route: string;
  readonly name: PluginName;
  readonly version: Version;
  readonly signal: AbortSignal;
}

const LIMIT_BYTES = 16 * 1024 * 1024;

/** Asks only where a file is missing. @throws NOT_ON_MIRROR */
export async function assertOnMirror(file: MissingFile, get: Get): Promise<void> {
  if (!isMissing(file.response)) return;
  const problem = await notOnMirror(file, get);
  if (problem) throw problem;
}

/** The same for an archive, whose route says what it is. @throws NOT_ON_MIRROR */
export async function assertArchiveOnMirror(
  { route, ...file }: Pick<MissingFile, 'response' | 'route' | 'signal'>,
  get: Get,
): Promise<void> {
  const [, name, version] = /^api\/v1\/plugins\/(@[^/]+\/[^/]+)\/([^/]+)\/download$/.exec(route) ?? [];
  if (name !== undefined && version !== undefined) await assertOnMirror({ ...file, route, name, version }, get);
}

/** NOT_ON_MIRROR where the server says that it does not carry this version by its policy; undefined where it says nothing. */
async function notOnMirror(file: MissingFile, get: Get): Promise<ArError<'NOT_ON_MIRROR'> | undefined> {
  const { response, route, name, version, signal } = file;
  if (!isMissing(response) || !response.url.endsWith(`/${route}`)) return undefined;
  const place = response.url.slice(0, -route.length - 1);
  const url = `${place}/${routes.mirror}`;
  const statement = await readStatement({ url, place, signal }, get);
  const withheld = statement && Object.hasOwn(statement.withheld, name) ? statement.withheld[name] : undefined;
  const reason = withheld?.[version] ?? withheld?.['*'];
  if (!statement || reason === undefined) return undefined;
  return new ArError('NOT_ON_MIRROR', {
    what: `${name}@${version}`,
    mirror: shown(place),
    reason: toSingleLine(truncate(reason, 300)),
    origin: toSingleLine(truncate(hideCredentials(statement.origin), 300)),
  });
}

async function readStatement(
  { url, place, signal }: { readonly url: string; readonly place: string; readonly signal: AbortSignal },
  get: Get,
): Promise<MirrorDocument | undefined> {
  try {
    const { status, body } = await get({ url, base: place, headers: {}, limitBytes: LIMIT_BYTES, signal });
    if (status !== 200) return undefined;
    const { validator } = await import('@ar-registry/schemas/validators/api/mirror');
    const result = validator(parseJson(body, url));
    return result.ok ? result.value : undefined;
  } catch (error) {
    if (isArError(error)) return undefined;
    throw error;
  }
}
