/**
 * From a row to a plugin: its records, and an archive for each of its versions that installs and passes the checks.
 *
 * Nothing here depends on other rows, so that the first thousand plugins are the same in a registry of any size.
 */
import { packageJsonText } from '@ar-registry/core/archive';
import { normalizeManifest } from '@ar-registry/core/manifest';
import { splitName } from '@ar-registry/core/name';
import { gzipDeterministic, tarBytes } from '@ar-registry/io/archive';
import { integrityOf } from '@ar-registry/io/digest';
import type { DistFile, Integrity, PluginManifest, TrustLevel, Version } from '@ar-registry/schemas';
import { createRandom, type Random } from './random.ts';
import type { CorpusRow } from './rows.ts';
import { isPrereleaseOf, versionsOf } from './versions.ts';
import { toYaml } from './yaml.ts';

export interface CorpusPlugin {
  /** `plugin.yaml`, `status.yaml` and `versions/<v>.yaml`: path below the plugin's folder → text. */
  readonly records: ReadonlyMap<string, string>;
  readonly archives: ReadonlyMap<Integrity, Uint8Array>;
}

/** Everybody owns his scope alone. @returns login and number of the owner */
export function ownerOf(scope: string): { readonly login: string; readonly id: number } {
  return { login: scope.slice(0, 39).replace(/-+$/, ''), id: 1 + createRandom(scope).below(2 ** 31) };
}

/** One scope in 500 is official, one in 12 verified. */
export function levelOf(scope: string, seed: string): TrustLevel {
  const chance = createRandom(`${seed} level ${scope}`).next();
  if (chance < 0.002) return 'official';
  return chance < 0.083 ? 'verified' : 'community';
}

/** @param seed decides how many versions there are, when they came out and what became of them */
export async function toPlugin(row: CorpusRow, seed: string): Promise<CorpusPlugin> {
  const random = createRandom(`${seed} ${row.name}`);
  const versions = versionsOf(row.version, howMany(random));
  const days = publicationDays(versions.length, random);
  const { scope } = splitName(row.name);
  const owner = ownerOf(scope);
  const records = new Map<string, string>();
  const archives = new Map<Integrity, Uint8Array>();
  const status = toYaml({ schemaVersion: 1, distTags: tagsOf(versions), ...fatesOf(versions, random) });
  records.set('plugin.yaml', toYaml(pluginRecord(row, { owner, trust: levelOf(scope, seed) })));
  records.set('status.yaml', status);
  for (const [index, version] of versions.entries()) {
    const { manifest, dist, bytes } = await release(row, version);
    const publishedAt = new Date((days[index] ?? 0) * 86_400_000 + random.below(86_400) * 1000);
    archives.set(dist.integrity, bytes);
    records.set(
      `versions/${version}.yaml`,
      toYaml({ schemaVersion: 1, manifest, dist, publishedAt: instant(publishedAt), publishedBy: owner }),
    );
  }
  return { records, archives };
}

function pluginRecord(
  { name }: CorpusRow,
  { owner, trust }: { readonly owner: object; readonly trust: TrustLevel },
): object {
  return { schemaVersion: 1, name, owners: [owner], trust, repository: { url: repositoryOf(name) } };
}

function repositoryOf(name: string): string {
  return `https://example.com/${name.slice(1)}.git`;
}

/** One to five, three in the middle. */
function howMany(random: Random): number {
  const chance = random.next();
  return [0.1, 0.33, 0.67, 0.9].filter((bound) => chance >= bound).length + 1;
}

const LAST_DAY = Date.UTC(2026, 9, 31) / 86_400_000;

/** Days since 1970, the oldest version first. */
function publicationDays(count: number, random: Random): readonly number[] {
  const days = [LAST_DAY - random.below(1200)];
  while (days.length < count) days.push((days.at(-1) ?? LAST_DAY) - 3 - random.below(180));
  return days.toReversed();
}

function instant(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

function tagsOf(versions: readonly Version[]): Readonly<Record<string, Version>> {
  const newest = versions.at(-1) ?? '';
  const latest = versions.findLast((version) => !isPrereleaseOf(version)) ?? newest;
  return { latest, ...(newest === latest ? {} : { next: newest }) };
}

/** In a hundred plugins, one old version was withdrawn, and one latest is advised against. */
function fatesOf(versions: readonly Version[], random: Random): object {
  const first = versions[0] ?? '';
  const last = versions.at(-1) ?? '';
  const yanked = random.below(100) === 0 && versions.length > 1 ? { yanked: { [first]: 'It loses messages.' } } : {};
  const deprecated = random.below(100) === 0 ? { deprecated: { [last]: 'It is no longer maintained.' } } : {};
  return { ...deprecated, ...yanked };
}

async function release(row: CorpusRow, version: Version) {
  const authored = manifestOf(row, version);
  const manifest = normalizeManifest(authored);
  const files = new Map([
    ['LICENSE', LICENSE],
    ['README.md', Buffer.from(readmeOf(row))],
    ['ar-plugin.yaml', Buffer.from(toYaml(authored))],
    ['dist/index.js', MAIN],
    ['package.json', Buffer.from(packageJsonText(manifest))],
  ]);
  const bytes = await gzipDeterministic(
    tarBytes([...files].map(([path, content]) => ({ path, bytes: content, executable: false }))),
  );
  const integrity = integrityOf(bytes);
  return { manifest, bytes, dist: { tarball: `store:${integrity}`, integrity, size: bytes.length, ...factsOf(files) } };
}

function factsOf(files: ReadonlyMap<string, Buffer>) {
  const described = [...files].map(([path, content]): DistFile => ({
    path,
    size: content.length,
    integrity: shared(content),
  }));
  return {
    unpackedSize: described.reduce((sum, { size }) => sum + size, 0),
    fileCount: described.length,
    files: described,
  };
}

/** All plugins share two files, whose hashes need no second look. */
function shared(content: Buffer): Integrity {
  if (content === LICENSE) return LICENSE_INTEGRITY;
  return content === MAIN ? MAIN_INTEGRITY : integrityOf(content);
}

const TYPE_FIELDS: Readonly<Record<CorpusRow['type'], object>> = {
  bridge: { provides: [] },
  storage: { implements: ['StorageAdapter'], features: { messages: true } },
  memory: { implements: ['MemoryAdapter'], features: { semantic_search: true } },
  policy: { implements: ['PolicyEngine'], features: { roles: true } },
  hook: { hooks: { onMessage: true } },
  widget: { displays: [] },
};

function manifestOf({ name, type, category, tags, description }: CorpusRow, version: Version): PluginManifest {
  const common = {
    name,
    version,
    type,
    description,
    author: { name: splitName(name).scope },
    repository: { type: 'git', url: repositoryOf(name) },
    license: 'MIT',
    main: './dist/index.js',
    category,
    ...(tags.length === 0 ? {} : { tags }),
    permissions: {},
  };
  return { ...common, ...TYPE_FIELDS[type] } as unknown as PluginManifest;
}

function readmeOf({ name, description, type }: CorpusRow): string {
  return `# ${name}\n\n${description}\n\nA ${type} for agent-relay.\n\n    ar plugin install ${name}\n`;
}

const LICENSE = Buffer.from('MIT License\n\nPermission is hereby granted, free of charge, to any person.\n');
const MAIN = Buffer.from('export default { start() {}, stop() {} };\n');
const LICENSE_INTEGRITY = integrityOf(LICENSE);
const MAIN_INTEGRITY = integrityOf(MAIN);
