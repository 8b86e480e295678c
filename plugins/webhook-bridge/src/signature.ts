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
  /** Whether `body` was signed with the secret at most five minutes ago, or hence. True for all without a secret. */
  isAuthentic(headers: Readonly<Record<string, string>>, body: string): boolean;
}

/** @source https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export function createSignature(secret: string | undefined): Signature {
  const webhook = secret === undefined ? undefined : new Webhook(secret);
  return {
    headers: (id, at, body) => ({
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      ...(webhook && { 'webhook-signature': webhook.sign(id, at, body) }),
    }),
    isAuthentic(headers, body) {
      try {
        webhook?.verify(body, headers, { jsonParse: false });
        return true;
      } catch (error) {
        if (error instanceof WebhookVerificationError) return false;
        throw error;
      }
    },
  };
}
