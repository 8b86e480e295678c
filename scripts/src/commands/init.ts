import path from 'node:path';
import { toSingleLine } from '@ar-registry/core/text';
import type { InitRegistryOutput } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import { initRegistry, type InitInput } from '../stages/init/index.ts';
import { parseAccount } from './accounts.ts';

const HELP = 'ar-registry init --help';

export const init = defineCommand({
  name: 'init',
  summary: 'Make a new index: its records, its keys, and on GitHub its workflows, in a repository with one commit.',
  examples: [
    'ar-registry init my-registry --title "Plugins of my company" --owner ada:4711 --scope myorg --keys ./private',
    'ar-registry init my-registry --title "Plugins of my company" --owner ada:4711 --github --repository https://github.com/myorg/registry --keys ./private',
  ],
  options: {
    folder: {
      type: 'string',
      value: '<folder>',
      help: 'where to make it; its last part is the registry’s name',
      required: true,
      positional: true,
    },
    title: { type: 'string', value: '<text>', help: 'how people call it', required: true },
    owner: {
      type: 'string',
      value: '<login>:<id>',
      help: 'owner of the scopes: GitHub login and numeric id',
      required: true,
    },
    scope: { type: 'string', value: '<scope>', help: 'a scope that exists from the beginning', multiple: true },
    'base-url': { type: 'string', value: '<url>', help: 'where it will be served, if that is known' },
    repository: { type: 'string', value: '<url>', help: 'repository of the index, where submissions go' },
    keys: {
      type: 'string',
      value: '<folder>',
      help: 'where to put the private keys; without it the registry is not signed',
    },
    development: { type: 'boolean', help: 'say in the root that nobody guards the keys' },
    github: { type: 'boolean', help: 'with workflows, issue forms and owners of code' },
  },
  run: async (values, { cwd, clock, signal }) => {
    const wanted = wantedOf(values, cwd);
    const { folder, name, keys } = wanted;
    const { files, commit } = await initRegistry(wanted, { nowMs: clock.nowMs(), signal });
    const json: InitRegistryOutput = {
      schemaVersion: 1,
      folder,
      name,
      commit,
      files: [...files],
      ...(keys === undefined ? {} : { keys }),
    };
    return { text: textOf(json), json, exitCode: 0 };
  },
});

interface Given {
  readonly folder?: string;
  readonly title?: string;
  readonly owner?: string;
  readonly scope?: readonly string[];
  readonly 'base-url'?: string;
  readonly repository?: string;
  readonly keys?: string;
  readonly development?: boolean;
  readonly github?: boolean;
}

/** @throws USAGE */
function wantedOf({ folder: given = '', title = '', owner = '', scope = [], ...more }: Given, cwd: string): InitInput {
  const folder = path.resolve(cwd, given);
  const name = path.basename(folder).toLowerCase();
  const scopes = scope.map((each) => each.replace(/^@/, ''));
  const { 'base-url': baseUrl, repository, development = false, github = false } = more;
  assertForms({ name, scopes, baseUrl, repository, title });
  const keys = keysFolder(more.keys, { folder, cwd });
  const records = { name, title, owner: parseAccount(owner, 'init'), scopes, baseUrl, repository };
  return { ...records, folder, signed: keys !== undefined, keys, development, github };
}

/** @throws USAGE for one that everybody would read */
function keysFolder(
  given: string | undefined,
  { folder, cwd }: { readonly folder: string; readonly cwd: string },
): string | undefined {
  if (given === undefined) return undefined;
  const keys = path.resolve(cwd, given);
  if (`${keys}${path.sep}`.startsWith(`${folder}${path.sep}`))
    throw usage('--keys lies in the index, which everybody reads.', HELP);
  return keys;
}

interface Forms {
  readonly name: string;
  readonly title: string;
  readonly scopes: readonly string[];
  readonly baseUrl: string | undefined;
  readonly repository: string | undefined;
}

/** @throws USAGE */
function assertForms({ name, title, scopes, baseUrl, repository }: Forms): void {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) throw usage(`${name} is no name: a-z, 0-9 and hyphens.`, HELP);
  if (title.length > 100 || title !== toSingleLine(title))
    throw usage('--title is one line of at most 100 characters.', HELP);
  for (const scope of scopes)
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(scope)) throw usage(`${scope} is no scope: a-z, 0-9 and hyphens.`, HELP);
  if (baseUrl !== undefined && !/^https?:\/\/[^\s]+[^/\s]$/.test(baseUrl))
    throw usage('--base-url is an address without a slash at its end.', HELP);
  if (repository !== undefined && !/^(?:https?:\/\/|ssh:\/\/|git@|file:\/\/|\/)\S+$/.test(repository))
    throw usage('--repository is the address of a git repository.', HELP);
}

function textOf({ folder, name, commit, files, keys }: InitRegistryOutput): string {
  const next = [
    ...(keys === undefined
      ? ['It is not signed: whoever controls the server decides what its users install. See docs/guides/keys.md.']
      : [`Private keys: ${keys}. Move root-*.pem and targets.pem to where no server is.`]),
    `Build it: ar-registry build --index ${folder} --out <folder>`,
  ];
  return `${name}: ${files.length} files, commit ${commit.slice(0, 12)}, in ${folder}\n${next.map((line) => `  ${line}\n`).join('')}`;
}
