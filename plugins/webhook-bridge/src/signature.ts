import { Webhook, WebhookVerificationError } from 'standardwebhooks';

/** The headers of a signed post. */
export interface WebhookHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature'?: string;
}

export interface Signature {
  /** The headers for an attempt at `at`. The timestamp is that of the attempt: receivers refuse old ones. */
  headers(id: string, at: Date, body: string): WebhookHeaders;
  /** Whether `body` was signed with one of the secrets at most five minutes ago, or hence. True for all without one. */
  isAuthentic(headers: Readonly<Record<string, string>>, body: string): boolean;
}

/**
 * @param secrets while one takes the place of another, both
 * @source https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function createSignature(secrets: readonly string[]): Signature {
  const webhooks = secrets.map((secret) => new Webhook(secret));
  return {
    headers(id, at, body) {
      const signatures = webhooks.map((webhook) => webhook.sign(id, at, body));
      return {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
      };
    },
    isAuthentic: (headers, body) =>
      webhooks.length === 0 || webhooks.some((webhook) => isSignedWith(webhook, headers, body)),
  };
}

function isSignedWith(webhook: Webhook, headers: Readonly<Record<string, string>>, body: string): boolean {
  try {
    webhook.verify(body, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}
