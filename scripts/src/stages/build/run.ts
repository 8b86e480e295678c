/**
 * Building the static API: from an index and its archives to a folder that any web server can serve. What is known from
 * the build before is used where that gives the same.
 */
import type { BuildInput, BuildOutcome } from './build-input.ts';
import { buildChange } from './change-build.ts';
import { withOutput } from './output-lock.ts';

/**
 * @throws INDEX_UNREADABLE, REVISION_UNKNOWN, OUTPUT_FOLDER_FOREIGN, OUTPUT_IN_USE, FILE_ACCESS, DISK_FULL, ABORTED
 */
export async function build(
  input: BuildInput,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<BuildOutcome> {
  return withOutput(input.out, { signal }, () => buildHere(input, signal));
}

async function buildHere(input: BuildInput, signal: AbortSignal | undefined): Promise<BuildOutcome> {
  const changed = (input.state ?? 'use') === 'use' ? await buildChange(input, signal) : undefined;
  if (changed) return changed;
  // Most builds are of a change, and need little of what this does.
  const { buildAll } = await import('./build-all.ts');
  return buildAll(input, signal);
}
