import type { RegistryPlace } from './bind.ts';

/** The token of a registry, from the environment variable that is named for it; undefined if it is not set. */
export function tokenOf(
  { tokenEnv }: RegistryPlace,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  // A line feed at the end is what `$(cat file)` leaves out and `-e VAR="$(…)\n"` does not.
  return tokenEnv === undefined ? undefined : env[tokenEnv]?.trim() || undefined;
}
