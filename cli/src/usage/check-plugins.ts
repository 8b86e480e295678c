/** What can be known of plugins without a daemon: whether they are installed as locked, and have what they need. */
import { ArError, isArError } from '@ar-registry/core/errors';
import { nearest } from '@ar-registry/core/text';
import { createConfigCheck, type ConfigKey } from '@ar-registry/core/plugin-config';
import type { Project } from '@ar-registry/io/project';
import type { PluginConfig } from '../config/describe.ts';
import type { Context } from '../context.ts';
import type { PluginState } from './plugin-state.ts';

/** @param asked all that the project wants where it is empty. @throws NOT_INSTALLED */
export async function checkPlugins(
  project: Project,
  asked: readonly string[],
  context: Context,
): Promise<readonly PluginState[]> {
  const known = Object.keys(project.wanted.plugins).toSorted();
  for (const plugin of asked)
    if (!known.includes(plugin)) throw new ArError('NOT_INSTALLED', { plugin, suggestions: nearest(plugin, known, 3) });
  const names = asked.length === 0 ? known : asked;
  return Promise.all(names.map((name) => checkPlugin(name, project, context)));
}

async function checkPlugin(name: string, project: Project, context: Context): Promise<PluginState> {
  const lock = Object.hasOwn(project.lock.plugins, name) ? project.lock.plugins[name] : undefined;
  const facts = { name, ...(lock && { version: lock.version, type: lock.type }) };
  if (project.wanted.plugins[name]?.enabled === false) return { ...facts, state: 'disabled', problems: [] };
  try {
    const problems = await problemsOf(name, project, context);
    return { ...facts, state: problems.length === 0 ? 'ready' : 'broken', problems };
  } catch (error) {
    if (!isArError(error) || error.code === 'ABORTED') throw error;
    return { ...facts, state: 'broken', problems: [error] };
  }
}

/** Whether it is there comes first: of what is not, nothing else can be said. */
async function problemsOf(plugin: string, { lock }: Project, context: Context): Promise<readonly ArError[]> {
  const entry = Object.hasOwn(lock.plugins, plugin) ? lock.plugins[plugin] : undefined;
  if (!entry) return [new ArError('PLUGIN_NOT_INSTALLED', { plugin })];
  const { verifyLocked } = await import('../install/verify-locked.ts');
  for (const { state, changed, missing, added } of await verifyLocked([{ name: plugin, entry }], context)) {
    if (state === 'absent') return [new ArError('PLUGIN_NOT_FETCHED', { plugin })];
    const [file] = [...changed, ...missing, ...added];
    if (file !== undefined) return [new ArError('STORE_DAMAGED', { plugin, file })];
  }
  const { readPluginConfig } = await import('../config/describe.ts');
  return configProblems(await readPluginConfig(plugin, context), context);
}

/** As the loader will see it, `.env` included; of `ar.config`, which is a program, nothing is known. */
async function configProblems(config: PluginConfig, context: Context): Promise<readonly ArError[]> {
  const { plugin, check } = config.description;
  const { sourcesOf } = await import('../config/sources.ts');
  const sources = await sourcesOf(config, context);
  const fault = (key: string, problem: string): ArError =>
    new ArError('PLUGIN_CONFIG_INVALID', { plugin, key, problem });
  const own = (check?.(config.current) ?? []).filter(({ missing }) => !missing);
  const absent = sources.filter(({ key, source }) => key.required && source === 'none');
  return [
    ...own.map(({ key, problem }) => fault(key, problem)),
    ...absent.map(({ key }) => fault(key.variable ?? key.key, 'is missing')),
    ...(await environmentProblems(config, sources, context)).map(({ key, problem }) => fault(key, problem)),
  ];
}

/** The environment holds nothing but text, which the loader turns into what the schema asks for. */
async function environmentProblems(
  { description: { plugin }, project }: PluginConfig,
  sources: readonly { readonly key: ConfigKey; readonly source: string }[],
  { env, signal }: Context,
): Promise<readonly { readonly key: string; readonly problem: string }[]> {
  const { readDotEnv } = await import('../config/sources.ts');
  const dotenv = await readDotEnv(project.dir, signal);
  const given = sources.filter(({ source }) => source === 'environment' || source === 'dotenv');
  const properties = Object.fromEntries(given.map(({ key }) => [key.key, key.schema]));
  const values = Object.fromEntries(
    given.map(({ key: { key, variable = '' } }) => [key, env[variable] || dotenv[variable]]),
  );
  const check = await createConfigCheck(plugin, { type: 'object', properties }, { complete: true });
  return check(values);
}
