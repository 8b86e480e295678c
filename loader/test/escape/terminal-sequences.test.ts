import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, RUNTIMES } from '../support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** Clears the screen, sets the title, reads the clipboard, turns the text around, and says what the loader would say. */
const FORGED = String.raw`\u001b[2J\u001b]0;owned\u0007\u001b]52;c;?\u0007\u009b31m\u202e\r\n@test/other@1.0.0 hook active\r\n{"ts":"2000-01-01T00:00:00.000Z","level":"error","msg":"forged"}\n`;
/** What a terminal acts on, or nobody sees. */
// oxlint-disable-next-line no-control-regex -- what must not be there
const ACTS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test.each(RUNTIMES)('what a plugin writes into its log is text, one line each (%s)', async (_, node) => {
  await using planted = await plantPlugin({
    node,
    attempts: `
      import fs from 'node:fs';
      const forged = "${FORGED.replaceAll('"', String.raw`\"`)}";
      export const attempts = {
        log: (context) => context.logger.info(forged, { [forged]: forged, nested: new Map([[forged, new Error(forged)]]) }),
        print: () => console.log(forged),
        complain: () => fs.writeSync(2, forged),
        denied: () => { try { fs.readFileSync('/' + forged); } catch {} },
        rejected: () => void Promise.reject(new Error(forged)),
        thrown: () => { throw Object.assign(new Error(forged), { name: forged }); },
      };`,
  });
  await planted.attempt();
  await expect.poll(() => planted.log()).toContain('failed where nothing caught it');
  expect(planted.log()).not.toMatch(ACTS);
  const lines = planted
    .log()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { ts: string; msg: string });
  expect(lines.filter(({ ts }) => ts.startsWith('2000'))).toEqual([]);
  expect(lines.some(({ msg }) => msg.includes('forged'))).toBe(true);
});

test.each(RUNTIMES)('what a plugin fails with drives no terminal that the daemon prints to (%s)', async (_, node) => {
  const project = createProject();
  const code = `export default { async onLoad() { throw new Error("${FORGED.replaceAll('"', String.raw`\"`)}"); } };`;
  await project.install({ name: '@test/hostile', code: `${code} // ${node}` }, { trust: 'community' });
  project.write('ar.config.json', JSON.stringify({ plugins: ['@test/hostile'], sandbox: { node } }));
  const env = { ...process.env, ...project.env, AGENT_RELAY_LOG_LEVEL: 'NONE' };
  const host = spawn(process.execPath, ['--conditions=ar-source', MAIN, '--project', project.dir], { env });
  const errors = text(host.stderr);
  let printed = '';
  for await (const chunk of host.stdout) {
    printed += String(chunk);
    if (/^ready$/m.test(printed)) break;
  }
  host.kill('SIGTERM');
  if (host.exitCode === null && host.signalCode === null) await once(host, 'exit');
  const told = printed + (await errors);
  expect(told).toContain('@test/hostile');
  expect(told).not.toMatch(ACTS);
  expect(told).not.toMatch(/^@test\/other/m);
});
