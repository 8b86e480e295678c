// The linter sees tests outside of a project, where the types of Node are not there by themselves.
/// <reference types="node" />
import { execFileSync } from 'node:child_process';

/** @source nobody(5): the user without rights, on every system with users by number */
const NOBODY = 65_534;

/**
 * Runs `work` as a user who can be refused something, which the superuser is not: then as nobody, who gets `folder`
 * and all in it.
 */
export async function asNobody<T>(folder: string, work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0 || !process.seteuid) return work();
  execFileSync('chown', ['-R', String(NOBODY), folder]);
  process.seteuid(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid(0);
  }
}
