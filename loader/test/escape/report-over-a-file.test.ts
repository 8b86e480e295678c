import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { escapeTest, makeOutside } from '../support/escape.ts';
import { removeWorkDir } from '../support/project.ts';
import { silenceRelay } from '../support/relay.ts';
import { plantPlugin, reasonOf, RUNTIMES } from '../support/sandbox.ts';

const SETTERS = {
  directory: '/',
  filename: 'secret.txt',
  compact: true,
  signal: 'SIGUSR2',
  reportOnFatalError: true,
  reportOnSignal: true,
  reportOnUncaughtException: true,
};

escapeTest('the reports of the runtime are not set up, in no thread and by no other reference', {
  permissions: { workers: true },
  files: {
    'thread.mjs': `
      import { parentPort, workerData } from 'node:worker_threads';
      try { process.report[workerData[0]] = workerData[1]; parentPort.postMessage(undefined); } catch (error) { parentPort.postMessage(error.message); }`,
  },
  attempts: ({ dir }) => `
    import { Worker } from 'node:worker_threads';
    import named, { report as exported } from 'node:process';
    const inThread = (workerData) => new Promise((resolve, reject) => {
      new Worker(new URL('./thread.mjs', import.meta.url), { workerData }).on('error', reject).on('message', (problem) => (problem ? reject(new Error(problem)) : resolve('set')));
    });
    const settings = ${JSON.stringify({ ...SETTERS, directory: 'DIR' })};
    settings.directory = ${JSON.stringify(dir)};
    export const attempts = { control: () => (process.report.getReport().header.reportVersion > 0 ? 'works' : 'broken') };
    for (const [name, value] of Object.entries(settings)) {
      attempts[name] = () => { process.report[name] = value; };
      attempts[name + ' named'] = () => { named.report[name] = value; };
      attempts[name + ' exported'] = () => { exported[name] = value; };
      attempts[name + ' builtin'] = () => { process.getBuiltinModule('process').report[name] = value; };
      attempts[name + ' setter'] = () => Object.getOwnPropertyDescriptor(process.report, name).set.call(process.report, value);
      attempts[name + ' inherited'] = () => { Object.create(process.report)[name] = value; };
      attempts[name + ' anew'] = () => Object.defineProperty(process.report, name, { value });
      attempts[name + ' in a thread'] = () => inThread([name, value]);
    }
    attempts.write = () => process.report.writeReport(settings.directory + '/report.json');
    attempts.writeIntoData = () => process.report.writeReport('report.json');`,
});

beforeAll(silenceRelay);
afterAll(removeWorkDir);

test.each(RUNTIMES)('a plugin that runs out of memory leaves every file as it was (%s)', async (_, node) => {
  using outside = makeOutside();
  const victim = join(outside.dir, 'victim.conf');
  writeFileSync(victim, 'precious');
  await using planted = await plantPlugin({
    node,
    relay: { limits: { maxHeapMb: 48, restartDelayMs: 10, maxCrashes: 1 } },
    attempts: `
      const set = (name, value) => { try { process.report[name] = value; } catch {} };
      export const attempts = { fill: () => {
        set('directory', ${JSON.stringify(outside.dir)});
        set('filename', 'victim.conf');
        set('reportOnFatalError', true);
        for (const all = []; ;) all.push(Array.from({ length: 1e4 }, () => ({ x: 1 })));
      } };`,
  });
  await planted.relay.loader.health();
  await expect.poll(() => reasonOf(planted.relay), { timeout: 20_000 }).toMatch(/ran out of memory|was ended by/);
  expect(readFileSync(victim, 'utf8')).toBe('precious');
});
