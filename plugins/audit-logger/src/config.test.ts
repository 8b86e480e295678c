import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.ts';

describe('parseConfig', () => {
  it('has the defaults that config-schema.json tells', () => {
    const schema = JSON.parse(readFileSync(new URL('../config-schema.json', import.meta.url), 'utf8')) as {
      properties: Record<string, { default: unknown }>;
    };
    const defaults = Object.fromEntries(Object.entries(schema.properties).map(([key, value]) => [key, value.default]));
    expect(parseConfig({})).toEqual(parseConfig(defaults));
    expect(parseConfig({})).toEqual({ fileName: 'audit.log', maxSizeBytes: 10_485_760, maxFiles: 10, body: 'full' });
  });

  it.each([
    ['4096', 4096],
    [4096, 4096],
    ['2048B', 2048],
    ['2K', 2048],
    ['10M', 10_485_760],
    ['1G', 1_073_741_824],
  ])('reads the size %j', (auditMaxSize, maxSizeBytes) => {
    expect(parseConfig({ auditMaxSize })).toMatchObject({ maxSizeBytes });
  });

  it.each(['', '0', '1023', 100, -1, '1.5M', '10 M', '10T', 'M', '999999999999999G', Number.NaN, {}])(
    'refuses the size %j',
    (auditMaxSize) => {
      expect(() => parseConfig({ auditMaxSize })).toThrow(TypeError);
    },
  );

  it('reads the number of files from a string or a number', () => {
    expect(parseConfig({ auditMaxFiles: '3' })).toMatchObject({ maxFiles: 3 });
    expect(parseConfig({ auditMaxFiles: 3 })).toMatchObject({ maxFiles: 3 });
  });

  it.each(['', '1', 1, '1001', '2.5', '0x10', true])('refuses %j as the number of files', (auditMaxFiles) => {
    expect(() => parseConfig({ auditMaxFiles })).toThrow(TypeError);
  });

  it.each(['../audit.log', '/etc/passwd', 'a/b', 'a\\b', '.hidden', '', 'a\u0000b', 7])(
    'refuses the file name %j, which could leave the data directory',
    (auditFile) => {
      expect(() => parseConfig({ auditFile })).toThrow(TypeError);
    },
  );

  it.each(['full', 'hash', 'none'])('knows the body mode %s', (auditBody) => {
    expect(parseConfig({ auditBody })).toMatchObject({ body: auditBody });
  });

  it('refuses another body mode', () => {
    expect(() => parseConfig({ auditBody: 'FULL' })).toThrow(TypeError);
  });
});
