import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.ts';

describe('parseConfig', () => {
  it('has the defaults that config-schema.json tells', () => {
    const schema = JSON.parse(readFileSync(new URL('../config-schema.json', import.meta.url), 'utf8')) as {
      properties: Record<string, { default?: unknown }>;
    };
    const defaults = Object.fromEntries(
      Object.entries(schema.properties).flatMap(([key, value]) => ('default' in value ? [[key, value.default]] : [])),
    );
    expect(parseConfig({})).toEqual(parseConfig(defaults));
    expect(parseConfig({})).toEqual({
      fileName: 'audit.log',
      shipMs: 10_000,
      maxSizeBytes: 10_485_760,
      maxFiles: 10,
      body: 'full',
      keys: [],
      syncMs: 0,
      redaction: { masks: [], fields: [], patterns: [] },
    });
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

  it('reads the key that seals, and earlier ones', () => {
    const [now, before] = ['n'.repeat(32), 'b'.repeat(32)];
    expect(parseConfig({ auditChainKey: now })).toMatchObject({ keys: [now] });
    expect(parseConfig({ auditChainKey: `${now},${before}` })).toMatchObject({ keys: [now, before] });
  });

  it.each(['short', `${'k'.repeat(32)},`, 7])('refuses the key %j, and does not show it', (auditChainKey) => {
    expect(() => parseConfig({ auditChainKey })).toThrow(TypeError);
    expect(() => parseConfig({ auditChainKey })).not.toThrow(/short|kkk/);
  });

  it.each([
    [250, 250],
    ['60000', 60_000],
  ])('reads the time %j within which a line is on the disk', (auditSyncMs, syncMs) => {
    expect(parseConfig({ auditSyncMs })).toMatchObject({ syncMs });
  });

  it.each([-1, 60_001, '1.5', '', true])('refuses %j as that time', (auditSyncMs) => {
    expect(() => parseConfig({ auditSyncMs })).toThrow(TypeError);
  });

  it.each([[['tokens', 'cards']], [' tokens  cards ']])('reads the masks %j', (auditRedact) => {
    expect(parseConfig({ auditRedact })).toMatchObject({ redaction: { masks: ['tokens', 'cards'] } });
  });

  it.each([
    { auditRedact: 'names' },
    { auditRedact: 7 },
    { auditRedactFields: [''] },
    { auditRedactFields: ['a', 1] },
    { auditRedactPatterns: Array.from({ length: 33 }, () => 'a') },
  ])('refuses the redaction %j', (config) => {
    expect(() => parseConfig(config)).toThrow(TypeError);
  });
});
