import { ArError } from '@ar-registry/core/errors';
import { bindRegistries, registryNameOf, type UserRegistry } from '@ar-registry/core/registries';
import { hideCredentials } from '@ar-registry/core/text';
import { type Context, readProjectIfAny } from '../context.ts';
import { registryAddress } from '../registry-address.ts';
import { meetRegistry, type Met } from './meet-registry.ts';
import { readUserRegistries } from './user-registries.ts';

export interface AddOptions {
  readonly name: string | undefined;
  readonly scopes: readonly string[];
  readonly mirrors: readonly string[];
  readonly tokenEnv: string | undefined;
  readonly fingerprint: string | undefined;
}

/** What became of an entry of the user's settings. */
export interface RegistryChange {
  readonly change: 'added' | 'unchanged' | 'removed';
  readonly name: string;
  readonly entry: UserRegistry;
  readonly file: string;
  readonly title?: string;
}

/**
 * Asks the registry who it is, asks the user whether that is the one, and writes it into the user's own settings with the
 * fingerprint of its keys: from then on it is met by no other.
 *
 * @throws REGISTRY_URL_INVALID, REGISTRY_NAME_TAKEN, REGISTRY_CONFLICT, REGISTRY_NOT_CONFIRMED, USAGE
 */
export async function addRegistry(written: string, options: AddOptions, context: Context): Promise<RegistryChange> {
  const url = addressOf(written, context.cwd);
  const { file, registries, change } = await readUserRegistries(context);
  const name = options.name ?? registryNameOf(url);
  const taken = Object.hasOwn(registries, name) ? registries[name] : undefined;
  if (taken && addressOf(taken.url, context.configDir) !== url)
    throw new ArError('REGISTRY_NAME_TAKEN', { name, url: hideCredentials(taken.url) });
  const { scopes, mirrors, tokenEnv, fingerprint } = options;
  const place = { url, tokenEnv: tokenEnv ?? taken?.tokenEnv, fingerprint: fingerprint ?? taken?.root };
  const met = await context.output.during('Asking the registry', () => meetRegistry(place, context));
  const entry = entryOf(
    { ...options, ...place, scopes: [...new Set([...(taken?.scopes ?? []), ...scopes])], mirrors },
    met,
  );
  await assertNoConflict({ ...registries, [name]: entry }, context);
  if (taken && JSON.stringify(taken) === JSON.stringify(entry))
    return { change: 'unchanged', name, entry, file, title: met.title };
  // A folder is the user's own, and nobody signs for it.
  if (place.fingerprint === undefined && !url.startsWith('file:')) await confirmTrust(url, met, context);
  await change(name, entry);
  return { change: 'added', name, entry, file, title: met.title };
}

/** @throws REGISTRY_URL_INVALID */
function addressOf(written: string, dir: string): string {
  const url = registryAddress(written, dir);
  if (!URL.canParse(url) || !['https:', 'http:', 'file:'].includes(new URL(url).protocol))
    throw new ArError('REGISTRY_URL_INVALID', { url: hideCredentials(written) });
  if (new URL(url).username !== '' || new URL(url).password !== '') {
    const problem = 'The address holds a password, which would be written into your settings.';
    throw new ArError('USAGE', { problem, suggestion: '`--token-env`', help: 'ar help registries' });
  }
  return new URL(url).href.replace(/\/+$/, '');
}

function entryOf({ url, scopes, mirrors, tokenEnv }: AddOptions & { url: string }, { fingerprint }: Met): UserRegistry {
  return {
    url,
    ...(scopes.length === 0 ? {} : { scopes: [...scopes] }),
    ...(mirrors.length === 0 ? {} : { mirrors: [...mirrors] }),
    ...(tokenEnv === undefined ? {} : { tokenEnv }),
    ...(fingerprint === undefined ? {} : { root: fingerprint }),
  };
}

/** What would be refused from then on is not written. @throws REGISTRY_CONFLICT, REGISTRY_TOKEN_REFUSED */
async function assertNoConflict(registries: Readonly<Record<string, UserRegistry>>, context: Context): Promise<void> {
  const dir = await context.projectDir();
  const project = (await readProjectIfAny(dir, context.dataDir, true))?.wanted.registries;
  const toUrlIn = (folder: string) => (address: string) => registryAddress(address, folder);
  bindRegistries({
    given: undefined,
    givenToUrl: (address) => address,
    project: { registries: project, toUrl: toUrlIn(dir) },
    user: { registries, toUrl: toUrlIn(context.configDir) },
    fallbackUrl: 'https://registry.invalid',
  });
}

async function confirmTrust(url: string, { title, fingerprint }: Met, { confirm, output }: Context): Promise<void> {
  output.note(`${title}, at ${url}`);
  output.note(
    fingerprint === undefined
      ? 'It signs nothing: whoever controls its server, or the way there, decides what you install.'
      : `Fingerprint of its keys: ${fingerprint}`,
  );
  if (fingerprint !== undefined) output.note('Compare it with what its makers publish elsewhere.');
  if ((await confirm('Trust it?')) !== 'yes') throw new ArError('REGISTRY_NOT_CONFIRMED', { url, fingerprint });
}
