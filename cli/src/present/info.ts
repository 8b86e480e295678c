import type { Advisory } from '@ar-registry/core/advisory';
import type { PluginDocument, Rating, VersionDocument } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { advisoryText, actionWord } from '../install/revoked.ts';
import type { LocalInfo } from '../install/local-info.ts';
import { localInfoDocument, localInfoText } from './local-info.ts';
import { permissionLines } from './permissions.ts';
import { sizeText } from './size.ts';
import { fields, table } from './table.ts';
import { type Line, type Page, quiet, strong, toned } from './text.ts';
import { trustWord } from './trust.ts';

type Outcome = RegistryInfo | LocalInfo;

interface RegistryInfo {
  readonly kind: 'registry';
  readonly plugin: PluginDocument;
  readonly version: VersionDocument;
  /** Address of the registry that said so. */
  readonly registry: string;
  /** Against the version that is shown. */
  readonly advisories: readonly Advisory[];
  /** `unasked`: only with --stats. */
  readonly downloads: number | 'unasked' | undefined;
  /** Undefined where nobody has rated it. */
  readonly rating: Rating | 'unasked' | undefined;
  readonly installed: string | undefined;
}

export const presentInfo: Presenter<Outcome> = {
  text: (outcome, width) => (outcome.kind === 'local' ? localInfoText(outcome) : registryText(outcome, width)),
  json: (outcome) => (outcome.kind === 'local' ? localInfoDocument(outcome) : registryDocument(outcome)),
};

function registryText(outcome: RegistryInfo, width: number): Page {
  return [
    ...heading(outcome),
    ...warnings(outcome),
    '',
    ...facts(outcome),
    '',
    strong('Permissions'),
    ...permissionLines(outcome.version.manifest),
    '',
    strong('Versions'),
    ...versions(outcome.plugin, width),
    '',
    invitation(outcome),
  ];
}

function registryDocument(outcome: RegistryInfo): object {
  const { plugin, version, registry, advisories, downloads, rating, installed } = outcome;
  return {
    plugin,
    version,
    registry,
    ...(advisories.length === 0 ? {} : { advisories }),
    ...(typeof downloads === 'number' ? { downloads } : {}),
    ...(typeof rating === 'object' ? { rating } : {}),
    ...(installed === undefined ? {} : { installed }),
  };
}

/** What to do next; a version that was withdrawn is not offered. */
function invitation({ plugin, version, advisories }: RegistryInfo): string {
  if (advisories.some(({ action }) => action !== 'warn')) return 'It cannot be installed: this version is revoked.';
  if (plugin.versions.every(({ yanked }) => yanked !== undefined))
    return 'It cannot be installed: all of its versions were withdrawn.';
  const chosen = version.version === plugin.version ? '' : `@${version.version}`;
  return `Install it: ar plugin install ${plugin.name}${chosen}`;
}

function heading({ plugin, version }: RegistryInfo): Page {
  const { name, type, trust } = plugin;
  return [
    [toned(name, 'name'), '@', version.version, '  ', type, '  ', trustWord(trust)],
    version.manifest.description,
  ];
}

function warnings({ plugin, version, advisories }: RegistryInfo): Page {
  const entry = plugin.versions.find((one) => one.version === version.version);
  return [
    ...advisories.map((one) => warning(`This version is ${actionWord(one)}: ${advisoryText(one)}`)),
    ...(plugin.renamedTo === undefined ? [] : [warning(`Renamed to ${plugin.renamedTo}.`)]),
    ...(entry?.yanked === undefined ? [] : [warning(`This version was withdrawn: ${entry.yanked}`)]),
    ...(entry?.deprecated === undefined ? [] : [warning(`This version is deprecated: ${entry.deprecated}`)]),
  ];
}

function warning(text: string): Line {
  return [toned('warning:', 'warning'), ' ', text];
}

function facts({ plugin, version, registry, advisories, downloads, rating, installed }: RegistryInfo): Page {
  const { manifest, dist, publishedAt, publishedBy, source } = version;
  const rows: (readonly [string, string | undefined])[] = [
    ['Licence', manifest.license],
    ['Author', manifest.author.name],
    ['Owners', plugin.owners.map(({ login }) => login).join(', ')],
    ['Repository', plugin.repository.url],
    ['Homepage', manifest.homepage],
    ['Registry', registry],
    ['Also known as', plugin.aliases.join(', ')],
    ['Downloads', downloadsText(downloads)],
    ['Rating', ratingText(rating)],
    ['Advisories', advisories.map(({ id }) => id).join(', ') || 'none known of this version'],
    ['Fixes', version.fixes.join(', ')],
    ['Category', manifest.category],
    ['Tags', manifest.tags.join(', ')],
    ['Configuration', configText(manifest.config)],
    [
      'Dependencies',
      Object.entries(manifest.dependencies)
        .map(([name, range]) => `${name} ${range}`)
        .join(', '),
    ],
    ['Needs', manifest.minVersion === undefined ? undefined : `agent-relay ${manifest.minVersion} or newer`],
    ['Published', `${publishedAt.slice(0, 10)} by ${publishedBy.login}`],
    ['Updated', plugin.updatedAt.slice(0, 10)],
    ['Source', source === undefined ? undefined : `${source.url} at ${source.commit.slice(0, 12)}`],
    ['Provenance', provenanceText(outcomeEntry(plugin, version))],
    ['Size', `${sizeText(dist.size)} packed, ${sizeText(dist.unpackedSize)} in ${dist.fileCount} files`],
    ['Integrity', dist.integrity],
    ['Installed', installed ?? 'not in this project'],
  ];
  return fields(rows.filter((row): row is readonly [string, string] => row[1] !== undefined && row[1] !== ''));
}

/** What has a place here, and what no document of a registry says yet. */
const NOT_PUBLISHED = 'not published by this registry';

function downloadsText(downloads: RegistryInfo['downloads']): string {
  if (downloads === 'unasked') return 'shown with --stats';
  return downloads === undefined ? NOT_PUBLISHED : `${downloads} in the last 30 days`;
}

function ratingText(rating: RegistryInfo['rating']): string {
  if (rating === 'unasked') return 'shown with --stats';
  if (rating === undefined) return 'nobody has rated it: ar plugin rate';
  return `${rating.mean.toFixed(1)} of 5, by ${rating.count}`;
}

function outcomeEntry(
  plugin: PluginDocument,
  { version }: VersionDocument,
): PluginDocument['versions'][number] | undefined {
  return plugin.versions.find((one) => one.version === version);
}

/** What the registry has checked; a bundle that it has not is nothing. */
function provenanceText(entry: PluginDocument['versions'][number] | undefined): string | undefined {
  const proved = entry?.provenance;
  return proved && `signed by ${proved.workflow}`;
}

function configText({ required, optional }: VersionDocument['manifest']['config']): string {
  return [...required.map((key) => `${key} (required)`), ...optional].join(', ');
}

const SHOWN_VERSIONS = 10;

function versions(plugin: PluginDocument, width: number): Page {
  const tags = Object.entries(plugin.distTags);
  const rows = plugin.versions.slice(0, SHOWN_VERSIONS).map(({ version, publishedAt, deprecated, yanked }) => [
    `  ${version}`,
    quiet(publishedAt.slice(0, 10)),
    tags
      .filter(([, tagged]) => tagged === version)
      .map(([tag]) => tag)
      .join(', '),
    yanked === undefined
      ? deprecated === undefined
        ? ''
        : toned('deprecated', 'warning')
      : toned('withdrawn', 'warning'),
  ]);
  const more = plugin.versions.length - rows.length;
  return [...table(rows, width), ...(more > 0 ? [quiet(`  and ${more} more`)] : [])];
}
