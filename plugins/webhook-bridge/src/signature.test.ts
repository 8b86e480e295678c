import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSignature } from './signature.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const body = '{"test": 2432232314}';

describe('createSignature', () => {
  it('signs as the example of the specification', () => {
    const headers = createSignature([secret]).headers(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      new Date(1_614_265_330_000),
      body,
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('signs as HMAC-SHA256 of id, timestamp and body, beyond ASCII too', () => {
    const text = JSON.stringify({ body: 'Grüße 💬' });
    const headers = createSignature([secret]).headers('m', new Date(5000), text);
    const key = Buffer.from(secret.slice(6), 'base64');
    const digest = createHmac('sha256', key).update(`m.5.${text}`).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${digest}`);
  });

  it('accepts its own signature, also among others', () => {
    const signature = createSignature([secret]);
    const headers = { ...signature.headers('m', new Date(), body) } as Record<string, string>;
    expect(signature.isAuthentic(headers, body)).toBe(true);
    const several = { ...headers, 'webhook-signature': `v1a,x v1,AAAA ${headers['webhook-signature']}` };
    expect(signature.isAuthentic(several, body)).toBe(true);
  });

  it('refuses what was changed, or signed with another secret', () => {
    const signature = createSignature([secret]);
    const headers = { ...signature.headers('m', new Date(), body) } as Record<string, string>;
    const other = createSignature([`whsec_${Buffer.alloc(32, 7).toString('base64')}`]);
    expect(signature.isAuthentic(headers, `${body} `)).toBe(false);
    expect(signature.isAuthentic({ ...headers, 'webhook-id': 'n' }, body)).toBe(false);
    expect(signature.isAuthentic({ ...headers, 'webhook-timestamp': '1' }, body)).toBe(false);
    expect(other.isAuthentic(headers, body)).toBe(false);
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('refuses a post without %s', (name) => {
    const signature = createSignature([secret]);
    const { [name]: _, ...headers } = { ...signature.headers('m', new Date(), body) } as Record<string, string>;
    expect(signature.isAuthentic(headers, body)).toBe(false);
  });

  it.each(['', 'v1', 'v1,', ',', 'v2,AAAA', ' '])('refuses the signature %j', (value) => {
    const signature = createSignature([secret]);
    const headers = { ...signature.headers('m', new Date(), body), 'webhook-signature': value };
    expect(signature.isAuthentic(headers, body)).toBe(false);
  });

  it('refuses what was signed more than five minutes ago, or hence', () => {
    const signature = createSignature([secret]);
    const accepts = (offsetSeconds: number): boolean => {
      const at = new Date(Date.now() + offsetSeconds * 1000);
      return signature.isAuthentic({ ...signature.headers('m', at, body) }, body);
    };
    expect([-290, 0, 290].map(accepts)).toEqual([true, true, true]);
    expect([-310, 310].map(accepts)).toEqual([false, false]);
  });

  it('signs with each of several secrets, and accepts what was signed with one of them', () => {
    const next = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    const both = createSignature([secret, next]);
    const headers = { ...both.headers('m', new Date(), body) } as Record<string, string>;
    for (const one of [secret, next]) {
      expect(createSignature([one]).isAuthentic(headers, body)).toBe(true);
      expect(both.isAuthentic({ ...createSignature([one]).headers('m', new Date(), body) }, body)).toBe(true);
    }
  });

  it('signs nothing and accepts everything without a secret', () => {
    const signature = createSignature([]);
    expect(signature.headers('m', new Date(5000), body)).toEqual({ 'webhook-id': 'm', 'webhook-timestamp': '5' });
    expect(signature.isAuthentic({}, body)).toBe(true);
  });
});
