import { hideCredentials } from '@ar-registry/core/text';
import type { ProjectFile, UserConfig } from '@ar-registry/schemas';
import { type Context, readProjectIfAny, readUserConfig } from '../context.ts';

/** One registry that a file declares. */
export interface ListedRegistry {
  readonly name: string;
  /** Without credentials. */
  readonly url: string;
  readonly scopes: readonly string[];
  readonly mirrors: readonly string[];
  readonly tokenEnv?: string;
  /** Whether that variable is set here; absent where there is none. */
  readonly tokenIsSet?: boolean;
  /** Fingerprint of the keys that it must be signed with. */
  readonly root?: string;
  readonly declaredIn: 'user' | 'project';
}

export interface ListedRegistries {
  /** Asked for whatever no scope binds. */
  readonly fallback: string;
  readonly registries: readonly ListedRegistry[];
}

/** Asks nobody. @throws FILE_INVALID, REGISTRY_CONFLICT */
export async function listRegistries(context: Context): Promise<ListedRegistries> {
  const project = (await readProjectIfAny(await context.projectDir(), context.dataDir, true))?.wanted.registries;
  const user = (await readUserConfig(context.configDir))?.registries;
  return {
    fallback: hideCredentials(await context.registryUrl()),
    registries: [...entriesOf(user, 'user', context), ...entriesOf(project, 'project', context)],
  };
}

function entriesOf(
  registries: UserConfig['registries'] | ProjectFile['registries'],
  declaredIn: ListedRegistry['declaredIn'],
  { env }: Context,
): readonly ListedRegistry[] {
  return Object.entries(registries ?? {}).map(([name, { url, scopes = [], mirrors = [], tokenEnv, ...more }]) => ({
    name,
    url: hideCredentials(url),
    scopes,
    mirrors: mirrors.map(hideCredentials),
    ...(tokenEnv === undefined ? {} : { tokenEnv, tokenIsSet: Boolean(env[tokenEnv]) }),
    ...('root' in more && typeof more.root === 'string' ? { root: more.root } : {}),
    declaredIn,
  }));
}
