/** The commands of `ar plugin`, in the order in which help lists them. Each is imported when it is asked for. */
import { presented, type RunnableCommand } from '../command.ts';

export interface CommandEntry {
  readonly name: string;
  /** As in the command itself: the overview must not import every command to know it. */
  readonly summary: string;
  readonly load: () => Promise<RunnableCommand>;
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
    summary: 'List the plugins of this project.',
    load: async () => presented((await import('./list.ts')).list, (await import('../present/list.ts')).presentList),
  },
  {
    name: 'remove',
    summary: 'Remove plugins from this project.',
    load: async () =>
      presented((await import('./remove.ts')).remove, (await import('../present/install.ts')).presentPlan),
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
    name: 'publish',
    summary: 'Submit a version of a plugin to the registry.',
    load: async () =>
      presented((await import('./publish.ts')).publish, (await import('../present/publish.ts')).presentPublish),
  },
];
