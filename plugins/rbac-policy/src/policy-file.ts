/** The policy as its file says it, also after the file was changed. */
import { readFile, stat } from 'node:fs/promises';
import type { Schema } from '@cfworker/json-schema';
import { parsePolicy, POLICY_LIMIT_BYTES } from './policy/parse.ts';
import type { Policy } from './policy/policy.ts';

export interface PolicyFile {
  current(): Policy;
  /** Why the file as it is now is not what counts; undefined where it is. */
  problem(): string | undefined;
  /** Reads the file again if it has changed. One that cannot be used changes nothing, and is told. */
  refresh(): Promise<void>;
}

export interface PolicyFileEvents {
  onChange(policy: Policy): void;
  onProblem(problem: string): void;
}

/** @throws {PolicyError} and what the file system says: without a policy there is nothing to enforce */
export async function openPolicyFile(path: string, events: PolicyFileEvents): Promise<PolicyFile> {
  const schema = JSON.parse(await readFile(new URL('../policy-schema.json', import.meta.url), 'utf8')) as Schema;
  const load = async (): Promise<Policy> => {
    if ((await stat(path)).size > POLICY_LIMIT_BYTES) throw new Error(`it is larger than ${POLICY_LIMIT_BYTES} bytes`);
    return parsePolicy(await readFile(path, 'utf8'), schema);
  };
  let seen = await markOf(path);
  let policy = await load();
  let problem: string | undefined;

  const refresh = async (): Promise<void> => {
    try {
      const mark = await markOf(path);
      // One that could not be used is tried again: what was wrong may have been its folder, or who may read it.
      if (mark === seen && problem === undefined) return;
      // Before it is read: a change in between is seen the next time.
      seen = mark;
      policy = await load();
      problem = undefined;
      events.onChange(policy);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== problem) events.onProblem(message);
      problem = message;
    }
  };
  let going: Promise<void> | undefined;
  return {
    current: () => policy,
    problem: () => problem,
    refresh: () => (going ??= refresh().finally(() => (going = undefined))),
  };
}

/** Differs when the file was written or replaced, also where its time was set back. */
async function markOf(path: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return `${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}
