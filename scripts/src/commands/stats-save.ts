import { resolve } from 'node:path';
import type { StatsSaveOutput } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import type { Context, Outcome } from '../command.ts';
import { saveStats } from '../stages/stats/index.ts';
import { openGitHub, parseRepository } from './github.ts';

interface Given {
  readonly index?: string;
  readonly repo?: string;
  readonly branch?: string;
}

/** `ar-registry stats save`. @throws USAGE, GITHUB_TOKEN_MISSING, and what `saveStats` throws */
export async function runSave({ index = '', repo, branch = 'main' }: Given, context: Context): Promise<Outcome> {
  if (repo === undefined) throw usage('--repo is missing.', 'ar-registry stats --help');
  const repository = openGitHub(parseRepository(repo, 'stats'), context, 'token');
  const now = new Date(context.clock.nowMs());
  const input = { index: resolve(context.cwd, index), branch };
  const outcome = await saveStats(input, { repository, now, signal: context.signal });
  const json: StatsSaveOutput = {
    schemaVersion: 1,
    ...outcome,
    files: [...outcome.files],
    deleted: [...outcome.deleted],
  };
  const text =
    json.commit === undefined
      ? `nothing to save on ${branch}\n`
      : `${json.files.length} files saved on ${branch}, ${json.deleted.length} deleted: ${json.commit}\n`;
  return { text, json, exitCode: 0 };
}
