import { routes } from '@ar-registry/core/layout';
import { validator as isReport } from '@ar-registry/schemas/validators/cli/report-plugin';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, type Ended, type Sandbox } from './support/ar.ts';

const HELLO = '@acme/hello';

let registry: ServedRegistry;
let sandbox: Sandbox;

beforeAll(async () => {
  registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
});
afterAll(() => registry[Symbol.asyncDispose]());
beforeEach(() => {
  sandbox = createSandbox();
  takeSubmissionsAt('https://github.com/acme/registry');
  return () => sandbox[Symbol.dispose]();
});

function takeSubmissionsAt(repository: string | undefined): void {
  const { submissions: _, ...config } = JSON.parse(Buffer.from(registry.files.get(routes.config) ?? '').toString());
  const submissions = repository === undefined ? {} : { submissions: { repository, uploads: 'index' } };
  registry.files.set(routes.config, Buffer.from(JSON.stringify({ ...config, ...submissions })));
}

const report = (...args: readonly string[]): Promise<Ended> =>
  sandbox.ar(['plugin', 'report', ...args], { AR_REGISTRY: registry.url });

describe('report', () => {
  it('says where, and sends nothing', async () => {
    const { code, stdout } = await report(`${HELLO}@1.0.0`, '--kind', 'spam', '--evidence', 'Look at it.', '--json');
    const document: unknown = JSON.parse(stdout);
    expect([code, isReport(document).ok, document]).toMatchObject([0, true, { public: true }]);
    expect(new URL((document as { url: string }).url).searchParams.get('plugin')).toBe(`${HELLO}@1.0.0`);
  });

  it('names the review that is meant, when it was removed too', async () => {
    for (const kind of ['spam', 'appeal']) {
      const { code, stdout } = await report(HELLO, '--review', 'eve', '--kind', kind, '--json');
      const { searchParams } = new URL((JSON.parse(stdout) as { readonly url: string }).url);
      expect([code, searchParams.get('plugin') ?? searchParams.get('decision')]).toEqual([
        0,
        `${HELLO}, review of eve`,
      ]);
    }
  });

  it('leads to a private page where people are at risk', async () => {
    const { stdout } = await report(HELLO, '--kind', 'security');
    expect(stdout).toContain('https://github.com/acme/registry/security/advisories/new');
  });

  it('leads to the form of appeals, also against what is gone', async () => {
    const { code, stdout } = await report('@acme/gone@9.0.0', '--kind', 'appeal', '--evidence', 'Mended.', '--json');
    const { url } = JSON.parse(stdout) as { readonly url: string };
    expect([code, new URL(url).searchParams.get('decision')]).toEqual([0, '@acme/gone@9.0.0']);
  });

  it.each([
    ['a version that is not there', [`${HELLO}@9.0.0`, '--kind', 'spam'], 1, 'VERSION_NOT_FOUND'],
    ['a plugin that is not there', ['@acme/gone', '--kind', 'spam'], 1, 'PLUGIN_NOT_FOUND'],
    ['a kind that is none', [HELLO, '--kind', 'rude'], 2, 'USAGE'],
    ['a login that is none', [HELLO, '--kind', 'spam', '--review', 'eve&labels=x'], 2, 'USAGE'],
    ['no kind', [HELLO], 2, 'USAGE'],
  ] as const)('refuses %s', async (...[, args, code, error]) => {
    const ended = await report(...args);
    expect([ended.code, errorCode(ended)]).toEqual([code, error]);
  });

  it.each([undefined, 'https://git.example.com/acme/registry.git'])(
    'says so where %s is all that is known',
    async (at) => {
      takeSubmissionsAt(at);
      const ended = await report(HELLO, '--kind', 'spam');
      expect([ended.code, errorCode(ended)]).toEqual([1, 'REPORT_PLACE_UNKNOWN']);
    },
  );
});
