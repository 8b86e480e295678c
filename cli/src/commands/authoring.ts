/** The commands of those who publish plugins. Each is imported when it is asked for. */
import { presented } from '../command.ts';
import type { CommandEntry } from './entry.ts';

export const AUTHORING: readonly CommandEntry[] = [
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
];
