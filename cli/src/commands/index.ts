/** The commands of `ar plugin`, in the order in which help lists them. Each is imported when it is asked for. */
import { presented, streamed, type RunnableCommand } from '../command.ts';

export interface CommandEntry {
  readonly name: string;
  /** As in the command itself: the overview must not import every command to know it. */
  readonly summary: string;
  /** What --json prints: the name of its schema in `schemas/v1/cli`, where that is not its own. */
  readonly document?: string;
  readonly load: () => Promise<RunnableCommand>;
}

/** Name of the schema in `schemas/v1/cli` of what a command prints with --json. */
export function documentOf({ name, document }: Pick<CommandEntry, 'name' | 'document'>): string {
  return document ?? name.replaceAll(' ', '-');
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'search',
    summary: 'Find plugins in the registry.',
    load: async () =>
      presented((await import('./search.ts')).search, (await import('../present/search.ts')).presentSearch),
  },
  {
    name: 'info',
    summary: 'Show what the registry knows of a plugin.',
    load: async () => presented((await import('./info.ts')).info, (await import('../present/info.ts')).presentInfo),
  },
  {
    name: 'readme',
    summary: 'Show the README of a plugin.',
    load: async () =>
      presented((await import('./readme.ts')).readme, (await import('../present/readme.ts')).presentReadme),
  },
  {
    name: 'install',
    summary: 'Install plugins into this project, or what its lock names.',
    load: async () =>
      presented((await import('./install.ts')).install, (await import('../present/install.ts')).presentPlan),
  },
  {
    name: 'list',
    summary: 'List the plugins of this project, or of the registry.',
    load: async () => presented((await import('./list.ts')).list, (await import('../present/list.ts')).presentList),
  },
  {
    name: 'remove',
    summary: 'Remove plugins from this project.',
    document: 'install',
    load: async () =>
      presented((await import('./remove.ts')).remove, (await import('../present/install.ts')).presentPlan),
  },
  {
    name: 'audit',
    summary: 'Show what is known against the installed plugins and their npm packages.',
    load: async () => presented((await import('./audit.ts')).audit, (await import('../present/audit.ts')).presentAudit),
  },
  {
    name: 'update',
    summary: 'Update the plugins of this project.',
    load: async () =>
      presented((await import('./update.ts')).update, (await import('../present/update.ts')).presentUpdate),
  },
  {
    name: 'outdated',
    summary: 'Show which plugins have newer versions.',
    load: async () =>
      presented((await import('./outdated.ts')).outdated, (await import('../present/outdated.ts')).presentOutdated),
  },
  {
    name: 'verify',
    summary: 'Compare the installed files with what the lock pins.',
    load: async () =>
      presented((await import('./verify.ts')).verify, (await import('../present/verify.ts')).presentVerify),
  },
  {
    name: 'config',
    summary: 'Configure a plugin, question by question.',
    document: 'config-change',
    load: async () =>
      presented((await import('./config.ts')).config, (await import('../present/config.ts')).presentConfigChange),
  },
  {
    name: 'config list',
    summary: 'Show a plugin’s configuration, and where each value comes from.',
    load: async () =>
      presented(
        (await import('./config-read.ts')).configList,
        (await import('../present/config.ts')).presentConfigList,
      ),
  },
  {
    name: 'config get',
    summary: 'Print a value of ar-plugins.yaml, or its default.',
    load: async () =>
      presented((await import('./config-read.ts')).configGet, (await import('../present/config.ts')).presentConfigGet),
  },
  {
    name: 'config set',
    summary: 'Set a value of a plugin in ar-plugins.yaml.',
    document: 'config-change',
    load: async () =>
      presented(
        (await import('./config-edit.ts')).configSet,
        (await import('../present/config.ts')).presentConfigChange,
      ),
  },
  {
    name: 'config unset',
    summary: 'Take a value of a plugin out of ar-plugins.yaml.',
    document: 'config-change',
    load: async () =>
      presented(
        (await import('./config-edit.ts')).configUnset,
        (await import('../present/config.ts')).presentConfigChange,
      ),
  },
  {
    name: 'enable',
    summary: 'Let the daemon load plugins again.',
    load: async () =>
      presented((await import('./enable.ts')).enable, (await import('../present/enable.ts')).presentEnable),
  },
  {
    name: 'disable',
    summary: 'Keep plugins installed, and let the daemon not load them.',
    document: 'enable',
    load: async () =>
      presented((await import('./enable.ts')).disable, (await import('../present/enable.ts')).presentEnable),
  },
  {
    name: 'up',
    summary: 'Start the project’s own agent-relay, with its plugins.',
    load: async () => presented((await import('./up.ts')).up, (await import('../present/up.ts')).presentUp),
  },
  {
    name: 'logs',
    summary: 'Show what plugins wrote to their logs.',
    load: async () => streamed((await import('./logs.ts')).logs, (await import('../present/logs.ts')).presentLogs),
  },
  {
    name: 'health',
    summary: 'Ask the running daemon how its plugins are.',
    load: async () =>
      presented((await import('./health.ts')).health, (await import('../present/health.ts')).presentHealth),
  },
  {
    name: 'cache list',
    summary: 'Show what the shared store holds, and who uses it.',
    load: async () =>
      presented((await import('./cache-list.ts')).cacheList, (await import('../present/cache.ts')).presentCacheList),
  },
  {
    name: 'cache prune',
    summary: 'Remove packages that no project uses any more.',
    load: async () =>
      presented((await import('./cache-prune.ts')).cachePrune, (await import('../present/cache.ts')).presentCachePrune),
  },
  {
    name: 'cache verify',
    summary: 'Hash everything in the shared store again.',
    load: async () =>
      presented(
        (await import('./cache-verify.ts')).cacheVerify,
        (await import('../present/cache.ts')).presentCacheVerify,
      ),
  },
  {
    name: 'init',
    summary: 'Start a new plugin from a template.',
    load: async () => presented((await import('./init.ts')).init, (await import('../present/init.ts')).presentInit),
  },
  {
    name: 'validate',
    summary: 'Check a plugin as the registry will.',
    load: async () =>
      presented((await import('./validate.ts')).validate, (await import('../present/validate.ts')).presentValidate),
  },
  {
    name: 'pack',
    summary: 'Pack a plugin into an archive.',
    load: async () => presented((await import('./pack.ts')).pack, (await import('../present/pack.ts')).presentPack),
  },
  {
    name: 'login',
    summary: 'Log in to GitHub, to submit by pull request.',
    load: async () => presented((await import('./login.ts')).login, (await import('../present/login.ts')).presentLogin),
  },
  {
    name: 'logout',
    summary: 'Forget the token that login keeps.',
    load: async () =>
      presented((await import('./logout.ts')).logout, (await import('../present/logout.ts')).presentLogout),
  },
  {
    name: 'publish',
    summary: 'Submit a version of a plugin to the registry.',
    load: async () =>
      presented((await import('./publish.ts')).publish, (await import('../present/publish.ts')).presentPublish),
  },
  {
    name: 'deprecate',
    summary: 'Advise against versions of your plugin.',
    document: 'change',
    load: async () =>
      presented((await import('./deprecate.ts')).deprecate, (await import('../present/change.ts')).presentChange),
  },
  {
    name: 'undeprecate',
    summary: 'Take back the advice against versions of your plugin.',
    document: 'change',
    load: async () =>
      presented((await import('./undeprecate.ts')).undeprecate, (await import('../present/change.ts')).presentChange),
  },
  {
    name: 'yank',
    summary: 'Withdraw a version of your plugin.',
    document: 'change',
    load: async () => presented((await import('./yank.ts')).yank, (await import('../present/change.ts')).presentChange),
  },
  {
    name: 'unyank',
    summary: 'Offer a withdrawn version of your plugin again.',
    document: 'change',
    load: async () =>
      presented((await import('./unyank.ts')).unyank, (await import('../present/change.ts')).presentChange),
  },
  {
    name: 'dist-tag add',
    summary: 'Give a version of your plugin a name, or move the name to it.',
    document: 'change',
    load: async () =>
      presented((await import('./dist-tag.ts')).distTagAdd, (await import('../present/change.ts')).presentChange),
  },
  {
    name: 'dist-tag rm',
    summary: 'Remove a dist-tag of your plugin.',
    document: 'change',
    load: async () =>
      presented((await import('./dist-tag.ts')).distTagRemove, (await import('../present/change.ts')).presentChange),
  },
  {
    name: 'dist-tag list',
    summary: 'List the dist-tags of a plugin.',
    document: 'dist-tags',
    load: async () =>
      presented((await import('./dist-tag.ts')).distTagList, (await import('../present/dist-tags.ts')).presentDistTags),
  },
  {
    name: 'rate',
    summary: 'Rate a plugin, and say why.',
    document: 'change',
    load: async () => presented((await import('./rate.ts')).rate, (await import('../present/change.ts')).presentChange),
  },
  {
    name: 'report',
    summary: 'Say where to report a plugin, with the form filled in.',
    document: 'report-plugin',
    load: async () =>
      presented((await import('./report.ts')).report, (await import('../present/report.ts')).presentReport),
  },
  {
    name: 'registry add',
    summary: 'Use a further registry, and trust its keys from now on.',
    load: async () =>
      presented(
        (await import('./registry.ts')).registryAdd,
        (await import('../present/registry.ts')).presentRegistryChange,
      ),
    document: 'registry-change',
  },
  {
    name: 'registry list',
    summary: 'List the registries that are asked from here.',
    load: async () =>
      presented(
        (await import('./registry.ts')).registryList,
        (await import('../present/registry.ts')).presentRegistryList,
      ),
  },
  {
    name: 'registry remove',
    summary: 'Forget a registry of your own settings.',
    load: async () =>
      presented(
        (await import('./registry.ts')).registryRemove,
        (await import('../present/registry.ts')).presentRegistryChange,
      ),
    document: 'registry-change',
  },
  {
    name: 'owner add',
    summary: 'Add an owner to your plugin.',
    document: 'change',
    load: async () =>
      presented((await import('./owner.ts')).ownerAdd, (await import('../present/change.ts')).presentChange),
  },
  {
    name: 'owner remove',
    summary: 'Remove an owner of your plugin.',
    document: 'change',
    load: async () =>
      presented((await import('./owner.ts')).ownerRemove, (await import('../present/change.ts')).presentChange),
  },
  {
    name: 'owner list',
    summary: 'List the owners of a plugin.',
    document: 'owners',
    load: async () =>
      presented((await import('./owner.ts')).ownerList, (await import('../present/owners.ts')).presentOwners),
  },
  {
    name: 'transfer',
    summary: 'Hand your plugin over to somebody else.',
    document: 'change',
    load: async () =>
      presented((await import('./transfer.ts')).transfer, (await import('../present/change.ts')).presentChange),
  },
  {
    name: 'edit',
    summary: 'Change what the registry says of your plugin as a whole.',
    document: 'change',
    load: async () => presented((await import('./edit.ts')).edit, (await import('../present/change.ts')).presentChange),
  },
  {
    name: 'doctor',
    summary: 'Check that everything here works, and say how to mend what does not.',
    load: async () =>
      presented((await import('./doctor.ts')).doctor, (await import('../present/doctor.ts')).presentDoctor),
  },
  {
    name: 'completion',
    summary: 'Print what your shell reads to complete this command.',
    load: async () =>
      presented(
        (await import('./completion.ts')).completion,
        (await import('../present/completion.ts')).presentCompletion,
      ),
  },
];
