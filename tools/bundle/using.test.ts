import { describe, expect, it } from 'vitest';
import usingContext from './using.ts';

const disposable = (log: string[], name: string) => ({ [Symbol.dispose]: () => void log.push(name) });

describe('what stands for `using`', () => {
  it('disposes in the order opposite to that of the notes', () => {
    const log: string[] = [];
    const context = usingContext();
    context.u(disposable(log, 'first'));
    context.u(null);
    context.u(disposable(log, 'second'));
    expect(context.d()).toBeUndefined();
    expect(log).toEqual(['second', 'first']);
  });

  it('throws what was thrown meanwhile, once all is disposed of', () => {
    const log: string[] = [];
    const context = usingContext();
    context.u(disposable(log, 'it'));
    context.e = new RangeError('body');
    expect(() => context.d()).toThrow(RangeError);
    expect(log).toEqual(['it']);
  });

  it('waits for what is disposed of asynchronously, and tells of its failure', async () => {
    const log: string[] = [];
    const context = usingContext();
    context.u(disposable(log, 'sync'));
    context.a({
      [Symbol.asyncDispose]: async () => {
        await Promise.resolve();
        log.push('async');
        throw new RangeError('dispose');
      },
    });
    await expect(context.d()).rejects.toThrow(RangeError);
    expect(log).toEqual(['async', 'sync']);
  });

  it('keeps both errors', () => {
    const context = usingContext();
    context.u({
      [Symbol.dispose]: () => {
        throw new RangeError('dispose');
      },
    });
    context.e = new TypeError('body');
    expect(() => context.d()).toThrow(
      expect.objectContaining({ name: 'SuppressedError', suppressed: expect.any(TypeError) as unknown }) as Error,
    );
  });

  it('refuses what cannot be disposed of', () => {
    expect(() => usingContext().u({})).toThrow(TypeError);
    expect(() => usingContext().a({})).toThrow(TypeError);
  });
});
