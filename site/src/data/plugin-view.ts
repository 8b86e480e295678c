/** All that the page of a plugin shows, put together from its documents. */
import { advisoriesAgainst, type Advisory } from '@ar-registry/core/advisory';
import { describePowers, type PermissionLine } from '@ar-registry/core/permission';
import type {
  PluginDocument,
  PluginName,
  Report,
  ReviewsDocument,
  StatsPluginDocument,
  VersionDocument,
} from '@ar-registry/schemas';
import { configRows, type ConfigRow } from '../lib/config-table.ts';
import type { Api } from './api.ts';
import type { Dependent } from './page-data.ts';
import { differenceOf, type VersionDifference } from './version-difference.ts';

/** Something that the plugin needs. */
export interface Input {
  readonly name: string;
  readonly range: string;
  readonly peer: boolean;
  /** Whether it is a plugin of this registry; else a package from npm. */
  readonly isPlugin: boolean;
}

export interface PluginView {
  readonly plugin: PluginDocument;
  readonly latest: VersionDocument;
  /** To the release before. */
  readonly difference?: VersionDifference | undefined;
  readonly readme?: string | undefined;
  readonly configuration: readonly ConfigRow[];
  readonly permissions: readonly PermissionLine[];
  readonly report?: Report | undefined;
  /** Those against the latest version, the gravest first. */
  readonly alerts: readonly Advisory[];
  /** Those against others alone. */
  readonly past: readonly Advisory[];
  readonly inputs: readonly Input[];
  readonly dependents: readonly Dependent[];
  readonly stats?: StatsPluginDocument | undefined;
  readonly reviews?: ReviewsDocument | undefined;
}

export function viewPlugin(api: Api, name: PluginName, dependents: readonly Dependent[]): PluginView {
  const plugin = api.plugin(name);
  const latest = api.version(name, plugin.version);
  const before = plugin.versions[plugin.versions.findIndex(({ version }) => version === plugin.version) + 1];
  const all = api.advisoriesOf(name);
  const alerts = advisoriesAgainst(all, name, plugin.version);
  const schema = api.configSchema(name);
  return {
    plugin,
    latest,
    difference: before && differenceOf(api.version(name, before.version), latest),
    readme: api.readmeHtml(name),
    configuration: schema === undefined ? [] : configRows(schema),
    permissions: describePowers(latest.manifest),
    report: api.report(name, plugin.version),
    alerts,
    past: all.filter((advisory) => !alerts.includes(advisory)),
    inputs: inputsOf(api, latest),
    dependents,
    stats: api.stats(name),
    reviews: api.reviews(name),
  };
}

function inputsOf(api: Api, { manifest }: VersionDocument): readonly Input[] {
  const entries = (of: Readonly<Record<string, string>>, peer: boolean): readonly Input[] =>
    Object.entries(of).map(([name, range]) => ({ name, range, peer, isPlugin: api.isPlugin(name) }));
  return [...entries(manifest.dependencies, false), ...entries(manifest.peerDependencies, true)];
}
