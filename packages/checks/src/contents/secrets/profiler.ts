/**
 * The profiler that secretlint itself uses, wherever it is installed. The standalone binary has another module in place of
 * this one: `tools/binary/replacements/profiler.ts`.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

export interface ProfilerModule {
  readonly secretLintProfiler?: { readonly setEnabled?: (enabled: boolean) => void };
}

export async function loadProfiler(): Promise<ProfilerModule> {
  const core = createRequire(import.meta.url).resolve('@secretlint/core');
  const profiler = pathToFileURL(createRequire(core).resolve('@secretlint/profiler')).href;
  return (await import(profiler)) as ProfilerModule;
}
