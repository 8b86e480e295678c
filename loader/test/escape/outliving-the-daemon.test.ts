import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, removeWorkDir } from '../support/project.ts';
import { countRunning } from '../support/processes.ts';
import { silenceRelay } from '../support/relay.ts';
import { RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

test.each(RUNTIMES)(
  'a plugin that never lets go of its thread ends with a daemon that is killed (%s)',
  async (_, node) => {
    const project = createProject();
    const code = `export default { async onLoad() { setTimeout(() => { for (;;); }, 100); } };`;
    const { packageDir } = await project.install(
      { name: '@test/hostile', code: `${code} // ${node}` },
      { trust: 'community' },
    );
    project.write('ar.config.json', JSON.stringify({ plugins: ['@test/hostile'], sandbox: { node } }));
    const env = { ...process.env, ...project.env };
    const host = spawn(process.execPath, ['--conditions=ar-source', MAIN, '--project', project.dir], { env });
    host.stderr.resume();
    let printed = '';
    for await (const chunk of host.stdout) {
      printed += String(chunk);
      if (/^ready$/m.test(printed)) break;
    }
    expect(printed).toContain('@test/hostile@1.0.0 hook active');
    expect(countRunning(packageDir)).toBeGreaterThan(0);
    host.kill('SIGKILL');
    await once(host, 'exit');
    await expect.poll(() => countRunning(packageDir), { timeout: 10_000 }).toBe(0);
  },
);
