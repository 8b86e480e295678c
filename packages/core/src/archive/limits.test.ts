import { expect, test } from 'vitest';
import { archiveLimits, DEFAULT_ARCHIVE_LIMITS } from './limits.ts';

test('a registry that sets no limits has the default ones', () => {
  expect(archiveLimits()).toEqual(DEFAULT_ARCHIVE_LIMITS);
});

test('a limit that a registry sets replaces the default, one that it leaves open does not', () => {
  expect(archiveLimits({ fileCount: 7, fileBytes: undefined })).toEqual({ ...DEFAULT_ARCHIVE_LIMITS, fileCount: 7 });
});
