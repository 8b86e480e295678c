import { describe, expect, it } from 'vitest';
import { ArError, assertNever, hasCode, isArError } from './index.ts';

describe('ArError', () => {
  it('carries its code, facts, remedy, exit code and cause', () => {
    const cause = new Error('ENOSPC');
    const error = new ArError('DISK_FULL', { path: '/data' }, { cause });
    expect(error).toMatchObject({ name: 'ArError', code: 'DISK_FULL', facts: { path: '/data' }, exit: 4, cause });
    expect(error.remedy).not.toBe('');
  });

  it('has no cause where none is given', () => {
    expect('cause' in new ArError('DISK_FULL', { path: '/data' })).toBe(false);
  });
});

describe('isArError', () => {
  it('knows the errors of another copy of this package', () => {
    const other = Object.assign(new Error('x'), { [Symbol.for('agent-relay.plugins.error')]: true });
    expect(isArError(other)).toBe(true);
  });

  it.each([new Error('x'), null, undefined, 'ArError', { name: 'ArError', code: 'DISK_FULL' }])(
    'does not take %s for one',
    (value) => {
      expect(isArError(value)).toBe(false);
    },
  );
});

describe('hasCode', () => {
  const error = new ArError('FILE_NOT_FOUND', { path: 'x' });

  it('is true for exactly this code', () => {
    expect(hasCode(error, 'FILE_NOT_FOUND')).toBe(true);
  });

  it('is false for another code, and for errors of others with the same code', () => {
    expect(hasCode(error, 'FILE_ACCESS')).toBe(false);
    expect(hasCode(Object.assign(new Error('x'), { code: 'FILE_NOT_FOUND' }), 'FILE_NOT_FOUND')).toBe(false);
  });
});

describe('assertNever', () => {
  it('throws an error that is none of the catalogue', () => {
    expect(() => assertNever('x' as never)).toThrow(Error);
    expect(isArError(catching(() => assertNever('x' as never)))).toBe(false);
  });
});

function catching(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
