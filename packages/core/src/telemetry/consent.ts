/** Whether anything may be told. Off unless the user said `on`, and off all the same where one of these speaks against it. */
import { ciVariable, type TelemetryEnv } from './ci.ts';

/** Why nothing is told. */
export type TelemetryObstacle =
  /** The user never said that it may be. */
  | { readonly kind: 'not-asked-for' }
  /** `telemetry: false` in config.yaml. */
  | { readonly kind: 'switched-off' }
  | { readonly kind: 'do-not-track' }
  | { readonly kind: 'ci'; readonly variable: string }
  | { readonly kind: 'offline' };

export interface Circumstances {
  /** `telemetry` of the user’s own config.yaml. */
  readonly setting: boolean | undefined;
  readonly env: TelemetryEnv;
  /** `--offline` */
  readonly offline: boolean;
}

/** All that speaks against telling anything; nothing may be told unless this is empty. */
export function telemetryObstacles({ setting, env, offline }: Circumstances): readonly TelemetryObstacle[] {
  const variable = ciVariable(env);
  return [
    ...(setting === undefined ? [{ kind: 'not-asked-for' } as const] : []),
    ...(setting === false ? [{ kind: 'switched-off' } as const] : []),
    ...(asksNotToTrack(env) ? [{ kind: 'do-not-track' } as const] : []),
    ...(variable === undefined ? [] : [{ kind: 'ci', variable } as const]),
    ...(offline ? [{ kind: 'offline' } as const] : []),
  ];
}

/** Any value but `0` and `false`. @source https://consoledonottrack.com */
function asksNotToTrack(env: TelemetryEnv): boolean {
  const value = env['DO_NOT_TRACK'] ?? '';
  return value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}
