/** A project whose plugin came by --registry, and a command that names none: another registry is asked, and the user led back. */
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { validator as isOutdated } from '@ar-registry/schemas/validators/cli/outdated';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorCode, type Ended } from './support/ar.ts';
import { createProject, type TestProject } from './support/project.ts';

const HELLO = '@acme/hello';
const COMMANDS = [['outdated'], ['update']];

let own: ServedRegistry;
let other: ServedRegistry;
let project: TestProject;

beforeAll(async () => {
  own = await serveRegistry([{ manifest: { name: HELLO, version: '1.0.0' } }]);
  other = await serveRegistry([{ manifest: { name: '@other/thing' } }]);
});
afterAll(() => Promise.all([own, other].map((each) => each[Symbol.asyncDispose]())));

beforeEach(async () => {
  project = createProject(other, { AR_HTTP_TIMEOUT: '2' });
  await ok('install', HELLO, '--yes', '--registry', own.url);
  return () => project[Symbol.dispose]();
});

async function ok(...args: readonly string[]): Promise<Ended> {
  const ended = await project.ar(...args);
  if (ended.code !== 0) throw new Error(ended.stderr);
  return ended;
}

const bind = (): string => `ar plugin registry add ${own.url} --scope @acme`;

describe('a plugin that came from a registry that is bound to nothing', () => {
  it.each(COMMANDS)('has %s name it where the registry that is asked cannot be reached', async (...args) => {
    const ended = await project.ar(...args, '--registry', 'http://127.0.0.1:1');
    expect([ended.code, errorCode(ended)]).toEqual([4, 'REGISTRY_UNREACHABLE']);
    expect(ended.stderr).toContain(`${HELLO} was installed from ${own.url}`);
    expect(ended.stderr).toContain(bind());
  });

  it.each(COMMANDS)('has %s name it where the registry that is asked does not have it', async (...args) => {
    const { stdout } = await ok(...args);
    expect(stdout).toContain(`${HELLO} is not in the registry at ${other.url}: it was installed from ${own.url}.`);
    expect(stdout).toContain(bind());
    expect(stdout).not.toContain('any more');
    expect((await project.json(isOutdated, 'outdated')).value.missing).toEqual([HELLO]);
  });

  it('is found once its scope is bound, as the command says', async () => {
    await ok('registry', 'add', own.url, '--scope', '@acme', '--yes');
    expect((await ok('outdated')).stdout).toBe('Everything is up to date.\n');
  });

  it('is not spoken of where the registry that it came from is the one that is out of reach', async () => {
    await using gone = await serveRegistry([{ manifest: { name: '@gone/hello' } }]);
    await ok('remove', HELLO);
    await ok('install', '@gone/hello', '--yes', '--registry', gone.url);
    gone.intercept = (request) => {
      request.socket.destroy();
      return true;
    };
    const ended = await project.ar('outdated', '--registry', gone.url);
    expect([ended.code, errorCode(ended)]).toEqual([4, 'REGISTRY_UNREACHABLE']);
    expect(ended.stderr).not.toContain('was installed from');
  });
});
