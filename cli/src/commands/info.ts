import { advisoriesAgainst, withoutRevoked } from '@ar-registry/core/advisory';
import { hasCode } from '@ar-registry/core/errors';
import { resolveVersion } from '@ar-registry/core/resolve';
import { compareVersions } from '@ar-registry/core/version';
import type { ApiClient } from '@ar-registry/io/api-client';
import type { PluginDocument } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import type { LocalInfo, LocalLock } from '../install/local-info.ts';
import type { Context } from '../context.ts';
import { isLocal, lockedHere } from '../locked-here.ts';
import { parseRegistrySpec } from '../plugin-spec.ts';

export const info = defineCommand({
  name: 'info',
  summary: 'Show what the registry knows of a plugin.',
  details: [
    'Shows the version that `install` would choose, or the one that is named: what it may do, who owns it, how far it is trusted, and whether it was deprecated or withdrawn. Of a plugin that is linked here, or was installed from an archive or a repository, what its own manifest says.',
  ],
  examples: [
    { command: 'info @ar/audit-logger', does: 'the version that would be installed' },
    { command: 'info @ar/audit-logger@1.0.0 --json', does: 'one version, for a script' },
    { command: 'info @ar/audit-logger --stats', does: 'with its downloads and its rating' },
  ],
  options: {
    stats: { type: 'boolean', summary: 'also how often it was downloaded and how it is rated, which takes longer' },
  },
  positionals: { plugin: { summary: '@scope/name, or @scope/name@<version, range or tag>' } },
  freshWillDo: true,
  async run({ values, args }, context) {
    const { signal, output } = context;
    const { name, wanted } = parseRegistrySpec(args.plugin);
    const locked = await lockedHere(name, context);
    if (isLocal(locked) && name === args.plugin) return localInfo(name, locked, context);
    const client = await context.registry();
    return output.during(`Looking up ${name}`, async () => {
      const [plugin, list] = await Promise.all([client.plugin(name, signal), client.advisories(name, signal)]);
      const entry = chosen(withoutRevoked(plugin, list), wanted);
      const version = await client.version(name, entry, signal);
      const counted = values.stats ? await countedOf(name, await context.registryOf(name), signal) : UNASKED;
      const registry = client.registryOf(name);
      const advisories = advisoriesAgainst(list, name, entry);
      const facts = { plugin, version, registry, advisories, ...counted, installed: locked?.version };
      return { kind: 'registry', ...facts } as const;
    });
  },
});

/** A withdrawn version is not installed any more, but whoever has it wants to read why: also if there is no other. */
function chosen(...[plugin, wanted]: Parameters<typeof resolveVersion>): string {
  try {
    return resolveVersion(plugin, wanted).version;
  } catch (error) {
    if (hasCode(error, 'VERSION_YANKED')) return error.facts.version;
    const nothingLeft = hasCode(error, 'VERSION_NOT_FOUND') && wanted.kind === 'latest';
    const newest = nothingLeft ? newestWithdrawn(plugin) : undefined;
    if (newest === undefined) throw error;
    return newest;
  }
}

/** Where nothing was asked for and nothing can be installed, every version was withdrawn. */
function newestWithdrawn({ versions }: PluginDocument): string | undefined {
  return versions.map(({ version }) => version).toSorted((a, b) => compareVersions(b, a))[0];
}

const UNASKED = { downloads: 'unasked', rating: 'unasked' } as const;

async function countedOf(name: string, client: ApiClient, signal: AbortSignal) {
  const { ratingOf } = await import('../rating.ts');
  const [downloads, rating] = await Promise.all([downloadsOf(name, client, signal), ratingOf(name, client, signal)]);
  return { downloads, rating };
}

/** Counters change daily, so the plugin's own document has none. */
async function downloadsOf(name: string, client: ApiClient, signal: AbortSignal): Promise<number | undefined> {
  const plugins = await client.pluginsNear(name, signal);
  return plugins.find((plugin) => plugin.name === name)?.downloads;
}

async function localInfo(name: string, lock: LocalLock, { projectDir, dataDir }: Context): Promise<LocalInfo> {
  const { readLocalInfo } = await import('../install/local-info.ts');
  return readLocalInfo(name, lock, { projectDir: await projectDir(), dataDir });
}
