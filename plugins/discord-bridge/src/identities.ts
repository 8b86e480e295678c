/**
 * Webhooks, by which each agent has its own name in Discord. A channel has one of the bot's own: it is looked for, and made
 * where there is none. Their tokens stay in memory.
 */
import { DiscordAPIError, RESTJSONErrorCodes, Routes, type APIWebhook, type REST } from 'discord.js';

export interface Webhook {
  readonly id: string;
  readonly token: string;
}

export interface Identities {
  /** Undefined where the bot may not have one. @throws what discord.js throws for what passes */
  webhookOf(channel: string): Promise<Webhook | undefined>;
  /** It was deleted. */
  forget(channel: string): void;
}

export interface IdentityPorts {
  readonly rest: Pick<REST, 'get' | 'post'>;
  readonly nowMs: () => number;
  /** The bot's own application, as soon as it is known. */
  readonly applicationId: () => string | undefined;
  readonly onRefused: (channel: string) => void;
}

interface Known {
  readonly webhook: Webhook | undefined;
  readonly untilMs: number;
}

const NAME = 'Agent Relay';
const KEEP_REFUSAL_MS = 10 * 60 * 1000;
const REFUSED: ReadonlySet<unknown> = new Set([
  RESTJSONErrorCodes.MissingPermissions,
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.MaximumNumberOfWebhooksReached,
]);

export function createIdentities(ports: IdentityPorts): Identities {
  const known = new Map<string, Known>();
  return {
    async webhookOf(channel) {
      const before = known.get(channel);
      if (before && before.untilMs > ports.nowMs()) return before.webhook;
      const webhook = await findWebhook(channel, ports);
      const untilMs = webhook ? Number.POSITIVE_INFINITY : ports.nowMs() + KEEP_REFUSAL_MS;
      known.set(channel, { webhook, untilMs });
      return webhook;
    },
    forget: (channel) => void known.delete(channel),
  };
}

async function findWebhook(
  channel: string,
  { rest, applicationId, onRefused }: IdentityPorts,
): Promise<Webhook | undefined> {
  const own = applicationId();
  if (own === undefined) return undefined;
  try {
    const all = (await rest.get(Routes.channelWebhooks(channel))) as readonly APIWebhook[];
    const found = all.find((each) => each.application_id === own && each.token !== undefined);
    const { id, token } =
      found ?? ((await rest.post(Routes.channelWebhooks(channel), { body: { name: NAME } })) as APIWebhook);
    return token === undefined ? undefined : { id, token };
  } catch (error) {
    if (!(error instanceof DiscordAPIError) || !REFUSED.has(error.code)) throw error;
    onRefused(channel);
    return undefined;
  }
}

/** Discord allows no names with these words in them. @source Discord, "Create Webhook" */
const FORBIDDEN = /clyde|discord|^(?:everyone|here)$/i;

/** An agent's name as that of a webhook; undefined where it cannot be one. */
export function usernameOf(agent: string): string | undefined {
  const name = agent.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return name === '' || name.length > 80 || FORBIDDEN.test(name) ? undefined : name;
}
