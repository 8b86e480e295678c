/** A post that is to become a relay message. Whoever can reach the port wrote it; nothing in it is trusted. */
export type InboundMessage = {
  readonly body: string;
  readonly thread?: string;
  readonly data?: Record<string, unknown>;
} & ({ readonly kind: 'direct'; readonly to: string } | { readonly kind: 'channel'; readonly channel: string });

export type ParsedInbound =
  | { readonly ok: true; readonly message: InboundMessage }
  | { readonly ok: false; readonly problem: string };

const KEYS: ReadonlySet<string> = new Set(['to', 'channel', 'body', 'thread', 'data']);

/**
 * Reads `{ to, body, thread?, data? }` or `{ channel, body, thread?, data? }`.
 *
 * Names and keys of `data` that begin with an underscore are refused: with them the daemon's own parts speak to each
 * other (`_router`, `_channelMembership`), and a post must not speak in their place.
 */
export function parseInbound(text: string, agentName: string): ParsedInbound {
  const value = parseJson(text);
  if (!isObject(value)) return refuse('The body must be a JSON object.');
  const unknown = Object.keys(value).find((key) => !KEYS.has(key));
  if (unknown !== undefined) return refuse('The only keys are to, channel, body, thread and data.');
  const problem = problemOfTarget(value, agentName) ?? problemOfContent(value);
  if (problem !== undefined) return refuse(problem);
  const { to, channel, body, thread, data } = value as {
    to?: string;
    channel?: string;
    body: string;
    thread?: string;
    data?: Record<string, unknown>;
  };
  const content = { body, ...(thread !== undefined && { thread }), ...(data && { data }) };
  if (channel !== undefined) return { ok: true, message: { kind: 'channel', channel, ...content } };
  return { ok: true, message: { kind: 'direct', to: to ?? '', ...content } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function problemOfTarget({ to, channel }: Record<string, unknown>, agentName: string): string | undefined {
  if ((to === undefined) === (channel === undefined)) return 'Give either to or channel.';
  if (channel !== undefined) {
    return matches(channel, /^#[^\s,\p{Cc}]{1,100}$/u) ? undefined : 'channel must be a name with its #.';
  }
  if (!matches(to, /^(?:\*|[^\s_#*,\p{Cc}][^\p{Cc}]{0,127})$/u)) return 'to must be the name of an agent, or *.';
  if (to.toLowerCase() === agentName.toLowerCase()) return 'to must not be the bridge itself.';
  return undefined;
}

function problemOfContent({ body, thread, data }: Record<string, unknown>): string | undefined {
  if (typeof body !== 'string' || body === '') return 'body must be text.';
  if (thread !== undefined && !matches(thread, /^[^\p{Cc}]{1,200}$/u)) return 'thread must be a short text.';
  if (data === undefined) return undefined;
  if (!isObject(data)) return 'data must be an object.';
  if (Object.keys(data).some((key) => key.startsWith('_'))) return 'Keys of data must not begin with an underscore.';
  return isSerializable(data) ? undefined : 'data is nested too deeply.';
}

/** Nesting of some thousand levels, which `JSON.parse` takes, overflows the stack of `JSON.stringify`. */
function isSerializable(data: object): boolean {
  try {
    JSON.stringify(data);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(problem: string): ParsedInbound {
  return { ok: false, problem };
}
