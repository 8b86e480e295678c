/** What `ar plugin init` fills into a template: what the user said, and good guesses for the rest. */
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { isError } from '@ar-registry/core/findings';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import { nameProblem } from '@ar-registry/core/name';
import { nameWithin } from '@ar-registry/io/package-folder';
import { readGitSetting } from '@ar-registry/io/publish';
import type { PluginType } from '@ar-registry/schemas';
import type { TemplateOptions } from '@ar-registry/sdk/templates';
import { ownProgram } from '../own-program.ts';

export interface Wishes {
  /** Absolute. */
  readonly dir: string;
  readonly type: PluginType;
  readonly name: string | undefined;
  readonly license: string;
  readonly author: string | undefined;
}

/** @throws NAME_INVALID */
export async function templateValues(wishes: Wishes, signal: AbortSignal): Promise<TemplateOptions> {
  const { dir, type, license } = wishes;
  const setting = async (key: string): Promise<string | undefined> => readGitSetting(key, { cwd: '.', signal });
  const author = wishes.author ?? (await setting('user.name'));
  const name = wishes.name ?? `@${await defaultScope(setting)}/${slug(path.basename(dir)) || 'my-plugin'}`;
  const problem = nameProblem(name);
  if (problem !== undefined) throw new ArError('NAME_INVALID', { name, problem });
  return {
    name,
    type,
    license,
    sdkSpec: await ownProgram.sdkSpec(),
    ...(author === undefined ? {} : { author }),
  };
}

/** An odd licence or author must not make a manifest that `validate` refuses. @throws FINDINGS */
export function checkTemplate(files: ReadonlyMap<string, string>, folder: string): void {
  const { findings } = parseManifest(files.get(MANIFEST_FILE) ?? '', nameWithin(folder)(MANIFEST_FILE));
  const errors = findings.filter(isError).length;
  if (errors > 0) throw new ArError('FINDINGS', { subject: folder, errors, findings });
}

async function defaultScope(setting: (key: string) => Promise<string | undefined>): Promise<string> {
  return slug((await setting('github.user')) ?? '') || slug((await setting('user.name')) ?? '') || 'my-org';
}

/** What a part of a name may hold: `Jane Doe` → `jane-doe`. */
function slug(text: string): string {
  const kept = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  return nameProblem(`@${kept}/x`) === undefined ? kept : '';
}
