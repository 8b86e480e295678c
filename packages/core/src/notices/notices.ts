/**
 * What is new in a registry since somebody looked last, and who wants to know it.
 *
 * Everything has an id that stays the same for good, so that what was seen is seen, however often it is looked at.
 */
import type { Notice, NotifyState, PluginName, RegistryRecord, Timestamp } from '@ar-registry/schemas';
import { changesIn, standingIn } from '../changes/index.ts';
import { routes } from '../layout/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import { revocationsIn, widenedIn, type Revocations } from './revocations.ts';

export type Subscriber = NonNullable<RegistryRecord['webhooks']>[number];
export type Pending = NotifyState['pending'][number];

export interface NewEvent {
  readonly id: string;
  readonly notice: Notice;
}

export interface Seen {
  readonly ids: ReadonlySet<string>;
  /** Plugin → ids of its owners, sorted. */
  readonly owners: Readonly<Record<PluginName, readonly number[]>>;
  /** Id → how often it was over. */
  readonly ended?: Readonly<Record<string, number>> | undefined;
  /** What advisories forbade; absent where nobody remembers that. */
  readonly revoked?: Revocations | undefined;
}

/** Ids of everything that can be seen, the owners as they are, and what was seen before and is over. */
export function lookAt(snapshot: Snapshot, before?: Seen): Seen {
  const events = [...changesIn(snapshot), ...standingIn(snapshot)];
  const ids = new Set(events.map(({ id }) => id));
  const owners = ownersIn(snapshot);
  const revoked = revocationsIn(snapshot);
  if (!before) return { ids, owners, revoked };
  const over = [...before.ids].filter((id) => !ids.has(id) && CAN_END.test(id));
  const ended = { ...before.ended };
  const transferred = transfersIn(owners, before).map((transfer) => transfer.id);
  for (const id of [...over, ...transferred, ...widenedSince(snapshot, before)]) ended[id] = (ended[id] ?? 0) + 1;
  return { ids, owners, ended, revoked };
}

/** Ids of revocations that were told of and forbid more now. */
function widenedSince(snapshot: Snapshot, { ids, revoked = {} }: Seen): ReadonlySet<string> {
  const told = [...widenedIn(snapshot, revoked)].map((advisory) => `plugin.revoked:${advisory}`);
  return new Set(told.filter((id) => ids.has(id)));
}

/** What can be undone, and done again. Versions and advisories are published once. */
const CAN_END = /^(?:plugin\.(?:deprecated|yanked|revoked|renamed)|advisory\.withdrawn):/;

function ownersIn({ plugins }: Snapshot): Seen['owners'] {
  return Object.fromEntries(
    plugins.map(({ name, record }) => [name, record.owners.map(({ id }) => id).toSorted((a, b) => a - b)]),
  );
}

/**
 * What was not seen before, the oldest first.
 *
 * @param now when what no record has a time for was first seen
 * @param baseUrl where the registry is served, if that is known
 */
export function newEvents(
  snapshot: Snapshot,
  seen: Seen,
  { now, baseUrl }: { readonly now: Timestamp; readonly baseUrl: string | undefined },
): readonly NewEvent[] {
  const url = (plugin: PluginName): { readonly url?: string } =>
    baseUrl === undefined ? {} : { url: `${baseUrl.replace(/\/+$/, '')}/${routes.plugin(plugin)}` };
  const widened = widenedSince(snapshot, seen);
  const changes = changesIn(snapshot)
    .filter(({ id }) => !seen.ids.has(id) || widened.has(id))
    .toReversed()
    .map(({ id, type, at, plugin, version, advisory, summary }) => ({
      id: nextId(id, seen, widened.has(id) ? 1 : 0),
      notice: {
        event: type,
        plugin,
        ...optional({ version }),
        timestamp: at,
        ...optional({ advisory, summary }),
        ...url(plugin),
      },
    }));
  const standing = standingIn(snapshot)
    .filter(({ id }) => !seen.ids.has(id))
    .map(({ id, type, plugin, version, reason, renamedTo }) => ({
      id: nextId(id, seen),
      notice: {
        event: type,
        plugin,
        ...optional({ version }),
        timestamp: now,
        ...optional({ reason, renamedTo }),
        ...url(plugin),
      },
    }));
  return [...changes, ...standing, ...transfers(snapshot, seen, (plugin) => ({ timestamp: now, ...url(plugin) }))];
}

function transfers(
  snapshot: Snapshot,
  seen: Seen,
  more: (plugin: PluginName) => { readonly timestamp: Timestamp; readonly url?: string },
): readonly NewEvent[] {
  return transfersIn(ownersIn(snapshot), seen).map(({ id, plugin }) => ({
    id: nextId(id, seen),
    notice: { event: 'plugin.transferred', plugin, ...more(plugin) },
  }));
}

/** A plugin has changed hands when none of those who owned it does any more. */
function transfersIn(
  now: Seen['owners'],
  { owners }: Seen,
): readonly { readonly id: string; readonly plugin: PluginName }[] {
  return Object.entries(now).flatMap(([plugin, ids]) => {
    const before = Object.hasOwn(owners, plugin) ? (owners[plugin] ?? []) : [];
    if (before.length === 0 || before.some((id) => ids.includes(id))) return [];
    return [{ id: `plugin.transferred:${plugin}:${briefly(ids)}`, plugin }];
  });
}

/** Fifty owners, the most there can be, would make an id longer than ids are. */
function briefly(ids: readonly number[]): string {
  const first = ids.slice(0, MOST_NAMED).join(',');
  return ids.length <= MOST_NAMED ? first : `${first}+${ids.length - MOST_NAMED}`;
}

const MOST_NAMED = 10;

/**
 * Whoever passes over ids that he knows would not hear of a version that is yanked a second time.
 *
 * @param more how often it happened besides, without being over
 */
function nextId(id: string, { ended = {} }: Seen, more = 0): string {
  const times = (Object.hasOwn(ended, id) ? (ended[id] ?? 0) : 0) + more;
  return times === 0 ? id : `${id}:${times + 1}`;
}

/** What each subscriber is still to be told of it. */
export function addressed(
  events: readonly NewEvent[],
  subscribers: readonly Subscriber[],
  since: Timestamp,
): readonly Pending[] {
  return subscribers.flatMap((subscriber) =>
    events
      .filter(({ notice }) => wants(subscriber, notice))
      .map(({ id, notice }) => ({ subscriber: subscriber.id, id, notice, attempts: 0, since })),
  );
}

function wants({ events, plugins }: Subscriber, { event, plugin }: Notice): boolean {
  if (events !== undefined && !events.includes(event)) return false;
  if (plugins === undefined) return true;
  const [scope] = plugin.split('/', 1);
  return plugins.includes(plugin) || plugins.includes(`${scope}/*`);
}

type Defined<T> = { readonly [Key in keyof T]?: NonNullable<T[Key]> };

function optional<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
