/** `ar-registry`, the other program, as a process: the two know each other by the files of an index alone. */
import fs from 'node:fs';
import path from 'node:path';
import { validator as isValidate } from '@ar-registry/schemas/validators/cli/validate';
import type { Ended, Sandbox } from './ar.ts';

const MAIN = process.env['AR_TEST_PIPELINE'] ?? path.resolve(import.meta.dirname, '../../../scripts/src/main.ts');

export function registryCommand(sandbox: Sandbox, ...args: readonly string[]): Promise<Ended> {
  return sandbox.start(process.execPath, ['--conditions=ar-source', MAIN, ...args]).ended;
}

/** Codes that `ar-registry validate` finds in a branch of `index.git`, errors and warnings. */
export async function findingsOf(sandbox: Sandbox, branch: string, submitter: string): Promise<readonly string[]> {
  const where = ['--index', 'index.git', '--base', 'main', '--head', branch, '--submitter', submitter];
  const { stdout, stderr } = await registryCommand(sandbox, 'validate', ...where, '--json');
  const result = isValidate(JSON.parse(stdout));
  if (!result.ok) throw new Error(stdout + stderr);
  return result.value.findings.map(({ code }) => code);
}

/** Makes the bare repository `index.git` of an index. */
export async function makeIndex(sandbox: Sandbox, files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  const folder = path.join(sandbox.dir, '.seed');
  for (const [file, text] of files) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  }
  await sandbox.git('init', '--quiet', folder);
  await sandbox.git('-C', folder, 'add', '.');
  await sandbox.git('-C', folder, 'commit', '--quiet', '-m', 'Start');
  await sandbox.git('clone', '--quiet', '--bare', folder, path.join(sandbox.dir, 'index.git'));
}

/** What a reviewer does: a merge commit on main. The branch stays. */
export async function mergeBranch(sandbox: Sandbox, branch: string): Promise<void> {
  const repository = path.join(sandbox.dir, 'index.git');
  const tree = (await sandbox.git('-C', repository, 'merge-tree', '--write-tree', 'main', branch)).trim();
  const parents = ['-p', 'main', '-p', branch];
  const commit = await sandbox.git('-C', repository, 'commit-tree', tree, ...parents, '-m', `Merge ${branch}`);
  await sandbox.git('-C', repository, 'update-ref', 'refs/heads/main', commit.trim());
}
