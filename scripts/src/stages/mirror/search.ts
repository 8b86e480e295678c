/** The files of a search index in shards: named by their content, from the one document that is signed. */
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { fileNameOf } from '@ar-registry/core/search';
import { unpackSearchFile } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import { inParallel } from '@ar-registry/io/install';
import type { MirrorPorts } from './documents.ts';
import { parseJson } from './parse-json.ts';

const LIMIT_BYTES = 16 * 1024 * 1024;
/** Characters of a name: letters of base64url. */
const NAMES = /[A-Za-z0-9_-]{20}/g;

/** @returns their routes; none for an index in one file @throws INTEGRITY_MISMATCH, REGISTRY_RESPONSE_INVALID, REGISTRY_STATUS */
export async function fetchSearchFiles(ports: MirrorPorts): Promise<readonly string[]> {
  const bytes = await ports.folder.newest(routes.search);
  const index = bytes && (parseJson(bytes) as { readonly root?: unknown } | undefined);
  if (typeof index?.root !== 'string') return [];
  const json = unpackSearchFile(Buffer.from(index.root, 'base64'));
  const root = json && (parseJson(json) as SearchRootNames | undefined);
  const leaves = namesIn([root?.shards]);
  const above = namesIn([root?.documents?.directories, root?.long]);
  const below = (await inParallel(above, (name) => fetchFile(name, ports))).flatMap(namesBelow);
  // Lists of numbers name the columns that they are ordered by.
  const last = (await inParallel([...leaves, ...below], (name) => fetchFile(name, ports))).flatMap(namesBelow);
  await inParallel([...new Set(last)], (name) => fetchFile(name, ports));
  return [...new Set([...leaves, ...above, ...below, ...last])].map(routes.searchFile);
}

/** What a directory, a list of long lists, or a list of numbers names. */
function namesBelow(document: SearchFileNames): readonly string[] {
  const { documents, numbers = {}, columns } = document;
  return namesIn([documents, columns, ...Object.values(numbers)]);
}

interface SearchFileNames {
  readonly documents?: unknown;
  readonly numbers?: Readonly<Record<string, unknown>>;
  readonly columns?: unknown;
}

interface SearchRootNames {
  readonly shards?: string;
  readonly long?: string;
  readonly documents?: { readonly directories?: string };
}

function namesIn(texts: readonly unknown[]): readonly string[] {
  return texts.flatMap((text) => (typeof text === 'string' ? (text.match(NAMES) ?? []) : []));
}

/** Written as it came: it is compressed for good. @returns what is in it */
async function fetchFile(name: string, { origin, folder, signal }: MirrorPorts): Promise<SearchFileNames> {
  signal.throwIfAborted();
  const route = routes.searchFile(name);
  const own = await folder.read(route);
  const known = own && contentOf(own, name);
  if (known) return known;
  const url = `${origin.url}/${route}`;
  const bytes = await origin.get(route, LIMIT_BYTES);
  if (!bytes) throw new ArError('REGISTRY_STATUS', { url, status: 404 });
  const content = contentOf(bytes, name);
  if (!content) throw new ArError('REGISTRY_RESPONSE_INVALID', { url, problem: 'it is not what its name says' });
  await folder.write(route, bytes);
  return content;
}

function contentOf(bytes: Uint8Array, name: string): SearchFileNames | undefined {
  const json = unpackSearchFile(bytes);
  if (!json || fileNameOf(json.toString('utf8'), integrityOf) !== name) return undefined;
  const value = parseJson(json);
  return typeof value === 'object' && value !== null ? value : undefined;
}
