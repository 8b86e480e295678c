/** A program that was started, as far as it has to be ended. */
export interface Running {
  readonly pid?: number | undefined;
  readonly stdout: { destroy(): unknown } | null;
  readonly stderr: { destroy(): unknown } | null;
}

/**
 * Ends a program that is not wanted any more. What it started holds its pipes open, and may wait for a host that never
 * answers: it is not waited for.
 *
 * @param group whether it leads a group of its own, which ends with it
 */
export function endAll({ pid, stdout, stderr }: Running, group: boolean): void {
  stdout?.destroy();
  stderr?.destroy();
  if (!group || pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Nothing of it is left.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}
