import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toValidator, type Validator } from './validator.ts';
import { validator as config } from './generated/validators/api/config.ts';
import { validator as plugin } from './generated/validators/api/plugin.ts';
import { validator as searchIndex } from './generated/validators/api/search-index.ts';
import { validator as version } from './generated/validators/api/version.ts';
import { validator as journal } from './generated/validators/journal.ts';
import { validator as lockfile } from './generated/validators/lockfile.ts';
import { validator as normalized } from './generated/validators/normalized-manifest.ts';
import { validator as manifest } from './generated/validators/plugin-manifest.ts';
import { validator as project } from './generated/validators/project.ts';
import { validator as storeEntry } from './generated/validators/store-entry.ts';
import { validator as record } from './generated/validators/version-record.ts';

const VALIDATORS: readonly (readonly [string, Validator<unknown>])[] = Object.entries({
  config,
  plugin,
  searchIndex,
  version,
  journal,
  lockfile,
  normalized,
  manifest,
  project,
  storeEntry,
  record,
});

describe('validators', () => {
  it.each(VALIDATORS)('say yes or no and never throw: %s', (_name, validate) => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
        const result = validate(value);
        expect(result.ok || result.errors.length > 0).toBe(true);
      }),
    );
  });

  it.each(VALIDATORS)('do not change what they look at: %s', (_name, validate) => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const before = JSON.stringify(value);
        validate(value);
        expect(JSON.stringify(value)).toBe(before);
      }),
    );
  });

  it('report all errors, not the first', () => {
    const result = manifest({ name: 1, version: 2, qwerty: 3 });
    const keywords = new Set(result.ok ? [] : result.errors.map(({ keyword }) => keyword));
    expect([...keywords].toSorted()).toEqual(['required', 'type', 'unevaluatedProperties']);
  });
});

describe('readers', () => {
  const document = { schemaVersion: 1, plugins: [] };

  it('let pass what a newer server adds', () => {
    expect(searchIndex({ ...document, more: { of: 'it' } }).ok).toBe(true);
  });

  it('refuse another version of the format', () => {
    expect(searchIndex({ ...document, schemaVersion: 2 }).ok).toBe(false);
  });
});

describe('toValidator', () => {
  it('gives errors of the call it was made for', () => {
    const validate = toValidator(Object.assign((value: unknown) => value === 1, { errors: null }));
    expect(validate(1)).toEqual({ ok: true, value: 1 });
    expect(validate(2)).toEqual({ ok: false, errors: [] });
  });
});
