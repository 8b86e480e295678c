import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRouterLayers } from '../../host/router-layers.ts';
import type { RelayRouter } from '../../relay/types.ts';
import { createGate, type Gate } from './gate.ts';
import { PASS, type Denial } from './message.ts';
import { createPlaces, type Guard, type Places } from './places.ts';

interface Connection {
  readonly id: string;
  readonly agentName: string;
  readonly sessionId: string;
  close(): void;
}

/** A router that notes what it is asked to do. */
class FakeRouter {
  readonly log: string[] = [];
  readonly agents = new Map<string, Connection>();
  readonly users = new Map<string, Connection>();
  readonly channels = new Map<string, Set<string>>();

  register(): void {
    this.log.push('register');
  }

  unregister({ agentName }: Connection): void {
    for (const members of this.channels.values()) members.delete(agentName);
    this.log.push('unregister');
  }

  route(_from: Connection, { to, payload }: { to: string; payload: { body: string } }): void {
    if (payload.body === 'breaks') throw new Error('broken frame');
    const reached = to === '*' ? [...this.agents.keys()].join('+') : to;
    this.log.push(`${payload.body} -> ${reached}`);
  }

  routeChannelMessage(from: Connection, { payload }: { payload: { channel: string; body: string } }): void {
    const isMember = this.channels.get(payload.channel)?.has(from.agentName) === true;
    this.log.push(`${payload.body} in ${payload.channel}${isMember ? '' : ' by a stranger'}`);
  }

  handleChannelLeave(from: Connection, { payload }: { payload: { channel: string } }): void {
    this.channels.get(payload.channel)?.delete(from.agentName);
    this.log.push('left');
  }

  getChannelsForMember(name: string): string[] {
    return [...this.channels].filter(([, members]) => members.has(name)).map(([channel]) => channel);
  }
}

interface Scene {
  readonly router: FakeRouter;
  readonly gate: Gate;
  readonly places: Places;
  readonly denials: Denial[];
  readonly closed: string[];
  readonly connect: (agentName: string) => Connection;
  readonly send: (from: Connection, to: string, body: string) => void;
}

function createScene(limits: { readonly maxQueuedEvents?: number } = {}): Scene {
  const router = new FakeRouter();
  const places = createPlaces();
  const denials: Denial[] = [];
  const closed: string[] = [];
  const asRelay = router as unknown as RelayRouter;
  const gate = createGate(asRelay, {
    layers: createRouterLayers(asRelay),
    places,
    notices: { tell: () => undefined },
    maxQueuedEvents: 100,
    maxQueuedBytes: 1_000_000,
    now: () => 0,
    onDenied: (_, denial) => void denials.push(denial),
    onFault: () => undefined,
    ...limits,
  });
  return {
    router,
    gate,
    places,
    denials,
    closed,
    connect(agentName) {
      const connection = { id: agentName, agentName, sessionId: agentName, close: () => void closed.push(agentName) };
      router.agents.set(agentName, connection);
      return connection;
    },
    send: (from, to, body) => router.route(from, { to, payload: { body } }),
  };
}

/** A guard that passes what `release` lets go. */
function holding(): { readonly guard: Guard; readonly release: () => void } {
  const released = Promise.withResolvers<void>();
  return { guard: { check: () => released.promise.then(() => PASS) }, release: () => released.resolve() };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
}

test('with nobody to ask, a message passes in the same call', () => {
  const { router, gate, connect, send } = createScene();
  gate.open();
  send(connect('Alice'), 'Bob', 'hi');
  expect(router.log).toEqual(['hi -> Bob']);
});

test('until the gate is opened, messages wait, and then keep their order', async () => {
  const { router, gate, connect, send } = createScene();
  const alice = connect('Alice');
  send(alice, 'Bob', '1');
  send(alice, 'Bob', '2');
  await settle();
  expect(router.log).toEqual([]);
  gate.open();
  send(alice, 'Bob', '3');
  await settle();
  expect(router.log).toEqual(['1 -> Bob', '2 -> Bob', '3 -> Bob']);
});

test('leaving a channel keeps its place behind the messages that wait', async () => {
  const { router, gate, places, connect } = createScene();
  const alice = connect('Alice');
  router.channels.set('#a', new Set(['Alice']));
  const { guard, release } = holding();
  places.expect('@a/b', 'deny');
  places.activate('@a/b', guard);
  gate.open();
  router.routeChannelMessage(alice, { payload: { channel: '#a', body: 'bye' } });
  router.handleChannelLeave(alice, { payload: { channel: '#a' } });
  release();
  await settle();
  expect(router.log).toEqual(['bye in #a', 'left']);
});

test('who said something in a channel and is gone counts as a member for it', async () => {
  const { router, gate, places, connect } = createScene();
  const alice = connect('Alice');
  router.channels.set('#a', new Set(['Alice', 'Bob']));
  const { guard, release } = holding();
  places.expect('@a/b', 'deny');
  places.activate('@a/b', guard);
  gate.open();
  router.routeChannelMessage(alice, { payload: { channel: '#a', body: 'bye' } });
  router.unregister(alice);
  release();
  await settle();
  expect(router.log).toEqual(['unregister', 'bye in #a']);
});

test('somebody who connects while a broadcast is decided does not get it unasked', async () => {
  const { router, gate, places, connect, send } = createScene();
  const alice = connect('Alice');
  connect('Bob');
  const { guard, release } = holding();
  places.expect('@a/b', 'deny');
  places.activate('@a/b', guard);
  gate.open();
  send(alice, '*', 'to all');
  await settle();
  connect('Late');
  release();
  await settle();
  expect(router.log).toEqual(['to all -> Bob']);
});

test('more messages than may wait are denied', async () => {
  const { router, gate, places, denials, connect, send } = createScene({ maxQueuedEvents: 2 });
  const alice = connect('Alice');
  const { guard, release } = holding();
  places.expect('@a/b', 'deny');
  places.activate('@a/b', guard);
  gate.open();
  for (const body of ['1', '2', '3']) send(alice, 'Bob', body);
  expect(denials).toMatchObject([{ reason: expect.stringContaining('too many') as string }]);
  release();
  await settle();
  expect(router.log).toEqual(['1 -> Bob', '2 -> Bob']);
});

test('a frame that breaks the router closes its sender’s connection, as without a gate, and stops nobody else', async () => {
  const { router, gate, places, closed, connect, send } = createScene();
  places.expect('@a/b', 'allow');
  gate.open();
  send(connect('Alice'), 'Bob', 'breaks');
  send(connect('Carol'), 'Bob', 'fine');
  await settle();
  expect([router.log, closed]).toEqual([['fine -> Bob'], ['Alice']]);
});
