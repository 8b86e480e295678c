import { expect, test } from 'vitest';
import type { RelayRouter } from '../relay/types.ts';
import { createRouterLayers } from './router-layers.ts';

class FakeRouter {
  readonly log: string[] = [];

  route(text: string): string {
    this.log.push(text);
    return `routed ${text}`;
  }
}

function layersOf(router: FakeRouter) {
  const layers = createRouterLayers(router as unknown as RelayRouter);
  const mark = (name: string): (() => void) =>
    layers.wrap('route', (below) => (text: string) => below.call(router, `${name}(${text})`));
  return { layers, mark };
}

test('layers lie around each other, and may be taken away in any order', () => {
  const router = new FakeRouter();
  const { mark } = layersOf(router);
  const undo = ['a', 'b', 'c'].map(mark);
  expect(router.route('x')).toBe('routed a(b(c(x)))');
  undo[1]?.();
  expect(router.route('x')).toBe('routed a(c(x))');
  undo[0]?.();
  undo[0]?.();
  expect(router.route('x')).toBe('routed c(x)');
  undo[2]?.();
  expect(Object.hasOwn(router, 'route')).toBe(false);
  expect(router.route('x')).toBe('routed x');
});

test('however often layers come and go, none is left over', () => {
  const router = new FakeRouter();
  const { mark } = layersOf(router);
  const stays = mark('stays');
  for (let count = 0; count < 500; count += 1) {
    const outer = mark('outer');
    mark('inner')();
    outer();
  }
  expect(router.route('x')).toBe('routed stays(x)');
  stays();
  expect(Object.hasOwn(router, 'route')).toBe(false);
});

test('what somebody else put around ours goes on to work when ours are gone', () => {
  const router = new FakeRouter();
  const { mark } = layersOf(router);
  const undo = mark('a');
  const ours = router.route.bind(router);
  router.route = (text) => ours(`theirs(${text})`);
  undo();
  expect(router.route('x')).toBe('routed theirs(x)');
});

test('a method that the router lacks is left alone', () => {
  const router = new FakeRouter();
  createRouterLayers(router as unknown as RelayRouter).wrap('none', () => () => undefined)();
  expect(Object.keys(router)).toEqual(['log']);
});
