import { expect, test, vi } from 'vitest';
import type { RelayRouter } from '../relay/types.ts';
import type { PluginEvent } from './events.ts';
import { tapRouter, type TapPorts } from './tap.ts';

class FakeRouter {
  readonly calls: string[] = [];
  register(): void {
    this.calls.push('register');
  }
  unregister(): void {
    this.calls.push('unregister');
  }
  route(): string {
    this.calls.push('route');
    return 'routed';
  }
  routeChannelMessage(): void {
    this.calls.push('channel');
  }
}

function tap(
  router: object,
  ports: Partial<TapPorts> = {},
): { events: string[]; faults: unknown[]; untap: () => void } {
  const events: string[] = [];
  const faults: unknown[] = [];
  const untap = tapRouter(router as RelayRouter, {
    now: () => 1,
    isListening: () => true,
    onEvent: ({ hook }: PluginEvent) => events.push(hook),
    onFault: (error) => faults.push(error),
    ...ports,
  });
  return { events, faults, untap };
}

const connection = (id: string, agentName = id): object => ({ id, agentName, sessionId: 's' });
const call = (router: object, method: string, ...args: unknown[]): unknown =>
  (router as Record<string, (...all: unknown[]) => unknown>)[method]?.(...args);

test('a connection connects and disconnects once, however often the router is told', () => {
  const router = new FakeRouter();
  const { events } = tap(router);
  for (const method of ['register', 'register', 'unregister', 'unregister']) call(router, method, connection('a'));
  call(router, 'unregister', connection('never registered'));
  expect(events).toEqual(['onConnect', 'onDisconnect']);
  expect(router.calls).toHaveLength(5);
});

test('the original runs first, its result and its errors pass through', () => {
  const router = new FakeRouter();
  const { events } = tap(router);
  expect(call(router, 'route', connection('a'), { to: 'b', payload: {} })).toBe('routed');
  expect(events).toEqual(['onMessage']);
  const failing = Object.assign(new FakeRouter(), {
    route: () => {
      throw new Error('of the router');
    },
  });
  const told = tap(failing);
  expect(() => call(failing, 'route', connection('a'), { payload: {} })).toThrow('of the router');
  expect(told.events).toEqual([]);
});

test('a listener that throws never reaches the routing', () => {
  const router = new FakeRouter();
  const error = new Error('boom');
  const { faults } = tap(router, {
    onEvent: () => {
      throw error;
    },
  });
  expect(call(router, 'route', connection('a'), { payload: {} })).toBe('routed');
  expect(faults).toEqual([error]);
});

test('a frame that cannot be read never reaches the routing', () => {
  const router = new FakeRouter();
  const { faults } = tap(router);
  expect(call(router, 'route', undefined, undefined)).toBe('routed');
  expect(faults).toHaveLength(1);
});

test('messages are not copied while nobody listens', () => {
  const router = new FakeRouter();
  const { events } = tap(router, { isListening: () => false });
  call(router, 'route', connection('a'), {
    get payload(): never {
      throw new Error('was read');
    },
  });
  expect(events).toEqual([]);
});

test('what is meant for the router is no message, unless somebody bears that name', () => {
  const router = new FakeRouter();
  const { events } = tap(router);
  const toRouter = { to: '_router', payload: { body: '' } };
  call(router, 'route', connection('a'), toRouter);
  expect(events).toEqual([]);
  call(router, 'register', connection('r', '_router'));
  call(router, 'route', connection('a'), toRouter);
  expect(events).toEqual(['onConnect', 'onMessage']);
});

test('untapping puts back methods of the prototype and own ones', () => {
  const router = Object.assign(new FakeRouter(), { register: vi.fn<() => void>() });
  const own = router.register;
  tap(router).untap();
  expect(router.register).toBe(own);
  expect(Object.hasOwn(router, 'route')).toBe(false);
});

test('untapping below another wrapper leaves that one in place and tells nothing more', () => {
  const router = new FakeRouter();
  const { events, untap } = tap(router);
  const ours = router.route.bind(router);
  router.route = () => `outer ${ours()}`;
  untap();
  expect(call(router, 'route', connection('a'), { payload: {} })).toBe('outer routed');
  expect(events).toEqual([]);
});

test('a router of an older 1.x without channels is tapped as far as it goes', () => {
  const router = { register: () => undefined, unregister: () => undefined, route: () => 'routed' };
  const { events } = tap(router);
  call(router, 'route', connection('a'), { payload: {} });
  expect(events).toEqual(['onMessage']);
  expect('routeChannelMessage' in router).toBe(false);
});
