/**
 * The view for npm's clients on a mirror. Nobody signs it, so it is not carried: it is made again, of the documents that were
 * checked, with the address of the mirror in it. What is signed stays as it is beside it.
 */
import type { Advisory } from '@ar-registry/core/advisory';
import { routes } from '@ar-registry/core/layout';
import { npmPluginOf, toPackument } from '@ar-registry/core/npm-view';
import { integrityOf } from '@ar-registry/io/digest';
import { inParallel } from '@ar-registry/io/install';
import type { PluginDocument, VersionDocument } from '@ar-registry/schemas';
import { validator as isPlugin } from '@ar-registry/schemas/validators/api/plugin';
import { validator as isVersion } from '@ar-registry/schemas/validators/api/version';
import type { MirrorPorts } from './documents.ts';
import { parseJson } from './parse-json.ts';
import type { CarriedPlugin } from './plugin.ts';

export interface NpmViewParts {
  /** Where the mirror is served. */
  readonly baseUrl: string;
  readonly advisories: readonly Advisory[];
}

/** @returns routes of its files: archives are there at once, packuments are staged. @throws DISK_FULL, FILE_ACCESS */
export async function makeNpmView(
  plugins: readonly CarriedPlugin[],
  parts: NpmViewParts,
  ports: MirrorPorts,
): Promise<readonly string[]> {
  const carried = plugins.filter(({ versions }) => versions > 0);
  const files = await inParallel(carried, (plugin) => makePackument(plugin, parts, ports));
  return files.flat();
}

async function makePackument(
  { name, withheld }: CarriedPlugin,
  parts: NpmViewParts,
  ports: MirrorPorts,
): Promise<readonly string[]> {
  ports.signal.throwIfAborted();
  const { folder } = ports;
  const document = parsed(await folder.newest(routes.plugin(name)), isPlugin);
  if (!document) return [];
  const versions = await readVersions(document, withheld, ports);
  const packument = toPackument(npmPluginOf(document, versions), parts);
  if (!packument) return [];
  const archives: string[] = [];
  for (const version of Object.keys(packument.versions)) {
    const archive = routes.npmArchive(name, version);
    await folder.link(archive, routes.download(name, version));
    archives.push(archive);
  }
  await folder.stage(routes.npm(name), new TextEncoder().encode(`${JSON.stringify(packument)}\n`));
  return [...archives, routes.npm(name)];
}

/** Those on the mirror that are what the plugin's document pins. */
async function readVersions(
  { name, versions }: PluginDocument,
  withheld: CarriedPlugin['withheld'],
  { folder }: MirrorPorts,
): Promise<readonly VersionDocument[]> {
  const found: VersionDocument[] = [];
  for (const { version, document } of versions) {
    const bytes = withheld.has(version) ? undefined : await folder.read(routes.version(name, version));
    const read = bytes && integrityOf(bytes) === document ? parsed(bytes, isVersion) : undefined;
    if (read) found.push(read);
  }
  return found;
}

/** Whether a route is of the view. */
export function isOfNpmView(route: string): boolean {
  return route.startsWith(NPM_FOLDER);
}

const NPM_FOLDER = routes.npm('');

type Validate<T> = (value: unknown) => { readonly ok: true; readonly value: T } | { readonly ok: false };

function parsed<T>(bytes: Uint8Array | undefined, validate: Validate<T>): T | undefined {
  const checked = bytes && validate(parseJson(bytes));
  return checked?.ok ? checked.value : undefined;
}
