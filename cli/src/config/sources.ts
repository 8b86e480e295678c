/** Where the loader takes each value from, in its own order; ar.config, which is a program, is not asked. */
import path from 'node:path';
import { parseEnv } from 'node:util';
import { configuredValue, maskValue, type ConfigKey } from '@ar-registry/core/plugin-config';
import { readTextOrPipe } from '@ar-registry/io/files';
import type { Context, Env } from '../context.ts';
import type { PluginConfig } from './describe.ts';

export type ConfigSource = 'project' | 'environment' | 'dotenv' | 'default' | 'none';

export interface SourcedKey {
  readonly key: ConfigKey;
  readonly source: ConfigSource;
  /** Of the project, or the default, with passwords masked: never of a secret, and never from the environment. */
  readonly value?: unknown;
}

export async function sourcesOf(
  { project, description, current }: PluginConfig,
  { env, signal }: Pick<Context, 'env' | 'signal'>,
): Promise<readonly SourcedKey[]> {
  const dotenv = await readDotEnv(project.dir, signal);
  return description.keys.map((key) => sourceOf(key, current, { env, dotenv }));
}

/** What `.env` beside the project's files sets. @throws FILE_ACCESS, and `AbortError` */
export async function readDotEnv(projectDir: string, signal: AbortSignal): Promise<Env> {
  return parseEnv((await readTextOrPipe(path.join(projectDir, '.env'), signal)) ?? '');
}

function sourceOf(
  key: ConfigKey,
  current: PluginConfig['current'],
  { env, dotenv }: { readonly env: Env; readonly dotenv: Env },
): SourcedKey {
  const value = configuredValue(current, key);
  if (value !== undefined && value !== null) return { key, source: 'project', ...shown(key, value) };
  // Empty text counts as not given, as for the loader.
  if (key.variable !== undefined && env[key.variable]) return { key, source: 'environment' };
  if (key.variable !== undefined && dotenv[key.variable]) return { key, source: 'dotenv' };
  const standard = key.schema['default'];
  if (standard !== undefined) return { key, source: 'default', ...shown(key, standard) };
  return { key, source: 'none' };
}

function shown({ secret, schema }: ConfigKey, value: unknown): Pick<SourcedKey, 'value'> {
  return secret ? {} : { value: maskValue(value, schema) };
}
