/** The commands of those who use plugins. Each is imported when it is asked for. */
import { presented, streamed } from '../command.ts';
import type { CommandEntry } from './entry.ts';

export const USING: readonly CommandEntry[] = [
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
    name: 'bundle',
    summary: 'Write plugins, and all that their installation needs, into one file for machines without a network.',
    load: async () =>
      presented((await import('./bundle.ts')).bundle, (await import('../present/bundle.ts')).presentBundle),
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
    summary: 'Compare the installed files with what the lock pins, and both with the log of the registry.',
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
    name: 'reload',
    summary: 'Let the running daemon load plugins anew.',
    load: async () =>
      presented((await import('./reload.ts')).reload, (await import('../present/reload.ts')).presentReload),
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
    name: 'stats',
    summary: 'Show how often a plugin is downloaded and used, and how it does.',
    document: 'plugin-stats',
    load: async () => presented((await import('./stats.ts')).stats, (await import('../present/stats.ts')).presentStats),
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
    name: 'telemetry on',
    summary: 'Let registries be told what you install and look for.',
    document: 'telemetry',
    load: async () =>
      presented(
        (await import('./telemetry.ts')).telemetryOn,
        (await import('../present/telemetry.ts')).presentTelemetry,
      ),
  },
  {
    name: 'telemetry off',
    summary: 'Let nobody be told anything, and forget what waits.',
    document: 'telemetry',
    load: async () =>
      presented(
        (await import('./telemetry.ts')).telemetryOff,
        (await import('../present/telemetry.ts')).presentTelemetry,
      ),
  },
  {
    name: 'telemetry status',
    summary: 'Say whether anything is told, to whom, and why not.',
    document: 'telemetry',
    load: async () =>
      presented(
        (await import('./telemetry.ts')).telemetryStatus,
        (await import('../present/telemetry.ts')).presentTelemetry,
      ),
  },
  {
    name: 'telemetry show',
    summary: 'Show what waits to be told, and what was told last.',
    load: async () =>
      presented(
        (await import('./telemetry.ts')).telemetryShow,
        (await import('../present/telemetry.ts')).presentTelemetryShow,
      ),
  },
];
