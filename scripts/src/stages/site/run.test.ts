import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findProgram } from './run.ts';

it('finds the program of the pages above the pipeline of a clone', () => {
  const program = path.resolve(import.meta.dirname, '../../../../site/src/build/main.ts');
  expect(findProgram(import.meta.dirname)).toBe(program);
  expect(findProgram(path.resolve(import.meta.dirname, '../../../bundle'))).toBe(program);
});

it('says that a package from npm has none', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ar-package-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const bundle = path.join(folder, 'node_modules/@ar-registry/scripts/bundle');
  expect(() => findProgram(bundle)).toThrow(expect.objectContaining({ code: 'SITE_NOT_INSTALLED' }));
});
