/** What services with the API of S3 answer, and what is made of it. */
import { hasCode } from '@ar-registry/core/errors';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Pace, Place } from '../src/stages/deploy/types.ts';
import { SITE, deployFixture, namesAt, writeFiles, type DeployFixture } from './deploy-fixture.ts';
import { startS3Memory, type S3Memory } from './s3-memory.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_EC2_METADATA_DISABLED: 'true' };
const PACE: Pace = { beat: 20, gone: 300, wait: 5000, look: 10 };
const MARK = 'public/.ar-deploy.json';
const HELLO = 'api/v1/plugins/@acme/hello.json';

let fixture: DeployFixture;
let memory: S3Memory;

beforeEach(async () => {
  for (const [name, value] of Object.entries(CREDENTIALS)) process.env[name] = value;
  onTestFinished(() => {
    for (const name of Object.keys(CREDENTIALS)) delete process.env[name];
  });
  fixture = deployFixture();
  memory = await startS3Memory();
});

const open = (): Promise<Place> => fixture.open('s3://registry/public', { endpoint: memory.endpoint, pace: PACE });

function counts(): Readonly<Record<string, number>> {
  const kinds = memory.requests.map(({ method, key }) => (key === '' ? 'LIST' : method));
  return Object.fromEntries([...Map.groupBy(kinds, (kind) => kind)].map(([kind, all]) => [kind, all.length]));
}

describe('requests', () => {
  it('are two for each file that changed, besides four for the mark', async () => {
    await fixture.deployTo(await open());
    const gone = ['api/v1/plugins/@acme/hello/1.0.0/download'];
    fixture.build({ [HELLO]: '{}', 'api/v1/plugins/@acme/hello/1.1.0.json': '{}' }, gone);
    memory.requests.length = 0;
    const slow = { ...PACE, beat: 60_000 };
    const place = await fixture.open('s3://registry/public', { endpoint: memory.endpoint, pace: slow });
    expect(await fixture.deployTo(place)).toMatchObject({ whole: false, unchanged: 6 });
    expect(counts()).toEqual({ GET: 1, HEAD: 3, PUT: 2 + 3, DELETE: 1 });
  });

  it('list more than one page', async () => {
    const many = Array.from({ length: 2100 }, (_, at) => [`public/plugins/@acme/p-${at}`, Buffer.from('{}')] as const);
    for (const [key, bytes] of many) memory.objects.set(key, bytes);
    expect(await namesAt(await open())).toHaveLength(2100);
    expect(counts()).toEqual({ LIST: 3 });
  });

  it('name every character', async () => {
    const names = ['plugins/@acme/a b+c&d%20%e.html', "plugins/@acme/ö/ü (1)~!*'.html", 'plugins/@acme/字.html'];
    fixture.build(Object.fromEntries(names.map((name) => [name, name])));
    await fixture.deployTo(await open());
    for (const name of names) expect(memory.objects.get(`public/${name}`)?.toString()).toBe(name);
    expect(await fixture.deployTo(await open(), { verify: true })).toMatchObject({ put: [], removed: [] });
    fixture.build({}, names);
    await fixture.deployTo(await open());
    expect([...memory.objects.keys()].filter((key) => names.includes(key.slice('public/'.length)))).toEqual([]);
  });
});

describe('answers', () => {
  it('that say the service is busy are waited for', async () => {
    let left = 3;
    memory.answer = () => ((left -= 1) >= 0 ? { status: 503, code: 'SlowDown' } : undefined);
    await fixture.deployTo(await open());
    expect(memory.objects.size).toBe(Object.keys(SITE).length + 1);
  }, 30_000);

  it('that send to another region are followed', async () => {
    memory.answer = ({ headers }) =>
      headers.authorization?.includes('/eu-central-1/') === true
        ? undefined
        : { status: 301, code: 'PermanentRedirect', headers: { 'x-amz-bucket-region': 'eu-central-1' } };
    await fixture.deployTo(await open());
    expect(memory.objects.size).toBe(Object.keys(SITE).length + 1);
  });

  it.each([
    [400, 'ExpiredToken', 'DEPLOY_CREDENTIALS'],
    [403, 'InvalidAccessKeyId', 'DEPLOY_CREDENTIALS'],
    [403, 'SignatureDoesNotMatch', 'DEPLOY_CREDENTIALS'],
    [403, 'AccessDenied', 'DEPLOY_FAILED'],
    [404, 'NoSuchBucket', 'DEPLOY_FAILED'],
  ] as const)('%d %s: %s', async (status, code, expected) => {
    memory.answer = () => ({ status, code });
    const failed = fixture.deployTo(await open());
    await expect(failed).rejects.toSatisfy((error) => hasCode(error, expected));
    await expect(failed).rejects.toMatchObject({ facts: { problem: expect.stringContaining(code) as string } });
  });

  it('that never come, since nobody gave credentials, are told as that', async () => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    process.env['AWS_CONFIG_FILE'] = process.env['AWS_SHARED_CREDENTIALS_FILE'] = '/dev/null';
    const failed = fixture.deployTo(await open());
    await expect(failed).rejects.toSatisfy((error) => hasCode(error, 'DEPLOY_CREDENTIALS'));
  });

  it('that refuse a sum leave the file as it was', async () => {
    await fixture.deployTo(await open());
    fixture.build({ [HELLO]: '{"versions":[]}' });
    memory.answer = ({ method, key }) =>
      method === 'PUT' && key.endsWith(HELLO) ? { status: 400, code: 'BadDigest' } : undefined;
    await expect(fixture.deployTo(await open())).rejects.toSatisfy((error) => hasCode(error, 'DEPLOY_FAILED'));
    expect(memory.objects.get(`public/${HELLO}`)?.toString()).toBe(SITE[HELLO]);
  });

  it('in an order of their own cost requests, and no file', async () => {
    await fixture.deployTo(await open());
    memory.order = (a, b) => (a < b ? 1 : -1);
    await fixture.deployTo(await open(), { verify: true });
    for (const [name, text] of Object.entries(SITE))
      expect(memory.objects.get(`public/${name}`)?.toString()).toBe(text);
  });
});

describe('the mark', () => {
  it('keeps two from deploying at once', async () => {
    const [first, second] = [await open(), await open()];
    const heads = [await first.head(), await second.head()] as const;
    const steps: string[] = [];
    await first.hold(heads[0], async (hold) => {
      steps.push(`second: ${JSON.stringify(await second.hold(heads[1], async () => 'in'))}`);
      await hold.finish(async () => {});
    });
    expect(steps).toEqual(['second: undefined']);
    expect(await second.head()).not.toEqual(heads[1]);
  });

  it('is found by who wrote it, where the answer was lost', async () => {
    let left = 2;
    memory.answer = ({ method, key }) =>
      method === 'PUT' && key === MARK && (left -= 1) >= 0 ? { status: 0, isLost: true } : undefined;
    await fixture.deployTo(await open());
    expect(left).toBeLessThan(0);
    expect(memory.objects.size).toBe(Object.keys(SITE).length + 1);
  });

  it('does without conditions where the service knows none', async () => {
    memory.answer = ({ headers }) =>
      headers['if-match'] === undefined && headers['if-none-match'] === undefined
        ? undefined
        : { status: 501, code: 'NotImplemented' };
    await fixture.deployTo(await open());
    fixture.build({ [HELLO]: '{}' });
    expect(await fixture.deployTo(await open())).toMatchObject({ put: [HELLO], whole: false });
  });

  it('is known by its digest alone where quotes are taken for a part of it', async () => {
    memory.answer = ({ headers }) =>
      headers['if-match']?.startsWith('"') === true ? { status: 412, code: 'PreconditionFailed' } : undefined;
    await fixture.deployTo(await open());
    fixture.build({ [HELLO]: '{}' });
    expect(await fixture.deployTo(await open())).toMatchObject({ put: [HELLO], whole: false });
  });

  it('of somebody who was lost on the way means nothing', async () => {
    await fixture.deployTo(await open());
    fixture.build({ [HELLO]: '{}' });
    const holder = `1 2 ${'0'.repeat(16)}`;
    memory.objects.set(MARK, Buffer.from(`${JSON.stringify({ schemaVersion: 1, holder, nonce: 'x', beats: 7 })}\n`));
    writeFiles(fixture.site, { 'robots.txt': 'all' });
    expect(await fixture.deployTo(await open())).toMatchObject({ put: [HELLO, 'robots.txt'], whole: true });
  });

  it.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['one of later', '{"schemaVersion":2,"id":"x"}'],
    ['one with a number', '{"schemaVersion":1,"id":7}'],
    ['much', 'x'.repeat(10_000)],
  ])('of somebody else means nothing: %s', async (_, text) => {
    await fixture.deployTo(await open());
    memory.objects.set(MARK, Buffer.from(text));
    expect(await fixture.deployTo(await open())).toMatchObject({ put: [], whole: true });
    expect(await fixture.deployTo(await open())).toMatchObject({ put: [], whole: false });
  });
});
