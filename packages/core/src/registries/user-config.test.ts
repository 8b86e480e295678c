import { describe, expect, it } from 'vitest';
import { parseUserConfig } from './index.ts';

describe('parseUserConfig', () => {
  it('reads registries', () => {
    const text =
      'schemaVersion: 1\nregistries:\n  inner:\n    url: https://inner.example\n    scopes: ["@acme"]\n    tokenEnv: INNER\n';
    expect(parseUserConfig(text, 'config.yaml').registries).toEqual({
      inner: { url: 'https://inner.example', scopes: ['@acme'], tokenEnv: 'INNER' },
    });
    expect(parseUserConfig('', 'config.yaml').registries).toBeUndefined();
  });

  it.each([
    'registries: {}\n',
    'schemaVersion: 1\ntoken: abc\n',
    'schemaVersion: 1\nregistries:\n  inner:\n    url: https://x\n    token: abc\n',
    'schemaVersion: 1\nregistries:\n  inner:\n    url: https://x\n    tokenEnv: "a b"\n',
    'schemaVersion: 1\nregistries:\n  inner:\n    scopes: ["acme"]\n    url: https://x\n',
    '{',
  ])('refuses %j', (text) => {
    expect(() => parseUserConfig(text, 'config.yaml')).toThrow(expect.objectContaining({ code: 'FILE_INVALID' }));
  });
});
