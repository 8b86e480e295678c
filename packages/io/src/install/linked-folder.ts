/** Folders of the user's own: linked, not copied. Nothing of them is locked, so what is there is what is installed. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import { YAML_LIMIT_BYTES } from '@ar-registry/core/yaml';
import type { NormalizedManifest, PluginName } from '@ar-registry/schemas';

export interface LinkedFolder {
  readonly name: PluginName;
  /** As the lock has it: relative to the project. */
  readonly path: string;
}

export type LinkState =
  | { readonly kind: 'linked'; readonly manifest: NormalizedManifest }
  /** `problem` completes “it is linked to …, but”. */
  | { readonly kind: 'broken'; readonly problem: string };

/** What a link leads to at this moment. */
export async function readLink({ name, path: linked }: LinkedFolder, projectDir: string): Promise<LinkState> {
  const folder = path.resolve(projectDir, linked);
  const info = await stat(folder).catch(() => undefined);
  if (!info?.isDirectory()) return broken(info ? 'that is no folder' : 'there is no such folder');
  const text = await readText(path.join(folder, MANIFEST_FILE));
  if (text === undefined) return broken(`the folder has no ${MANIFEST_FILE} that can be read`);
  const { manifest } = parseManifest(text, MANIFEST_FILE);
  if (!manifest) return broken(`its ${MANIFEST_FILE} is not valid`);
  return manifest.name === name ? { kind: 'linked', manifest } : broken(`that is ${manifest.name}`);
}

/** A project of somebody else's may link to what never ends. */
async function readText(file: string): Promise<string | undefined> {
  const info = await stat(file).catch(() => undefined);
  if (!info?.isFile() || info.size > YAML_LIMIT_BYTES) return undefined;
  return readFile(file, 'utf8').catch(() => undefined);
}

function broken(problem: string): LinkState {
  return { kind: 'broken', problem };
}

/** @throws LINK_BROKEN */
export async function assertLinked(link: LinkedFolder, projectDir: string): Promise<NormalizedManifest> {
  const state = await readLink(link, projectDir);
  if (state.kind === 'linked') return state.manifest;
  throw new ArError('LINK_BROKEN', { plugin: link.name, path: link.path, problem: state.problem });
}
