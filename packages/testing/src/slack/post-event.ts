/** Events as Slack posts them: signed over the time and the body. @source Slack, "Verifying requests from Slack" */
import { createHmac } from 'node:crypto';
import { payloadOf, type Envelope } from './socket.ts';

export const SIGNING_SECRET = '0123456789abcdef0123456789abcdef';

export interface PostOptions {
  readonly secret?: string;
  /** Seconds since the epoch; now unless given. */
  readonly timestamp?: number;
  /** In the place of an event. */
  readonly body?: string;
}

/** @returns the status and text of the answer */
export async function postEvent(
  url: string,
  event: Envelope['event'],
  { secret = SIGNING_SECRET, timestamp = Math.floor(Date.now() / 1000), body }: PostOptions = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const sent = body ?? JSON.stringify(payloadOf('posted', event));
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${sent}`).digest('hex');
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': `v0=${signature}`,
    },
    body: sent,
  });
  return { status: response.status, text: await response.text() };
}
