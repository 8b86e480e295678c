/**
 * Keeps plugins, and a project's ar.config, from ending the process that they share with the daemon.
 *
 * While a daemon has plugins, the functions of `process` that end it ask on whose behalf they are called. For these
 * they throw, which goes where everything goes that this code throws; all others get the original. This contains
 * mistakes and libraries that exit; it is no sandbox against code that means harm.
 */
import { syncBuiltinESMExports } from 'node:module';
import type { Blame } from './blame.ts';

type Ending = (...args: unknown[]) => unknown;
type EndingName = 'exit' | 'reallyExit' | 'abort' | 'kill';

/** What is guarded: the process, or a stand-in. */
export type ExitTarget = Pick<NodeJS.Process, 'pid'> & Record<EndingName, Ending>;

type Witness = Pick<Blame, 'current' | 'mark'>;

/** Begins to guard for the plugins of one daemon. @returns ends it; the last one puts the originals back */
export type GuardExit = (blame: Witness) => () => void;

/** Makes the one guard of a process; several daemons may share it. */
export function createExitGuard(target: ExitTarget): GuardExit {
  const guarded = new Set<Witness>();
  let restore: (() => void) | undefined;
  const refuse = (call: string): void => {
    const witness = [...guarded].find((blame) => blame.current() !== undefined);
    if (!witness) return;
    const error = new Error(`it called process.${call}`);
    witness.mark(error);
    throw error;
  };
  return (blame) => {
    if (guarded.size === 0) restore = replaceAll(target, refuse);
    guarded.add(blame);
    return () => {
      if (guarded.delete(blame) && guarded.size === 0) restore?.();
    };
  };
}

/** The guard of this process. */
export const guardExit: GuardExit = createExitGuard(process as unknown as ExitTarget);

const NAMES: readonly EndingName[] = ['exit', 'reallyExit', 'abort', 'kill'];

function replaceAll(target: ExitTarget, refuse: (call: string) => void): () => void {
  const { pid } = target;
  const restore = NAMES.map((name) =>
    replace(target, name, (args) => {
      if (name !== 'kill' || isSuicide(args, pid)) refuse(`${name}(${args.map(String).join(', ')})`);
    }),
  );
  // For `import { exit } from 'node:process'`.
  syncBuiltinESMExports();
  return () => {
    for (const putBack of restore) putBack();
    syncBuiltinESMExports();
  };
}

function replace(target: ExitTarget, name: EndingName, before: (args: readonly unknown[]) => void): () => void {
  const original = target[name];
  const replacement = function (this: unknown, ...args: unknown[]): unknown {
    before(args);
    return original.apply(this, args);
  };
  target[name] = replacement;
  return () => {
    // Somebody may have wrapped the replacement: then it stays below theirs and only passes through.
    if (target[name] === replacement) target[name] = original;
  };
}

/** Whether `process.kill` is aimed at the process itself or at a group that it is in; signal 0 only asks. */
function isSuicide([pid, signal]: readonly unknown[], own: number): boolean {
  return signal !== 0 && [own, -own, 0, -1].includes(Number(pid));
}
