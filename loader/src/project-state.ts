/** What a project says, read anew each time it is asked for. */
import { isArError, type ArError } from '@ar-registry/core/errors';
import { createProjectReader } from '@ar-registry/io/project';
import type { Lockfile, ProjectFile } from '@ar-registry/schemas';
import type { SandboxOptions } from '@ar-registry/sdk';
import type { AttachOptions } from './attach.ts';
import { loadConfigFile, type RunConfig } from './config/config-file.ts';
import { entriesOfProject } from './config/read-entry.ts';
import type { PluginConfig } from './loader.ts';
import type { ProjectState } from './request-plugin.ts';

/** Reads the project's files as they are then; what is wrong with them concerns only the plugins that they name. */
export function createStateReader({
  projectDir,
  dataDir,
}: Pick<AttachOptions, 'projectDir' | 'dataDir'>): () => Promise<ProjectState> {
  const read = createProjectReader(projectDir, dataDir);
  return async () => {
    try {
      const { wanted, lock } = await read();
      return { dir: projectDir, wanted, lock };
    } catch (error) {
      if (!isArError(error)) throw error;
      const wanted: ProjectFile = { schemaVersion: 1, plugins: {} };
      const lock: Lockfile = { schemaVersion: 1, plugins: {} };
      return { dir: projectDir, wanted, lock, problem: error };
    }
  };
}

export interface ReadConfig {
  readonly config: readonly PluginConfig[];
  readonly sandbox: SandboxOptions;
  readonly error: ArError | undefined;
}

/** What the project's ar.config says, or its ar-plugins.yaml where there is none. */
export async function readConfig(
  projectDir: string,
  readState: () => Promise<ProjectState>,
  run: RunConfig,
): Promise<ReadConfig> {
  try {
    const file = await loadConfigFile(projectDir, run);
    // Each entry is checked by itself when it is loaded.
    if (file) return { config: file.plugins as readonly PluginConfig[], sandbox: file.sandbox, error: undefined };
  } catch (error) {
    if (!isArError(error)) throw error;
    return { config: [], sandbox: {}, error };
  }
  const { wanted, problem } = await readState();
  return { config: entriesOfProject(wanted), sandbox: {}, error: problem };
}
