/**
 * Who would get a message, and how to keep it from some of them.
 *
 * agent-relay delivers a broadcast, or a message of a channel, in one go and to all. So that a policy cannot be walked
 * around by a broadcast, the router works on a view of itself in which those who may not receive are not connected.
 */
import type { RelayConnection, RelayEnvelope, RelayRouter } from '../../relay/types.ts';
import type { GatedMessage } from './message.ts';

/** The private parts of the router that are read here; each may be missing in another 1.x. */
export interface RouterParts {
  readonly agents?: ReadonlyMap<string, RelayConnection>;
  readonly users?: ReadonlyMap<string, RelayConnection>;
  readonly subscriptions?: ReadonlyMap<string, ReadonlySet<string>>;
  readonly channels?: ReadonlyMap<string, ReadonlySet<string>>;
  readonly shadowsByPrimary?: ReadonlyMap<string, readonly { readonly shadowAgent: string }[]>;
}

/** Names of the connected agents and users that would get the message; of a direct one also a name that is offline. */
export function receiversOf(
  router: RelayRouter,
  { kind, sender, envelope }: Pick<GatedMessage, 'kind' | 'sender' | 'envelope'>,
): readonly string[] {
  const parts = router as RouterParts;
  const names = new Set(addressed(parts, kind, envelope));
  if (kind !== 'channel') {
    for (const name of shadowsOf(parts, sender)) names.add(name);
    if (kind === 'direct') for (const name of shadowsOf(parts, String(envelope.to))) names.add(name);
  }
  // A message to oneself is nobody else's business, and a broadcast does not come back.
  names.delete(sender);
  return [...names];
}

/**
 * A router that reaches only `receivers`.
 *
 * @param member added to the channel of the message if absent: one that left while its message waited
 * @returns undefined if this agent-relay has no such parts
 */
export function narrowed(
  router: RelayRouter,
  receivers: ReadonlySet<string>,
  member?: { readonly name: string; readonly channel: string },
): RelayRouter | undefined {
  const { agents, users, channels } = router as RouterParts;
  if (!agents || !users) return undefined;
  const only = (map: ReadonlyMap<string, RelayConnection>): Map<string, RelayConnection> =>
    new Map([...map].filter(([name]) => receivers.has(name)));
  const view = Object.create(router) as Record<string, unknown>;
  view['agents'] = only(agents);
  view['users'] = only(users);
  const members = member && channels?.get(member.channel);
  if (member && channels && members)
    view['channels'] = new Map([...channels, [member.channel, new Set([...members, member.name])]]);
  return view as unknown as RelayRouter;
}

function addressed(parts: RouterParts, kind: GatedMessage['kind'], envelope: RelayEnvelope): Iterable<string> {
  switch (kind) {
    case 'direct':
      return [String(envelope.to)];
    case 'channel':
      return membersOf(parts, channelOf(envelope));
    case 'broadcast':
      return typeof envelope.topic === 'string' && envelope.topic !== ''
        ? (parts.subscriptions?.get(envelope.topic) ?? [])
        : connectedNames(parts);
  }
}

function connectedNames({ agents, users }: RouterParts): readonly string[] {
  return [...(agents?.keys() ?? []), ...(users?.keys() ?? [])];
}

/** agent-relay finds members in any case. */
function membersOf(parts: RouterParts, channel: string): readonly string[] {
  const members = new Set([...(parts.channels?.get(channel) ?? [])].map((name) => name.toLowerCase()));
  return connectedNames(parts).filter((name) => members.has(name.toLowerCase()));
}

/** Every agent may make itself the shadow of another, and then gets copies: it counts like any receiver. */
function shadowsOf({ shadowsByPrimary }: RouterParts, primary: string): readonly string[] {
  return (shadowsByPrimary?.get(primary) ?? []).map(({ shadowAgent }) => shadowAgent);
}

/** The channel of a channel message; empty for what is none. */
export function channelOf({ payload }: RelayEnvelope): string {
  const channel = (payload as { readonly channel?: unknown } | null | undefined)?.channel;
  return typeof channel === 'string' ? channel : '';
}
