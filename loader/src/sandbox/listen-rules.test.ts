import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findListenAddress, readListenRules, type ListenRule } from './listen-rules.ts';

interface Read {
  readonly rules: readonly { readonly host: string; readonly port: number }[];
  readonly unkept: readonly string[];
}

function read(grant: string, values: Readonly<Record<string, string>> = {}): Read {
  const unkept: string[] = [];
  const rules = readListenRules([grant], { given: (key) => values[key], onUnkept: (_, why) => unkept.push(why) });
  return { rules: rules.map(({ host, port }) => ({ host, port })), unkept };
}

function rulesOf(...grants: readonly string[]): readonly ListenRule[] {
  return readListenRules(grants, { given: () => undefined, onUnkept: () => undefined });
}

describe('a grant', () => {
  test.each([
    ['127.0.0.1:3000', {}, { host: '127.0.0.1', port: 3000 }],
    ['localhost:0', {}, { host: '127.0.0.1', port: 0 }],
    ['[::1]:8080', {}, { host: '::1', port: 8080 }],
    ['0.0.0.0:8080', {}, { host: '0.0.0.0', port: 8080 }],
    ['${PORT}', { PORT: '3000' }, { host: '127.0.0.1', port: 3000 }],
    ['${LISTEN}', { LISTEN: '0.0.0.0:3000' }, { host: '0.0.0.0', port: 3000 }],
    ['${LISTEN}', { LISTEN: '[::1]:3000' }, { host: '::1', port: 3000 }],
    ['${HOST}:${PORT}', { PORT: '3000' }, { host: '127.0.0.1', port: 3000 }],
    ['${HOST}:${PORT}', { PORT: '3000', HOST: 'localhost' }, { host: '127.0.0.1', port: 3000 }],
    ['${HOST}:${PORT}', { PORT: '3000', HOST: '192.168.0.7' }, { host: '192.168.0.7', port: 3000 }],
    ['0.0.0.0:${PORT}', { PORT: '3000' }, { host: '0.0.0.0', port: 3000 }],
  ])('%s with %j is one address', (grant, values, address) => {
    expect(read(grant, values)).toEqual({ rules: [address], unkept: [] });
  });

  test.each([
    ['${PORT}', {}],
    ['${HOST}:${PORT}', { HOST: '0.0.0.0' }],
    ['${PORT}', { PORT: '65536' }],
    ['${PORT}', { PORT: '-1' }],
    ['${PORT}', { PORT: '/run/socket' }],
    ['${PORT}', { PORT: '${OTHER}:80', OTHER: '0.0.0.0' }],
    ['${HOST}:${PORT}', { PORT: '0', HOST: '0.0.0.0' }],
    ['${HOST}:${PORT}', { PORT: '80', HOST: 'example.com' }],
    ['300.1.1.1:80', {}],
  ])('%s with %j is none, and it is said why', (grant, values) => {
    const { rules, unkept } = read(grant, values);
    expect(rules).toEqual([]);
    expect(unkept).toHaveLength(1);
  });
});

describe('what a plugin asks for', () => {
  test.each([
    [{ port: 3000 }, ['127.0.0.1:3000'], '127.0.0.1'],
    [{ port: 3000 }, ['0.0.0.0:3000'], '0.0.0.0'],
    [{ host: 'localhost', port: 3000 }, ['[::1]:3000'], '::1'],
    [{ host: '127.0.0.1', port: 3000 }, ['127.0.0.1:3000'], '127.0.0.1'],
    [{ host: '127.1', port: 3000 }, ['127.0.0.1:3000'], '127.0.0.1'],
    [{ host: '127.0.0.1', port: 3000 }, ['0.0.0.0:3000'], '127.0.0.1'],
    [{ host: '::1', port: 3000 }, ['[::]:3000'], '::1'],
    [{ host: '0.0.0.0', port: 3000 }, ['[::]:3000'], '0.0.0.0'],
  ])('%j is listened on under %j', (asked, grants, host) => {
    expect(findListenAddress(rulesOf(...grants), asked)).toMatchObject({ host, port: asked.port });
  });

  test.each([
    [{ port: 3001 }, ['127.0.0.1:3000']],
    [{ port: 0 }, ['127.0.0.1:3000']],
    [{ port: 3000 }, ['127.0.0.1:0']],
    [{ host: '0.0.0.0', port: 3000 }, ['127.0.0.1:3000']],
    [{ host: '0', port: 3000 }, ['127.0.0.1:3000']],
    [{ host: '::', port: 3000 }, ['0.0.0.0:3000', '127.0.0.1:3000']],
    [{ host: '::1', port: 3000 }, ['0.0.0.0:3000']],
    [{ host: 'localhost', port: 3000 }, ['192.168.0.7:3000']],
    [{ host: 'localhost.evil.example', port: 3000 }, ['127.0.0.1:3000']],
    [{ host: '', port: 3000 }, ['127.0.0.1:3000']],
  ])('%j is refused under %j', (asked, grants) => {
    expect(findListenAddress(rulesOf(...grants), asked)).toBeUndefined();
  });

  test('never leads to another port, nor beyond this machine where only this machine is granted', () => {
    const rules = rulesOf('127.0.0.1:3000', '[::1]:3000', 'localhost:0');
    fc.assert(
      fc.property(
        fc.option(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), { nil: undefined }),
        fc.nat(70_000),
        (host, port) => {
          const found = findListenAddress(rules, { host, port });
          if (!found) return;
          expect(found.port).toBe(port);
          expect(['127.0.0.1', '::1']).toContain(found.host);
        },
      ),
    );
  });
});
