/** Asks the daemon of a project how its plugins are, and tells apart why there may be no answer. */
import { hasCode } from '@ar-registry/core/errors';
import { createControlClient } from '@ar-registry/io/control-client';
import { probeSocket } from '@ar-registry/io/daemon-socket';
import type { ControlHealthResponse } from '@ar-registry/schemas';
import type { Context } from '../context.ts';
import type { RelayProject } from './relay-project.ts';

export type DaemonState =
  | ({ readonly state: 'running' } & ControlHealthResponse['result'])
  /** It runs, but was started without the loader. */
  | { readonly state: 'without-plugins' }
  /** It is there, and does not answer as it should. */
  | { readonly state: 'unresponsive'; readonly reason: string }
  /** It was killed, and left its socket behind. */
  | { readonly state: 'stale' }
  | { readonly state: 'stopped' };

interface Asking {
  readonly timeoutMs: number;
  readonly signal: Context['signal'];
}

/** Prometheus text. @throws CONTROL_UNREACHABLE, CONTROL_REFUSED, CONTROL_FAILED, ABORTED */
export async function askMetrics({ controlPath }: RelayProject, { timeoutMs, signal }: Asking): Promise<string> {
  const client = createControlClient({ socketPath: controlPath, timeoutMs });
  return (await client.request('metrics', {}, signal)).text;
}

/** @throws CONTROL_REFUSED, ABORTED */
export async function askDaemon(
  { controlPath, socketPath }: RelayProject,
  { timeoutMs, signal }: Asking,
): Promise<DaemonState> {
  try {
    const client = createControlClient({ socketPath: controlPath, timeoutMs });
    return { state: 'running', ...(await client.request('health', {}, signal)) };
  } catch (error) {
    if (hasCode(error, 'CONTROL_FAILED')) return { state: 'unresponsive', reason: error.facts.reason };
    if (!hasCode(error, 'CONTROL_UNREACHABLE')) throw error;
    const [control, relay] = await Promise.all([probeSocket(controlPath), probeSocket(socketPath)]);
    if (relay === 'listening') return { state: 'without-plugins' };
    return { state: control === 'stale' || relay === 'stale' ? 'stale' : 'stopped' };
  }
}
