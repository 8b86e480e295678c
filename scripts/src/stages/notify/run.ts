/**
 * Telling those who asked for it what happened in a registry since the last run: at least once, in order for each.
 *
 * What is new goes into the state before anything is sent, and out of it only when it was taken; so a run may be broken
 * off anywhere. What nobody takes for three days, or in twenty runs, becomes a dead letter.
 */
import { addressed, lookAt, newEvents, type Pending, type Seen, type Subscriber } from '@ar-registry/core/notices';
import type { Snapshot } from '@ar-registry/core/snapshot';
import { readIndex, type IndexSource } from '@ar-registry/io/index-store';
import { inParallel } from '@ar-registry/io/install';
import type { NotifyOutput, NotifyState } from '@ar-registry/schemas';
import { assembleReading } from '../validate/index.ts';
import { deliver, type DeliverPorts } from './deliver.ts';
import { openState, type StateFolder } from './state.ts';

export interface NotifyInput {
  readonly source: IndexSource;
  /** Folder of what is remembered; absolute. */
  readonly state: string;
  /** Where the registry is served; registry.yaml’s unless given. */
  readonly baseUrl?: string | undefined;
  /** Everything counts as new the first time. */
  readonly fromStart: boolean;
  /** What was given up is tried again. */
  readonly retryDead: boolean;
}

export type NotifyOutcome = Omit<NotifyOutput, 'schemaVersion'>;

const MAX_ATTEMPTS = 60;
const MAX_AGE_MS = 3 * 24 * 60 * 60 * 1000;

/** @throws INDEX_UNREADABLE, REVISION_UNKNOWN, FILE_INVALID, FILE_ACCESS, DISK_FULL, ABORTED */
export async function notify(input: NotifyInput, ports: DeliverPorts): Promise<NotifyOutcome> {
  const snapshot = assembleReading(await readIndex(input.source, { signal: ports.signal }));
  const folder = openState(input.state);
  const before = await folder.read();
  const subscribers = snapshot.registry.webhooks ?? [];
  const known = before ?? (input.fromStart ? NOTHING : remember(snapshot));
  const now = ports.now().toISOString();
  const seen: Seen = { ids: new Set(known.seen), owners: known.owners, ended: known.ended, revoked: known.revoked };
  const events = newEvents(snapshot, seen, { now, baseUrl: input.baseUrl ?? snapshot.registry.baseUrl });
  const again = input.retryDead ? (await folder.exhume()).map((letter) => ({ ...letter, since: now })) : [];
  const old = [...known.pending, ...again].filter(({ subscriber }) => subscribers.some(({ id }) => id === subscriber));
  const pending = [...old, ...addressed(events, subscribers, now)];
  const state = { ...remember(snapshot, seen), pending };
  await folder.write(state);
  if (again.length > 0) await folder.forget();
  const { sent, waiting, dead } = await deliverAll(state, subscribers, { folder, ports });
  return {
    ok: waiting.length === 0 && dead.length === 0,
    firstRun: before === undefined,
    events: events.length,
    sent,
    waiting: waiting.map(told),
    dead: dead.map(told),
  };
}

const NOTHING: NotifyState = { schemaVersion: 1, seen: [], owners: {}, pending: [] };

function remember(snapshot: Snapshot, before?: Seen): NotifyState {
  const { ids, owners, ended = {}, revoked = {} } = lookAt(snapshot, before);
  const sortedOwners = Object.fromEntries(Object.entries(owners).map(([name, own]) => [name, [...own]]));
  return {
    schemaVersion: 1,
    seen: [...ids].toSorted(),
    owners: sortedOwners,
    ...(Object.keys(ended).length === 0 ? {} : { ended }),
    ...(Object.keys(revoked).length === 0 ? {} : { revoked }),
    pending: [],
  };
}

interface Delivered {
  readonly sent: number;
  readonly waiting: readonly Pending[];
  readonly dead: readonly Pending[];
}

async function deliverAll(
  state: NotifyState,
  subscribers: readonly Subscriber[],
  { folder, ports }: { readonly folder: StateFolder; readonly ports: DeliverPorts },
): Promise<Delivered> {
  const left = new Set<Pending>(state.pending);
  const waiting: Pending[] = [];
  const dead: Pending[] = [];
  let sent = 0;
  let saving = Promise.resolve();
  /** One after the other: a later state is never overwritten by an earlier one. */
  const save = (): Promise<void> =>
    (saving = saving.then(() => folder.write({ ...state, pending: [...waiting, ...left] })));
  try {
    await inParallel(subscribers, async (subscriber) => {
      for (const pending of state.pending.filter((each) => each.subscriber === subscriber.id)) {
        const result = await deliver(pending, subscriber, ports);
        if (result.kind === 'sent') sent += 1;
        else {
          const tried = { ...pending, attempts: pending.attempts + result.attempts, problem: result.problem };
          if (result.kind !== 'refused' && !isTooOld(tried, ports.now())) waiting.push(tried);
          else {
            // Before it is taken out of what is to be told: twice a dead letter is better than never.
            await folder.bury([tried], ports.now().toISOString());
            dead.push(tried);
          }
        }
        left.delete(pending);
        await save();
        // The next ones would fare no better, and wait in order.
        if (result.kind === 'down') break;
      }
    });
  } finally {
    await save();
  }
  return { sent, waiting: [...waiting, ...left], dead };
}

function isTooOld({ attempts, since }: Pending, now: Date): boolean {
  return attempts >= MAX_ATTEMPTS || now.getTime() - Date.parse(since) >= MAX_AGE_MS;
}

function told({ subscriber, id, attempts, problem }: Pending): NotifyOutcome['waiting'][number] {
  return { subscriber, id, attempts, problem: problem ?? 'not tried yet' };
}
