import path from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { dataPaths } from '@ar-registry/core/layout';
import { bindRegistries, registryNameOf, type UserRegistry } from '@ar-registry/core/registries';
import { hideCredentials } from '@ar-registry/core/text';
import { trustedRoot } from '@ar-registry/io/api-client';
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
 * fingerprint of its keys: from then on it is met by no other. One that is trusted here already must come with the same
 * keys, unless the fingerprint of others is given.
 *
 * @throws REGISTRY_URL_INVALID, REGISTRY_NAME_TAKEN, REGISTRY_CONFLICT, REGISTRY_KEYS_CHANGED, REGISTRY_NOT_CONFIRMED, USAGE
 */
export async function addRegistry(written: string, options: AddOptions, context: Context): Promise<RegistryChange> {
  const url = addressOf(written, context.cwd);
  const { file, registries, change } = await readUserRegistries(context);
  const name = options.name ?? registryNameOf(url);
  const taken = ownEntry(registries, { name, url }, context);
  const wished = withTaken(options, taken);
  const met = await meet({ url, ...wished }, { known: knownRoot(url, registries, context), context });
  const entry = entryOf({ url, ...wished }, met);
  await assertNoConflict({ ...registries, [name]: entry }, context);
  const outcome = { name, entry, file, ...(met.title === undefined ? {} : { title: met.title }) };
  if (taken && JSON.stringify(taken) === JSON.stringify(entry)) return { change: 'unchanged', ...outcome };
  // A folder is the user's own, and nobody signs for it.
  if (wished.fingerprint === undefined && !url.startsWith('file:')) await confirmTrust(url, met, context);
  await change(name, entry);
  return { change: 'added', ...outcome };
}

/** What it is trusted by here: under another name, or since it was first asked. Whoever has its server may have changed. */
function knownRoot(
  url: string,
  registries: Readonly<Record<string, UserRegistry>>,
  { configDir, dataDir }: Pick<Context, 'configDir' | 'dataDir'>,
): string | undefined {
  const said = Object.values(registries).filter((entry) => normal(registryAddress(entry.url, configDir)) === url);
  return said.find(({ root }) => root !== undefined)?.root ?? trustedRoot(path.join(dataDir, dataPaths.trust), url);
}

interface Meeting {
  readonly known: string | undefined;
  readonly context: Context;
}

/** Where nobody can be asked, the fingerprint says who it must be once it is met, or a bundle of it is. */
async function meet(wished: AddOptions & { readonly url: string }, { known, context }: Meeting): Promise<Met> {
  const fingerprint = wished.fingerprint ?? known;
  if (context.globals.offline && wished.fingerprint !== undefined) return { fingerprint: wished.fingerprint };
  try {
    return await context.output.during('Asking the registry', () => meetRegistry({ ...wished, fingerprint }, context));
  } catch (error) {
    // Its server has no root of that fingerprint, or no signatures at all.
    if (known === undefined || fingerprint !== known || !hasCode(error, 'TRUST_METADATA_MISSING')) throw error;
    throw new ArError('REGISTRY_KEYS_CHANGED', { url: wished.url, fingerprint: known }, { cause: error });
  }
}

/** What the user's settings say of this name already. @throws REGISTRY_NAME_TAKEN where that is another registry */
function ownEntry(
  registries: Readonly<Record<string, UserRegistry>>,
  { name, url }: { readonly name: string; readonly url: string },
  { configDir }: Context,
): UserRegistry | undefined {
  const taken = Object.hasOwn(registries, name) ? registries[name] : undefined;
  if (taken && addressOf(taken.url, configDir) !== url)
    throw new ArError('REGISTRY_NAME_TAKEN', { name, url: hideCredentials(taken.url) });
  return taken;
}

/** What was said before stays, unless it is said anew. */
function withTaken(options: AddOptions, taken: UserRegistry | undefined): AddOptions {
  return {
    ...options,
    scopes: [...new Set([...(taken?.scopes ?? []), ...options.scopes])],
    mirrors: [...new Set([...(taken?.mirrors ?? []), ...options.mirrors])],
    tokenEnv: options.tokenEnv ?? taken?.tokenEnv,
    fingerprint: options.fingerprint ?? taken?.root,
  };
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
  return normal(url);
}

function normal(url: string): string {
  return (URL.canParse(url) ? new URL(url).href : url).replace(/\/+$/, '');
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
  bindRegistries({
    given: undefined,
    givenToUrl: (address) => address,
    project: { registries: project, toUrl: toUrlIn(dir) },
    user: { registries, toUrl: toUrlIn(context.configDir) },
    fallbackUrl: 'https://registry.invalid',
  });
}

function toUrlIn(folder: string): (address: string) => string {
  return (address) => registryAddress(address, folder);
}

async function confirmTrust(url: string, { title, fingerprint }: Met, { confirm, output }: Context): Promise<void> {
  output.note(title === undefined ? url : `${title}, at ${url}`);
  output.note(
    fingerprint === undefined
      ? 'It signs nothing: whoever controls its server, or the way there, decides what you install.'
      : `Fingerprint of its keys: ${fingerprint}`,
  );
  if (fingerprint !== undefined) output.note('Compare it with what its makers publish elsewhere.');
  if ((await confirm('Trust it?')) !== 'yes') throw new ArError('REGISTRY_NOT_CONFIRMED', { url, fingerprint });
}
