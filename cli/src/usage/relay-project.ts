/**
 * Where the daemon of a project keeps its things. agent-relay decides, and only it and the loader write there: this is
 * agent-relay 1.x's own rule (`dist/utils/project-namespace.js`), which has no other form that a program could ask.
 */
import { createHash } from 'node:crypto';
import { access, realpath } from 'node:fs/promises';
import path from 'node:path';
import { controlSocketPath, pluginLogsPath } from '@ar-registry/core/layout';
import type { Context } from '../context.ts';

export interface RelayProject {
  /** Folder of `ar-plugins.yaml`; absolute, and real. */
  readonly dir: string;
  /** What agent-relay takes for the project: the nearest folder at or above `dir` that looks like one. */
  readonly root: string;
  /** agent-relay's data folder of the project. */
  readonly dataDir: string;
  /** On which the daemon listens. */
  readonly socketPath: string;
  /** On which the loader answers. */
  readonly controlPath: string;
  readonly logsDir: string;
}

const MARKERS = ['.git', 'package.json', 'Cargo.toml', 'go.mod', 'pyproject.toml', '.agent-relay'];

/** @throws PROJECT_FOREIGN */
export async function findRelayProject({
  projectDir,
  dataDir: base,
}: Pick<Context, 'projectDir' | 'dataDir'>): Promise<RelayProject> {
  const given = await projectDir();
  // A daemon that is started in the folder sees the real path.
  const dir = await realpath(given).catch(() => given);
  const root = await findRoot(dir, dir);
  const dataDir = path.join(base, createHash('sha256').update(root).digest('hex').slice(0, 12));
  return {
    dir,
    root,
    dataDir,
    socketPath: path.join(dataDir, 'relay.sock'),
    controlPath: controlSocketPath(dataDir),
    logsDir: pluginLogsPath(dataDir),
  };
}

/** The file system's own root is never a project. */
async function findRoot(folder: string, otherwise: string): Promise<string> {
  const above = path.dirname(folder);
  if (above === folder) return otherwise;
  const marked = await Promise.all(MARKERS.map((marker) => exists(path.join(folder, marker))));
  return marked.includes(true) ? folder : findRoot(above, otherwise);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
