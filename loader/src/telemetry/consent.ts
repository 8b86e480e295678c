import path from 'node:path';
import { resolveConfigDir } from '@ar-registry/core/layout';
import type { TelemetryEnv } from '@ar-registry/core/telemetry';
import { readTextIfExists } from '@ar-registry/io/files';

/** Whoever started the process: as it was before any file of the project had a say. */
export interface User {
  readonly env: TelemetryEnv;
  /** Absolute; undefined where nobody knows it. */
  readonly home: string | undefined;
}

/**
 * Whether registries may be told anything. A project, which may come from anybody, can forbid it by its `.env`, and not
 * allow it: neither say where the settings are, nor that this is no CI.
 *
 * @param env with what the project adds
 * @throws HOME_UNKNOWN, FILE_INVALID, FILE_ACCESS
 */
export async function mayTell({ user, env }: { readonly user: User; readonly env: TelemetryEnv }): Promise<boolean> {
  const file = path.join(resolveConfigDir(user.env, user.home), 'config.yaml');
  const text = await readTextIfExists(file);
  if (text === undefined) return false;
  const { parseUserConfig } = await import('@ar-registry/core/registries');
  const setting = parseUserConfig(text, file).telemetry;
  const { telemetryObstacles } = await import('@ar-registry/core/telemetry');
  return [user.env, env].every((each) => telemetryObstacles({ setting, env: each, offline: false }).length === 0);
}
