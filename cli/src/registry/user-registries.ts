/** The registries in the user's own `config.yaml`. */
import path from 'node:path';
import { editUserRegistry, parseUserConfig, type UserRegistry } from '@ar-registry/core/registries';
import { makeFolder, readTextIfExists, writeAtomically } from '@ar-registry/io/files';
import type { UserConfig } from '@ar-registry/schemas';
import { USER_CONFIG_FILE, type Context } from '../context.ts';

export interface UserRegistries {
  readonly file: string;
  readonly registries: NonNullable<UserConfig['registries']>;
  /** Sets one, or removes it. @throws FILE_ACCESS, DISK_FULL */
  readonly change: (name: string, entry: UserRegistry | undefined) => Promise<void>;
}

/** @throws FILE_INVALID, FILE_ACCESS */
export async function readUserRegistries({ configDir }: Pick<Context, 'configDir'>): Promise<UserRegistries> {
  const file = path.join(configDir, USER_CONFIG_FILE);
  const text = (await readTextIfExists(file)) ?? '';
  return {
    file,
    registries: parseUserConfig(text, file).registries ?? {},
    change: async (name, entry) => {
      await makeFolder(configDir);
      await writeAtomically(file, editUserRegistry(text, name, entry));
    },
  };
}
