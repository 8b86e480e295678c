/** One run of a program on this machine, by what others can be told of it. */
export interface ProcessRun {
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

export function thisRun(): ProcessRun {
  return { pid: process.pid, startedAt: Math.round(performance.timeOrigin) };
}

/** Whether a run of this machine is over. One whose number another process has by now counts as alive. */
export function hasEnded({ pid, startedAt }: ProcessRun): boolean {
  // A container that was started again gives the same numbers.
  if (pid === process.pid) return startedAt !== thisRun().startedAt;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // Of another user's process nothing but that it is there can be learnt.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
