import { expect, test, vi } from 'vitest';
import { createBlame } from './blame.ts';
import { createExitGuard, type ExitTarget } from './exit-guard.ts';

function createTarget() {
  return {
    pid: 4242,
    exit: vi.fn<ExitTarget['exit']>(),
    reallyExit: vi.fn<ExitTarget['exit']>(),
    abort: vi.fn<ExitTarget['exit']>(),
    kill: vi.fn<ExitTarget['exit']>(),
  } satisfies ExitTarget;
}

type Call = (target: ExitTarget) => unknown;

test.each<[string, Call]>([
  ['exit', ({ exit }) => exit(0)],
  ['reallyExit', ({ reallyExit }) => reallyExit(0)],
  ['abort', ({ abort }) => abort()],
  ['kill of itself', ({ kill }) => kill(4242, 'SIGKILL')],
  ['kill of its group', ({ kill }) => kill(0)],
])('%s throws in code of a plugin and passes through elsewhere', (_, call) => {
  const originals = createTarget();
  const target: ExitTarget = { ...originals };
  const blame = createBlame();
  createExitGuard(target)(blame);
  const count = (): number =>
    [originals.exit, originals.reallyExit, originals.abort, originals.kill].flatMap(({ mock }) => mock.calls).length;
  expect(() => blame.run('@a/b', () => call(target))).toThrow(Error);
  expect(count()).toBe(0);
  call(target);
  expect(count()).toBe(1);
});

test.each([
  [1, 'SIGTERM'],
  [4242, 0],
])('a plugin may call kill(%s, %s)', (...args) => {
  const originals = createTarget();
  const target: ExitTarget = { ...originals };
  const blame = createBlame();
  createExitGuard(target)(blame);
  blame.run('@a/b', () => target.kill(...args));
  expect(originals.kill).toHaveBeenCalledExactlyOnceWith(...args);
});

test('the originals are back when the last of several daemons ends, in whatever order', () => {
  const originals = createTarget();
  const target: ExitTarget = { ...originals };
  const guard = createExitGuard(target);
  const [first, second] = [createBlame(), createBlame()];
  const endFirst = guard(first);
  const endSecond = guard(second);
  endFirst();
  endFirst();
  expect(() => second.run('@a/b', () => target.exit(1))).toThrow(Error);
  endSecond();
  expect(target).toEqual(originals);
});

test('a wrapper that somebody put on top stays and passes through', () => {
  const originals = createTarget();
  const target: ExitTarget = { ...originals };
  const blame = createBlame();
  const end = createExitGuard(target)(blame);
  const below = target.exit;
  const wrapper = (code: unknown): unknown => below(code);
  target.exit = wrapper;
  end();
  expect(target.exit).toBe(wrapper);
  blame.run('@a/b', () => target.exit(3));
  expect(originals.exit).toHaveBeenCalledExactlyOnceWith(3);
});
