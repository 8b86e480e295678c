/** What the package of an installed plugin says of its configuration. None of its code runs. */
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { wantedPlugin, type LockEntry } from '@ar-registry/core/install';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import {
  configKeysOf,
  createConfigCheck,
  parseConfigSchema,
  type ConfigDescription,
  type ConfigSchemaObject,
} from '@ar-registry/core/plugin-config';
import { readTextIfExists } from '@ar-registry/io/files';
import { createInstallStore } from '@ar-registry/io/install-store';
import { readProject, type Project } from '@ar-registry/io/project';
import type { NormalizedManifest, PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';

/** As much as the loader reads. */
const SCHEMA_LIMIT = 256 * 1024;

/** A plugin's configuration: what it can be, and what `ar-plugins.yaml` has. */
export interface PluginConfig {
  readonly project: Project;
  readonly description: ConfigDescription;
  readonly current: Readonly<Record<string, unknown>>;
}

/** @throws NOT_INSTALLED, LOCK_MISMATCH, PLUGIN_NOT_FETCHED, PLUGIN_CONFIG_INVALID where its schema cannot be used */
export async function readPluginConfig(plugin: string, context: Context): Promise<PluginConfig> {
  const project = await readProject(await context.projectDir(), context.dataDir);
  const current = wantedPlugin(project, plugin).config ?? {};
  const lock = Object.hasOwn(project.lock.plugins, plugin) ? project.lock.plugins[plugin] : undefined;
  if (!lock) throw new ArError('LOCK_MISMATCH', { problem: `${plugin} is wanted but not locked` });
  return { project, current, description: await describe(plugin, packageDirOf(lock, project.dir, context.dataDir)) };
}

function packageDirOf(lock: LockEntry, projectDir: string, dataDir: string): string {
  if (lock.source === 'folder') return path.resolve(projectDir, lock.path);
  return createInstallStore({ dataDir }).packageDir(lock.integrity);
}

async function describe(plugin: PluginName, dir: string): Promise<ConfigDescription> {
  const text = await readTextIfExists(path.join(dir, MANIFEST_FILE));
  if (text === undefined) throw new ArError('PLUGIN_NOT_FETCHED', { plugin });
  const { manifest } = parseManifest(text, MANIFEST_FILE);
  if (!manifest) throw new ArError('STORE_DAMAGED', { plugin, file: MANIFEST_FILE });
  const schema = await readSchema(manifest, dir);
  const check = schema && (await createConfigCheck(plugin, schema));
  return { plugin, keys: configKeysOf(manifest, schema), check };
}

async function readSchema({ name, config }: NormalizedManifest, dir: string): Promise<ConfigSchemaObject | undefined> {
  if (config.schema === undefined) return undefined;
  const text = await readTextIfExists(path.join(dir, config.schema));
  const fault = (problem: string): ArError =>
    new ArError('PLUGIN_CONFIG_INVALID', { plugin: name, key: 'config.schema', problem });
  if (text === undefined) throw fault('does not exist');
  if (text.length > SCHEMA_LIMIT) throw fault(`is larger than ${SCHEMA_LIMIT} bytes`);
  return parseConfigSchema(name, text);
}
