/** The only reader of the process: what everything else is handed. */
import { userInfo } from 'node:os';
import { resolveHome } from '@ar-registry/core/layout';

export interface ProcessContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; undefined where nobody knows it. */
  readonly home: string | undefined;
  readonly cwd: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function processContext(): ProcessContext {
  const home = resolveHome(process.env, () => userInfo().homedir);
  return { env: process.env, home, cwd: process.cwd(), now: () => Date.now() };
}

/** What runs this process, for starting others. */
export function runtimeFacts(): {
  readonly execPath: string;
  readonly platform: NodeJS.Platform;
  readonly path: string;
} {
  return { execPath: process.execPath, platform: process.platform, path: process.env['PATH'] ?? '' };
}

/** Variables that agent-relay reads from the process itself when it is imported. */
const READ_AT_IMPORT = ['AGENT_RELAY_DATA_DIR', 'XDG_DATA_HOME'] as const;

/** Makes agent-relay see the environment that the loader was given, where the two have to meet in one folder. */
export function shareWithRelay(env: ProcessContext['env']): void {
  if (env === process.env) return;
  for (const name of READ_AT_IMPORT) {
    const value = env[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** Milliseconds, with fractions, of a clock that nobody sets. */
export function elapsedMs(): number {
  return performance.now();
}
