/** Messages that were given up, for a storage plugin that keeps them. The daemon itself only forgets them. */
import type { DeadLetterEnvelope, DeadLetterReason, StoragePlugin } from '@ar-registry/sdk';
import type { RouterLayers } from '../../host/router-layers.ts';
import type { RelayEnvelope, RelayRouter } from '../../relay/types.ts';
import type { Caller } from '../caller.ts';
import type { StoragePort } from './port.ts';
import { toRow } from './rows.ts';

/** agent-relay's own number of attempts. */
const ATTEMPTS = 5;

export interface DeadLetterSink {
  /** The receiver did not acknowledge this message in time. */
  giveUp(messageId: string): void;
}

/** Undefined for a plugin that keeps no dead letters. */
export function createDeadLetterSink(
  plugin: StoragePlugin,
  caller: Caller,
  port: () => StoragePort | undefined,
): DeadLetterSink | undefined {
  const add = adderOf(plugin, caller);
  if (!add) return undefined;
  const find = async (messageId: string): Promise<void> => {
    const row = toRow(await port()?.read('getMessageById', [messageId]));
    if (row) await add(messageId, row, { reason: 'max_retries_exceeded', attempts: ATTEMPTS });
  };
  return { giveUp: (messageId) => void find(messageId) };
}

/** Tells of messages to names that nobody has, which agent-relay drops without a trace. @returns ends it */
export function followUndeliverable(
  plugin: StoragePlugin,
  caller: Caller,
  { router, layers }: { readonly router: RelayRouter; readonly layers: RouterLayers },
): () => void {
  const add = adderOf(plugin, caller);
  if (!add) return () => undefined;
  // Private; `false` means that the message was neither sent nor queued.
  return layers.wrap('sendDirect', (original) => (from: string, to: string, envelope: RelayEnvelope) => {
    const sent = original.call(router, from, to, envelope);
    const connected = (router as { agents?: Map<string, unknown> }).agents?.has(to) === true;
    // Names with an underscore are agent-relay's own parts: nobody waits there.
    if (sent === false && !to.startsWith('_'))
      void add(
        String(envelope.id),
        { ...fieldsOf(envelope), from, to },
        { reason: connected ? 'connection_lost' : 'target_not_found', attempts: 1 },
      );
    return sent;
  });
}

type Add = (
  id: string,
  message: DeadLetterEnvelope,
  why: { readonly reason: DeadLetterReason; readonly attempts: number },
) => Promise<unknown>;

function adderOf({ deadLetters }: StoragePlugin, caller: Caller): Add | undefined {
  if (typeof deadLetters?.add !== 'function') return undefined;
  return (id, { from, to, topic, kind, body, data, thread, ts }, { reason, attempts }) => {
    const optional = { topic, data, thread };
    const given = Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined && value !== null),
    );
    return caller.ask('deadLetters.add', () =>
      deadLetters.add(id, { from, to, kind, body, ts, ...given }, reason, attempts),
    );
  };
}

/** Of a frame that anybody may have written. */
function fieldsOf({ payload, ts }: RelayEnvelope): Omit<DeadLetterEnvelope, 'from' | 'to'> {
  const fields = (typeof payload === 'object' && payload !== null ? payload : {}) as Readonly<Record<string, unknown>>;
  const { kind, body, data, thread } = fields;
  return {
    kind: String(kind),
    body: String(body),
    ts: typeof ts === 'number' ? ts : 0,
    ...(typeof data === 'object' && data !== null && { data: structuredClone(data) as Record<string, unknown> }),
    ...(typeof thread === 'string' && { thread }),
  };
}
