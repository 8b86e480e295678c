import { hideCredentials } from '@ar-registry/core/text';
import type { Presenter } from '../command.ts';
import type { ListedRegistry, RegistryChange } from '../registry/index.ts';
import { type Line, type Page, quiet, toned } from './text.ts';

export const presentRegistryChange: Presenter<RegistryChange> = {
  text: ({ change, name, entry, file, title }): Page => [
    [`${WORDS[change]} `, toned(name, 'name'), ` (${hideCredentials(entry.url)})`],
    ...(title === undefined ? [] : [quiet(`  ${title}`)]),
    ...(change === 'removed' ? [] : trustLines(entry.root)),
    ...(entry.scopes === undefined || change === 'removed'
      ? []
      : [quiet(`  asked alone for ${entry.scopes.join(', ')}`)]),
    quiet(`  ${file}`),
  ],
  json: ({ change, name, entry, file, title }) => ({
    change,
    name,
    url: hideCredentials(entry.url),
    scopes: entry.scopes ?? [],
    ...(entry.root === undefined ? {} : { root: entry.root }),
    ...(title === undefined ? {} : { title }),
    file,
  }),
};

const WORDS = { added: 'Added', unchanged: 'Already there:', removed: 'Removed' };

function trustLines(root: string | undefined): readonly Line[] {
  return [root === undefined ? toned('  it signs nothing', 'warning') : quiet(`  signed, fingerprint ${root}`)];
}

interface Listed {
  readonly fallback: string;
  readonly registries: readonly ListedRegistry[];
}

export const presentRegistryList: Presenter<Listed> = {
  text: ({ fallback, registries }): Page => [
    ...registries.flatMap(registryLines),
    [quiet('Asked for the rest: '), fallback],
  ],
  json: ({ fallback, registries }) => ({ fallback, registries }),
};

function registryLines({ name, url, scopes, mirrors, tokenEnv, tokenIsSet, root, declaredIn }: ListedRegistry): Page {
  return [
    [toned(name, 'name'), `  ${url}`, quiet(declaredIn === 'user' ? '  your settings' : '  this project')],
    ...(scopes.length === 0 ? [] : [quiet(`  asked alone for ${scopes.join(', ')}`)]),
    ...(mirrors.length === 0 ? [] : [quiet(`  mirrors: ${mirrors.join(', ')}`)]),
    ...(tokenEnv === undefined
      ? []
      : [quiet(`  token in ${tokenEnv}${tokenIsSet === true ? '' : ', which is not set'}`)]),
    ...(root === undefined ? [] : [quiet(`  must be signed, fingerprint ${root}`)]),
  ];
}
