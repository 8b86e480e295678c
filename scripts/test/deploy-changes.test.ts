/** Deployments of what has changed since the last one, of which nothing may be missed. */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from '@ar-registry/core/errors';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Place } from '../src/stages/deploy/types.ts';
import { SITE, contentOf, deployFixture, writeFiles, type DeployFixture } from './deploy-fixture.ts';

const HELLO = 'api/v1/plugins/@acme/hello.json';
const served = ({ folder }: DeployFixture): string => path.join(folder, 'served');

/** One whose files were deployed already. */
async function deployed(): Promise<DeployFixture> {
  const fixture = deployFixture();
  await fixture.deployTo(await fixture.open('served'));
  return fixture;
}

describe('a deployment after another one', () => {
  it('asks for what builds have written since, all of them, and for nothing else', async () => {
    const fixture = await deployed();
    fixture.build({ [HELLO]: '{"versions":["1.0.0","1.1.0"]}' });
    fixture.build({ 'api/v1/plugins/@acme/hello/1.1.0.json': '{}' }, ['badge/@acme/hello/version.svg']);
    fixture.build({ 'badge/@acme/hello/license.svg': '<svg/>' });
    const place = await fixture.open('served');
    const asked: string[] = [];
    const find: Place['find'] = async (names) => {
      asked.push(...names);
      return place.find(names);
    };
    const done = await fixture.deployTo({ ...place, find });
    expect(done).toMatchObject({
      put: [HELLO, 'api/v1/plugins/@acme/hello/1.1.0.json', 'badge/@acme/hello/license.svg'].toSorted(),
      removed: ['badge/@acme/hello/version.svg'],
      unchanged: 6,
      whole: false,
    });
    expect(asked.toSorted()).toEqual([...done.put, ...done.removed].toSorted());
    expect(contentOf(served(fixture))).toEqual(contentOf(fixture.site));
    expect(await fixture.deployTo(place)).toMatchObject({ put: [], removed: [], unchanged: 9, whole: false });
  });

  it('sees what signing, or anybody, writes outside of the folders of plugins', async () => {
    const fixture = await deployed();
    writeFiles(fixture.site, { 'robots.txt': 'all', 'api/v1/trust/timestamp.json': '{"timestamp":2}' });
    fs.rmSync(path.join(fixture.site, 'api/v1/trust/1.snapshot.json'));
    expect(await fixture.deployTo(await fixture.open('served'))).toMatchObject({
      put: ['api/v1/trust/timestamp.json', 'robots.txt'],
      removed: ['api/v1/trust/1.snapshot.json'],
      whole: false,
    });
  });

  it('finds what somebody changed by hand, in the site or at the place, when it is told to look', async () => {
    const fixture = await deployed();
    writeFiles(fixture.site, { [HELLO]: '{"versions":["by hand"]}' });
    fs.writeFileSync(path.join(served(fixture), 'badge/@acme/hello/version.svg'), '<g/>');
    const place = await fixture.open('served');
    expect(await fixture.deployTo(place)).toMatchObject({ put: [], whole: false });
    expect(await fixture.deployTo(place, { verify: true })).toMatchObject({
      put: [HELLO, 'badge/@acme/hello/version.svg'],
      whole: true,
    });
    expect(contentOf(served(fixture))).toEqual(contentOf(fixture.site));
  });

  it.each<[string, (fixture: DeployFixture) => Promise<void> | void]>([
    ['there was a build of everything', (fixture) => fixture.buildAnew()],
    [
      'the log of builds is not that of before',
      ({ site }) => fs.writeFileSync(path.join(site, '.ar-files.log'), '+some\n'),
    ],
    ['nobody noted the last one', ({ site }) => fs.rmSync(path.join(site, '.ar-deployed'), { recursive: true })],
    ['the note is damaged', ({ site }) => forEachNote(site, (file) => fs.truncateSync(file, 100))],
    ['the note is none', ({ site }) => forEachNote(site, (file) => fs.writeFileSync(file, '{"schemaVersion":1}'))],
    ['somebody else has deployed', (fixture) => deployAnother(fixture)],
    [
      'the place is not told who was there',
      (fixture) => fs.rmSync(path.join(served(fixture), '.ar-deploy'), { recursive: true }),
    ],
  ])('compares everything where %s', async (_, change) => {
    const fixture = await deployed();
    fixture.build({ [HELLO]: '{}' });
    await fixture.deployTo(await fixture.open('served'));
    await change(fixture);
    // Nothing tells of this one.
    writeFiles(fixture.site, { [HELLO]: '{"versions":[]}' });
    expect(await fixture.deployTo(await fixture.open('served'))).toMatchObject({ whole: true });
    expect(contentOf(served(fixture))).toEqual(contentOf(fixture.site));
    expect(await fixture.deployTo(await fixture.open('served'))).toMatchObject({ whole: false, put: [] });
  });

  it('compares everything where a backup was laid over the place', async () => {
    const fixture = await deployed();
    const backup = path.join(fixture.folder, 'backup');
    fs.cpSync(served(fixture), backup, { recursive: true });
    fixture.build({ [HELLO]: '{"versions":["2.0.0"]}' });
    await fixture.deployTo(await fixture.open('served'));
    // As `tar` and `rsync` do: what is there besides stays.
    fs.cpSync(backup, served(fixture), { recursive: true });
    const place = await fixture.open('served');
    expect(await fixture.deployTo(place)).toMatchObject({ put: [HELLO], whole: true });
    expect(await fixture.deployTo(place)).toMatchObject({ put: [], whole: false });
  });

  it('compares everything where the site went on from a backup, also by files of the same names', async () => {
    const fixture = await deployed();
    const log = path.join(fixture.site, '.ar-files.log');
    fixture.build({ [HELLO]: '{"versions":["2.0.0"]}' });
    await fixture.deployTo(await fixture.open('served'));
    const backup = fs.readFileSync(log);
    fixture.build({ [HELLO]: '{"versions":["3.0.0"]}' });
    await fixture.deployTo(await fixture.open('served'));
    fs.writeFileSync(`${log}.restored`, backup);
    fs.renameSync(`${log}.restored`, log);
    fixture.build({ [HELLO]: '{"versions":["4.0.0"]}' });
    expect(await fixture.deployTo(await fixture.open('served'))).toMatchObject({ put: [HELLO], whole: true });
  });

  it.each([false, true])(
    'leaves alone what lies in folders that the site does not have (all compared: %s)',
    async (verify) => {
      const fixture = await deployed();
      const others = { 'mine/@me/own.txt': 'dear', 'badges/a.svg': '' };
      writeFiles(served(fixture), others);
      fixture.build({ [HELLO]: '{}' }, ['plugins/@acme/hello/index.html']);
      await fixture.deployTo(await fixture.open('served'), { verify });
      expect(contentOf(served(fixture))).toMatchObject(others);
    },
  );

  it('gives a file of the same size another second, of which servers make its entity tag', async () => {
    const fixture = await deployed();
    const seconds: number[] = [];
    for (const text of ['{"a":1}', '{"a":2}', '{"a":3}', '{"a":4}']) {
      fixture.build({ [HELLO]: text });
      await fixture.deployTo(await fixture.open('served'));
      seconds.push(Math.floor(fs.statSync(path.join(served(fixture), HELLO)).mtimeMs / 1000));
    }
    expect(new Set(seconds).size).toBe(4);
  });

  it('stops where most would go, and then knows as much as before', async () => {
    const many = Array.from({ length: 30 }, (__, at) => `api/v1/plugins/@acme/p-${at}.json`);
    const fixture = deployFixture({ ...SITE, ...Object.fromEntries(many.map((name) => [name, '{}'])) });
    await fixture.deployTo(await fixture.open('served'));
    fixture.build({}, many);
    const shrunk = fixture.deployTo(await fixture.open('served'));
    await expect(shrunk).rejects.toSatisfy((error) => hasCode(error, 'DEPLOY_SHRINKS'));
    const done = await fixture.deployTo(await fixture.open('served'), { mayShrink: true });
    expect(done).toMatchObject({ removed: many.toSorted(), whole: false });
  });

  it('looks again at all that one before it has put or taken away when it was cut off', async () => {
    const fixture = await deployed();
    const [own, robots] = ['a-page.html', 'robots.txt'].map((name) => path.join(fixture.site, name)) as [
      string,
      string,
    ];
    writeFiles(fixture.site, { 'robots.txt': 'all' });
    const place = await fixture.open('served');
    await fixture.deployTo(place);
    // Another file in its place, then the very same one again: nothing shows that there was another.
    fs.renameSync(robots, path.join(fixture.folder, 'aside'));
    writeFiles(fixture.site, { 'robots.txt': 'none', 'a-page.html': 'page', 'z-page.html': 'page' });
    await expect(fixture.deployTo(breaking(place, 2))).rejects.toThrow('cut off');
    expect(contentOf(served(fixture))).toMatchObject({ 'robots.txt': 'none', 'a-page.html': 'page' });
    fs.renameSync(path.join(fixture.folder, 'aside'), robots);
    fs.rmSync(own);
    expect(await fixture.deployTo(place)).toMatchObject({
      put: ['robots.txt', 'z-page.html'],
      removed: ['a-page.html'],
      whole: false,
    });
    expect(contentOf(served(fixture))).toEqual(contentOf(fixture.site));
  });

  it('keeps to what it may write: a log that leads out of the site leads nowhere', async () => {
    const fixture = await deployed();
    fs.appendFileSync(
      path.join(fixture.site, '.ar-files.log'),
      '+../secret/@a/b\n+api/../../secret/@a\n+.ar-build.json\n',
    );
    writeFiles(path.join(fixture.folder, 'secret/@a'), { b: 'secret' });
    expect(await fixture.deployTo(await fixture.open('served'))).toMatchObject({ put: [], whole: false });
  });
});

function forEachNote(site: string, act: (file: string) => void): void {
  const folder = path.join(site, '.ar-deployed');
  for (const name of fs.readdirSync(folder)) act(path.join(folder, name));
}

async function deployAnother(fixture: DeployFixture): Promise<void> {
  const other = deployFixture({ ...SITE, [HELLO]: '{"versions":["of another"]}' });
  await other.deployTo(await other.open(served(fixture)));
}

function branchOf({ folder }: DeployFixture): { readonly names: () => readonly string[] } {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['--git-dir', path.join(folder, 'remote.git'), ...args], { encoding: 'utf8' });
  git('init', '--quiet', '--bare');
  return { names: () => git('ls-tree', '-r', '--name-only', 'pages').trim().split('\n') };
}

describe('a branch', () => {
  it('is found by a path from where the program is run, also when it is there already', async () => {
    const fixture = deployFixture();
    const { names } = branchOf(fixture);
    for (const text of ['{"a":1}', '{"a":2}']) {
      fixture.build({ [HELLO]: text });
      expect(await fixture.deployTo(await fixture.open('git:./remote.git#pages'))).toMatchObject({ removed: [] });
    }
    expect(names()).toContain(HELLO);
  });

  it('loses no folder that was a file for a while', async () => {
    const fixture = deployFixture();
    const { names } = branchOf(fixture);
    const [file, below] = ['plugins/@acme/page', 'plugins/@acme/page/index.html'];
    const deployIt = async () => fixture.deployTo(await fixture.open(`git:${fixture.folder}/remote.git#pages`));
    fixture.build({ [below]: 'page' });
    await deployIt();
    fixture.build({}, [below]);
    // So many that git is not asked for both at once.
    fixture.build(manyOf('other'));
    fixture.build({ [file]: 'file' });
    fixture.build({}, [file]);
    fixture.build({ [below]: 'page' });
    expect(await deployIt()).toMatchObject({ removed: [], whole: false });
    expect(names()).toContain(below);
  });
});

describe('of a site that a build has not finished', () => {
  it.each([
    ['a build of everything', '.ar-build.json', '{"schemaVersion":1,"complete":false,"files":[]}'],
    ['a build of a change', '.ar-next/journal.json', '{}'],
  ])('puts nothing: %s', async (_, name, text) => {
    const fixture = await deployed();
    writeFiles(fixture.site, { [name]: text, 'robots.txt': 'all' });
    const refused = fixture.deployTo(await fixture.open('served'));
    await expect(refused).rejects.toSatisfy((error) => hasCode(error, 'DEPLOY_UNFINISHED'));
    expect(contentOf(served(fixture))).not.toHaveProperty('robots.txt');
  });

  it('misses nothing that a build writes while it is deployed', async () => {
    const fixture = await deployed();
    fixture.build({ [HELLO]: '{"versions":["2.0.0"]}' });
    const place = await fixture.open('served');
    const put: Place['put'] = async (file) => {
      await place.put(file);
      fixture.build({ 'badge/@acme/hello/version.svg': '<svg>2</svg>' });
    };
    const moved = fixture.deployTo({ ...place, put });
    await expect(moved).rejects.toSatisfy((error) => hasCode(error, 'DEPLOY_MOVING'));
    const done = await fixture.deployTo(await fixture.open('served'));
    expect(done).toMatchObject({ put: ['badge/@acme/hello/version.svg'], whole: false });
    expect(contentOf(served(fixture))).toEqual(contentOf(fixture.site));
  });
});

const NAMES = ['a', 'b', 'c'].flatMap((name) => [
  `api/v1/plugins/@acme/${name}.json`,
  `plugins/@acme/${name}/index.html`,
  `api/v1/search/files/${name}`,
]);

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('build' as const),
      name: fc.constantFrom(...NAMES),
      text: fc.string({ maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), name: fc.constantFrom(...NAMES) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('deploy' as const), after: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('anew' as const, 'other' as const) }) },
);

it('leaves at the place what the site has, whatever happened before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      const fixture = await deployed();
      const place = await fixture.open('served');
      for (const each of steps) {
        if (each.do === 'build') fixture.build({ [each.name]: each.text });
        if (each.do === 'remove' && fs.existsSync(path.join(fixture.site, each.name))) fixture.build({}, [each.name]);
        if (each.do === 'anew') fixture.buildAnew();
        if (each.do === 'other') await deployAnother(fixture);
        if (each.do === 'deploy')
          await fixture.deployTo(breaking(place, each.after), { mayShrink: true }).catch(() => {});
      }
      await fixture.deployTo(place, { mayShrink: true });
      expect(contentOf(served(fixture))).toEqual(contentOf(fixture.site));
    }),
    { numRuns: 40 },
  );
});

/** One that breaks off after so many files. */
function breaking(place: Place, after: number): Place {
  let left = after;
  const orBreak = async (act: () => Promise<void>): Promise<void> => {
    if ((left -= 1) < 0) throw new Error('cut off');
    await act();
  };
  return {
    ...place,
    put: (file) => orBreak(() => place.put(file)),
    remove: (name) => orBreak(() => place.remove(name)),
  };
}

const MAIN = path.resolve(import.meta.dirname, '../src/main.ts');

function start(fixture: DeployFixture, site = fixture.site) {
  const options = ['--conditions=ar-source', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...options, MAIN, 'deploy', '--site', site, '--to', served(fixture)]);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<string>((resolve) => child.once('close', (code) => resolve(`${code} ${said}`)));
  return { child, ended };
}

const manyOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`api/v1/plugins/@acme/p-${at}.json`, `"${text} ${at}"`]));

describe('programs that deploy', () => {
  it('are right when they are run again, whenever they were killed', async () => {
    const fixture = await deployed();
    fixture.build(manyOf('first'));
    for (const [round, afterMs] of [0, 10, 40].entries()) {
      fixture.build(manyOf(`round ${round}`));
      const { child, ended } = start(fixture);
      // Its mark is there from before the first file until after the last.
      const marks = path.join(served(fixture), '.ar-deploy');
      const before = fs.readdirSync(marks).join(' ');
      while (child.exitCode === null && fs.readdirSync(marks).join(' ') === before) await delay(2);
      await delay(afterMs);
      child.kill('SIGKILL');
      await ended;
      expect(await start(fixture).ended).toMatch(/^0 /);
      expect(contentOf(served(fixture))).toEqual(contentOf(fixture.site));
    }
  }, 60_000);

  it('come one after the other', async () => {
    const [fixture, other] = [await deployed(), deployFixture({ ...SITE, ...manyOf('other') })];
    fixture.build(manyOf('own'));
    const both = [start(fixture), start(fixture, other.site)];
    const ends = await Promise.all(both.map(({ ended }) => ended));
    expect(ends.map((end) => end.slice(0, 2))).toEqual(['0 ', '0 ']);
    const there = contentOf(served(fixture));
    // As one of them wants it, and nothing of both.
    expect([contentOf(fixture.site), contentOf(other.site)]).toContainEqual(there);
  }, 60_000);
});
