/** The binary as npm brings it: the real npm, a registry on loopback, and packages as they would be published. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleParts } from './bundle-parts.ts';
import { compile, ownTarget, type Target } from './compile.ts';
import { writeCliPackage, writePlatformPackage } from './packages.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'cli/package.json'), 'utf8')) as { version: string };
const target = ownTarget();
const CLI = '@ar-registry/cli';

/** As a binary that knows its own name: a shell hands on the one of the file, Bun would look for it in the kernel. */
const STAND_IN = (file: string): string =>
  `#!/bin/sh\ncase "$0" in *ar-plugin) set -- plugin "$@";; esac\nexec '${file}' "$@"\n`;

let folder: string;
let binary: string;

beforeAll(async () => {
  if (target === undefined) return;
  folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'ar-packages-'));
  const parts = path.join(folder, 'parts');
  binary = path.join(folder, 'binary/ar');
  compile({ folder: parts, names: await bundleParts(parts) }, target, binary);
}, 120_000);

afterAll(() => {
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(target === undefined)('the binary', () => {
  it('is ar-plugin by that name, also where the name is a link', async () => {
    const link = path.join(folder, 'ar-plugin');
    fs.symlinkSync(binary, link);
    const { stdout } = await run(link, ['search', '--help'], { env: { PATH: '', HOME: folder } });
    expect(stdout).toContain('Usage: ar plugin search');
  });

  it('takes nothing from the folder it is started in', async () => {
    const dir = path.join(folder, 'hostile');
    const files = {
      'evil.js': 'console.log("evil"); process.exit(9);',
      'bunfig.toml': 'preload = ["./evil.js"]\n',
      '.env': 'AR_REGISTRY=ftp://evil.example\nNO_COLOR=\n',
      'package.json': '{"main":"evil.js","imports":{"#a":"./evil.js"},"exports":"./evil.js"}',
      'tsconfig.json': '{"compilerOptions":{"baseUrl":".","paths":{"*":["./evil.js"]}}}',
      'node_modules/semver/index.js': 'console.log("evil"); process.exit(9);',
      'node_modules/@napi-rs/keyring/index.js': 'console.log("evil"); process.exit(9);',
      'main.cjs': 'console.log("evil"); process.exit(9);',
    };
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      fs.writeFileSync(path.join(dir, name), text);
    }
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
    const { stdout } = await run(binary, ['plugin', 'list', '--json'], { cwd: dir, env });
    expect(JSON.parse(stdout)).toMatchObject({ plugins: [] });
    const { stdout: said } = await run(binary, ['plugin', 'logout'], { cwd: dir, env });
    expect(said).not.toContain('evil');
    // The address of .env would be refused as none.
    const refused = run(binary, ['plugin', 'info', '@acme/x', '--offline'], { cwd: dir, env });
    await expect(refused).rejects.toMatchObject({ stderr: expect.not.stringContaining('evil') as string });
  });
});

describe.skipIf(target === undefined)('what npm installs', () => {
  let registry: { readonly url: string; readonly close: () => void };
  /** As where nobody has made a binary for a system. */
  let bare: typeof registry;

  beforeAll(async () => {
    const own = target as Target;
    const platform = path.join(folder, 'platform');
    writePlatformPackage(platform, own);
    // To pack 120 MB takes npm half a minute.
    fs.writeFileSync(path.join(platform, 'ar'), STAND_IN(binary), { mode: 0o755 });
    const cli = path.join(folder, 'cli');
    writeCliPackage(cli, [own]);
    // What the scripts need besides their bundle is not what is asked about.
    const manifest = path.join(cli, 'package.json');
    const { dependencies: _, ...rest } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as Record<string, unknown>;
    fs.writeFileSync(manifest, JSON.stringify(rest));
    const [one, other] = [await pack(platform), await pack(cli)];
    registry = await serve([one, other]);
    bare = await serve([other]);
  }, 120_000);

  afterAll(() => [registry, bare].forEach(({ close }) => close()));

  async function install({ url }: typeof registry, ...words: readonly string[]): Promise<string> {
    const prefix = fs.mkdtempSync(path.join(folder, 'prefix-'));
    const settings = [`--registry=${url}`, `--prefix=${prefix}`, `--cache=${path.join(prefix, 'cache')}`];
    await run('npm', ['install', '--global', ...settings, '--no-audit', '--no-fund', ...words], {
      env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    });
    return path.join(prefix, 'bin');
  }

  it.each([
    ['the binary of this system, under both names', () => install(registry, CLI, `--allow-scripts=${CLI}`), true],
    ['the scripts, where installation scripts are off', () => install(registry, CLI, '--ignore-scripts'), false],
    ['the scripts, where there is no binary', () => install(bare, CLI), false],
    [
      'the binary without a script, as a package of its own',
      () => install(registry, `${CLI}-${target}`, '--ignore-scripts'),
      true,
    ],
  ])('is %s', async (_, installed, expected) => {
    const bin = await installed();
    expect(['ar', 'ar-plugin'].map((name) => isBinary(bin, name))).toEqual([expected, expected]);
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
    expect((await run(path.join(bin, 'ar'), ['--version'], { env })).stdout).toBe(
      `ar ${version} (agent-relay plugins)\n`,
    );
    const { stdout } = await run(path.join(bin, 'ar-plugin'), ['search', '--help'], { env });
    expect(stdout).toContain('Usage: ar plugin search');
  });
});

function isBinary(bin: string, name: string): boolean {
  return fs.readFileSync(path.join(bin, name), 'utf8') === STAND_IN(binary);
}

interface Packed {
  readonly manifest: { readonly name: string; readonly version: string };
  readonly bytes: Buffer;
}

async function pack(dir: string): Promise<Packed> {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
  });
  const file = /[\w.-]+\.tgz/.exec(stdout)?.[0] ?? '';
  return {
    manifest: JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8')) as Packed['manifest'],
    bytes: fs.readFileSync(path.join(folder, file)),
  };
}

/** Just enough of a registry of npm. */
async function serve(packages: readonly Packed[]): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = http.createServer((request, response) => {
    const wanted = decodeURIComponent(request.url ?? '').slice(1);
    const found = packages.find(({ manifest: { name } }) => wanted === name || wanted === `${name}.tgz`);
    if (!found) {
      response.writeHead(404).end('{}');
      return;
    }
    const { manifest, bytes } = found;
    if (wanted.endsWith('.tgz')) {
      response.end(bytes);
      return;
    }
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const dist = { tarball: `${url}/${manifest.name}.tgz`, integrity };
    const document = {
      name: manifest.name,
      'dist-tags': { latest: manifest.version },
      versions: { [manifest.version]: { ...manifest, dist } },
    };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
