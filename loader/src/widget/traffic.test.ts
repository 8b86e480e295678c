import type { MessageObservation } from '@ar-registry/sdk';
import { expect, test } from 'vitest';
import { createRouterLayers } from '../host/router-layers.ts';
import type { RelayConnection, RelayRouter } from '../relay/types.ts';
import { createTraffic } from './traffic.ts';

interface Deliver {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

/** The parts of agent-relay's router that are observed. Deliveries are acknowledged by the test. */
class FakeRouter {
  readonly deliveries: Deliver[] = [];
  readonly agents = new Map<string, RelayConnection>();
  readonly deliveryTracker = { markFailed: (_id: string): void => undefined };
  readonly rateLimiter = { tryAcquire: (name: string): boolean => name !== 'Hasty' };

  connect(name: string): RelayConnection {
    const connection = { id: `c-${name}`, agentName: name, sessionId: 's' };
    this.agents.set(name, connection);
    return connection;
  }

  route(from: RelayConnection, envelope: { readonly to?: unknown }): void {
    if (this.rateLimiter.tryAcquire(from.agentName ?? ''))
      this.sendDirect(from.agentName, String(envelope.to), envelope);
  }

  sendDirect(from: string | undefined, to: string, envelope: object): boolean {
    const target = this.agents.get(to);
    if (!target) return false;
    this.trackDelivery(target, this.createDeliverEnvelope(from ?? '', to, envelope));
    return true;
  }

  createDeliverEnvelope(from: string, to: string, _original: object): Deliver {
    return { id: `d${this.deliveries.length + 1}`, from, to };
  }

  trackDelivery(_target: RelayConnection, deliver: Deliver): void {
    this.deliveries.push(deliver);
  }

  handleAck(_connection: RelayConnection, _envelope: object): void {}
  clearPendingForConnection(_id: string): void {}
}

function observed() {
  const router = new FakeRouter();
  const clock = { elapsedMs: 0 };
  const seen: MessageObservation[] = [];
  const faults: unknown[] = [];
  const traffic = createTraffic({
    router: router as unknown as RelayRouter,
    layers: createRouterLayers(router as unknown as RelayRouter),
    now: () => 1_000,
    elapsedMs: () => clock.elapsedMs,
    onFault: (error) => faults.push(error),
  });
  const unsubscribe = traffic.subscribe((observation) => seen.push(observation));
  const [alice, bob] = [router.connect('Alice'), router.connect('Bob')];
  const send = (to: unknown, payload: unknown = { body: 'hällo' }, from = alice): void =>
    router.route(from, { to, payload } as never);
  const ack = (connection: RelayConnection, ack_id: unknown): void =>
    router.handleAck(connection, { payload: { ack_id } });
  return { router, clock, seen, faults, traffic, unsubscribe, alice, bob, send, ack };
}

test('a message is told when it comes and when its receiver acknowledges it', () => {
  const { clock, seen, send, ack, bob } = observed();
  send('Bob');
  clock.elapsedMs = 2.5;
  ack(bob, 'd1');
  expect(seen).toEqual([
    { kind: 'sent', at: 1_000, from: 'Alice', to: 'Bob', bodyBytes: 6 },
    { kind: 'delivered', at: 1_000, from: 'Alice', to: 'Bob', latencyMs: 2.5 },
  ]);
});

test('an acknowledgement counts once, and of nobody but the receiver', () => {
  const { seen, send, ack, alice, bob } = observed();
  send('Bob');
  ack(alice, 'd1');
  ack(bob, 'another');
  ack(bob, { toString: () => 'd1' });
  expect(seen.map(({ kind }) => kind)).toEqual(['sent']);
  ack(bob, 'd1');
  ack(bob, 'd1');
  expect(seen.map(({ kind }) => kind)).toEqual(['sent', 'delivered']);
});

test('each way to fail is told with its reason', () => {
  const { router, traffic, seen, send } = observed();
  send('Nobody');
  send('Bob', { body: '' }, router.connect('Hasty'));
  send('Bob');
  router.deliveryTracker.markFailed('d1');
  send('Bob');
  router.clearPendingForConnection('c-Bob');
  traffic.denied({ kind: 'direct', addressee: 'Bob', event: { from: 'Alice' } as never }, { reason: 'no', from: [] });
  expect(seen.filter(({ kind }) => kind === 'failed')).toEqual([
    { kind: 'failed', at: 1_000, from: 'Alice', to: 'Nobody', reason: 'unreachable' },
    { kind: 'failed', at: 1_000, from: 'Hasty', reason: 'rate-limited' },
    { kind: 'failed', at: 1_000, from: 'Alice', to: 'Bob', reason: 'unacknowledged' },
    { kind: 'failed', at: 1_000, from: 'Alice', to: 'Bob', reason: 'disconnected' },
    { kind: 'failed', at: 1_000, from: 'Alice', to: 'Bob', reason: 'denied' },
  ]);
});

test('a copy of the frame, as the gate makes one, still tells the latency; a forged mark does not', () => {
  const { router, clock, seen, send, ack, alice, bob } = observed();
  const below = router.route.bind(router);
  router.route = (from, envelope) => below(from, { ...envelope });
  clock.elapsedMs = 5;
  send('Bob');
  clock.elapsedMs = 9;
  ack(bob, 'd1');
  expect(seen.at(-1)).toMatchObject({ kind: 'delivered', latencyMs: 4 });
  router.trackDelivery(bob, { id: 'd9', from: 'Alice', to: 'Bob' });
  ack(bob, 'd9');
  expect(seen.at(-1)).toEqual({ kind: 'delivered', at: 1_000, from: 'Alice', to: 'Bob' });
  expect(alice).not.toHaveProperty('arrived');
});

test('frames of any shape are routed as ever', () => {
  const { faults, seen, send } = observed();
  for (const to of [undefined, null, 7, {}, '_router', 'x'.repeat(100_000)]) send(to, null);
  for (const payload of [7, 'text', { body: 7 }, []]) send('Bob', payload);
  expect(faults).toEqual([]);
  expect(Math.max(...seen.map((one) => JSON.stringify(one).length))).toBeLessThan(500);
  expect(seen.filter(({ to }) => to === '_router')).toEqual([]);
});

test('a listener that throws reaches nobody, and without listeners the router is as it was', () => {
  const { router, faults, traffic, unsubscribe, send } = observed();
  const other = traffic.subscribe(() => {
    throw new Error('broken');
  });
  send('Bob');
  expect(faults).toHaveLength(1);
  expect(router.deliveries).toHaveLength(1);
  other();
  other();
  unsubscribe();
  const methods = ['route', 'trackDelivery', 'handleAck', 'sendDirect', 'createDeliverEnvelope'];
  expect(methods.filter((name) => Object.hasOwn(router, name))).toEqual([]);
  traffic.denied({ kind: 'direct', addressee: 'Bob', event: {} as never }, { reason: 'no', from: [] });
});
