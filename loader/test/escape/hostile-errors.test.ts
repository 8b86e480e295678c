import { describe, expect, test } from 'vitest';
import { escapeTest, expectTraffic } from '../support/escape.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

escapeTest('errors made to break whoever formats them break nobody', {
  attempts: () => `
    const deep = (levels) => { let value = {}; for (let i = 0; i < levels; i += 1) value = { value }; return value; };
    const faulty = (make) => { setImmediate(() => Promise.reject(make())); return 'rejected'; };
    export const attempts = {
      control: () => 'works',
      message: () => faulty(() => Object.defineProperty(new Error(), 'message', { get() { return this.message; } })),
      stack: () => faulty(() => { Error.prepareStackTrace = (error) => error.stack; return new Error('x'); }),
      text: () => faulty(() => ({ toString() { return String(this); } })),
      name: () => faulty(() => Object.assign(new Error('x'), { name: { toString() { throw 1; } } })),
      huge: () => faulty(() => new Error('x'.repeat(50_000_000))),
      cause: () => faulty(() => { let error = new Error('x'); for (let i = 0; i < 20_000; i += 1) error = new Error('x', { cause: error }); return error; }),
      proxy: () => faulty(() => new Proxy(new Error('x'), { get() { throw new Error('trapped'); }, getPrototypeOf() { throw new Error('trapped'); } })),
      codes: () => faulty(() => new Error('\\u001b[2J\\u202e\\u0000\\n{"level":"forged"}')),
      deepError: () => { throw deep(10_000); },
      symbol: () => { throw Symbol('x'); },
      nothing: () => { throw undefined; },
    };`,
  returns: Object.fromEntries(
    ['message', 'stack', 'text', 'name', 'huge', 'cause', 'proxy', 'codes'].map((name) => [name, 'rejected']),
  ),
  async observe({ planted }) {
    const [loaded] = planted.relay.loader.getLoaded();
    await planted.relay.loader.unload('@test/hostile');
    const log = planted.log();
    return [loaded?.status, log.includes('\u001b'), log.includes('\n{"level":"forged"}')];
  },
  observed: ['active', false, false],
});

describe.each(RUNTIMES)('on %s', (_, node) => {
  test.each([
    [
      'nests deeply',
      `(() => { let value = {}; for (let i = 0; i < 10_000; i += 1) value = { value }; return value; })()`,
    ],
    ['holds itself', `(() => { const value = {}; value.value = value; return value; })()`],
    ['throws when it is read', `({ get value() { throw new Error('read'); } })`],
    ['is too large', `({ value: 'x'.repeat(20_000_000) })`],
    [
      'is a proxy that throws',
      `new Proxy({}, { ownKeys() { throw new Error('trapped'); }, get() { throw new Error('trapped'); } })`,
    ],
  ])('an answer that %s is an error of the plugin, which goes on', async (__, value) => {
    const code = `export default { async onLoad() {}, health: async () => ${value} };`;
    await using planted = await plantPlugin({ node, code, attempts: '' });
    expect(await planted.relay.loader.health()).toMatchObject([{ status: 'active', health: { status: 'unhealthy' } }]);
    await expectTraffic(planted.relay);
  });
});
