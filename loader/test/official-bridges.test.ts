/** The official bridges to chat services, as they are packed, in the real daemon: in its process, and in one of their own. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startDiscord } from '@ar-registry/testing/discord';
import type { HealthStatus } from '@ar-registry/sdk';
import { postEvent, SIGNING_SECRET, startSlack } from '@ar-registry/testing/slack';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inboxOf } from './support/inbox.ts';
import { isOpen } from './support/ports.ts';
import { createProject, removeWorkDir, workDir } from './support/project.ts';
import { silenceRelay, startTestRelay } from './support/relay.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

const PLUGINS = ['slack-bridge', 'discord-bridge'];

beforeAll(async () => {
  silenceRelay();
  const folders = PLUGINS.map((name) => join(ROOT, 'plugins', name));
  await promisify(execFile)(process.execPath, [TSC, '--build', ...folders]);
  for (const name of PLUGINS) copyPlugin(name);
});
afterAll(() => removeWorkDir());

/** The files that are packed, and what npm would install for them. Copied: a sandboxed plugin may not hold links. */
function copyPlugin(name: string): void {
  const source = join(ROOT, 'plugins', name);
  const folder = join(workDir, 'plugins', name);
  const { files = [], dependencies = {} } = readPackage(source);
  for (const file of globSync([...files, 'package.json'], { cwd: source }))
    cpSync(join(source, file), join(folder, file));
  for (const dependency of Object.keys(dependencies)) copyPackage(dependency, join(source, 'package.json'), folder);
}

/** Each package below the one that asks for it, unless the same is above: packages may want different versions of one. */
function copyPackage(name: string, from: string, folder: string): void {
  const source = createRequire(from)
    .resolve.paths(name)
    ?.map((path) => join(path, name))
    .find((path) => existsSync(join(path, 'package.json')));
  if (source === undefined) throw new Error(`${name} is not installed.`);
  const { version, dependencies = {} } = readPackage(source);
  if (isAbove(name, version, folder)) return;
  const target = join(folder, 'node_modules', name);
  // Types and sources of other languages are many, and nothing loads them.
  const isLoaded = (path: string): boolean => !/node_modules|\.(?:map|[cm]?ts|md)$/.test(path.slice(source.length));
  cpSync(source, target, { recursive: true, filter: isLoaded });
  for (const dependency of Object.keys(dependencies)) copyPackage(dependency, join(source, 'package.json'), target);
}

function isAbove(name: string, version: string | undefined, folder: string): boolean {
  const above = createRequire(join(folder, 'package.json'))
    .resolve.paths(name)
    ?.map((path) => join(path, name))
    .find((path) => existsSync(join(path, 'package.json')));
  return above !== undefined && readPackage(above).version === version;
}

interface PackageFacts {
  readonly version?: string;
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

function readPackage(folder: string): PackageFacts {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFacts;
}

describe.each(['none', 'process'] as const)('with isolation %s', (isolation) => {
  test('agents and people in Slack talk in one channel and one thread, also after Slack was away', async () => {
    await using slack = await startSlack();
    const dev = slack.addChannel('dev');
    const ada = slack.addUser('Ada');
    const project = createProject();
    const config = {
      slackBotToken: slack.botToken,
      slackAppToken: slack.appToken,
      slackApiUrl: slack.apiUrl,
      slackChannels: ['#dev=#general'],
    };
    project.write(
      'ar.config.json',
      JSON.stringify({ plugins: [{ name: '../plugins/slack-bridge', isolation, config }] }),
    );
    await using relay = await startTestRelay(project);
    expect(relay.loader.getLoaded()).toMatchObject([{ type: 'bridge', status: 'active' }]);
    const health = async (): Promise<string | undefined> => (await relay.loader.health())[0]?.health?.status;
    await expect.poll(health, { timeout: 20_000 }).toBe('healthy');
    const alice = await relay.connect('Alice');
    const inbox = inboxOf(alice);
    const root = slack.say(dev, 'hello @Alice', { user: ada });
    await inbox.waitFor(({ body }) => body === 'Ada: hello @Alice');
    alice.sendChannelMessage('#general', 'hi @Ada', { thread: `slack:${dev}:${root.ts}` });
    await slack.until(() => slack.posted.length === 1);
    expect(slack.posted).toMatchObject([{ channel: dev, text: `*Alice:* hi <@${ada}>`, threadTs: root.ts }]);
    await slack.stop();
    await expect.poll(health, { timeout: 20_000 }).toBe('unhealthy');
    alice.sendChannelMessage('#general', 'meanwhile');
    slack.say(dev, 'missed you', { user: ada });
    await slack.start();
    await slack.until(() => slack.posted.length === 2);
    await inbox.waitFor(({ body }) => body === 'Ada: missed you');
    await expect.poll(health, { timeout: 20_000 }).toBe('healthy');
  });

  test('events come over the Events API, if they are Slack’s, and on no other port', async () => {
    await using slack = await startSlack();
    const dev = slack.addChannel('dev');
    const ada = slack.addUser('Ada');
    const project = createProject();
    const config = {
      slackBotToken: slack.botToken,
      slackApiUrl: slack.apiUrl,
      slackChannels: ['#dev=#general'],
      slackEventsPort: 0,
      slackSigningSecret: SIGNING_SECRET,
    };
    project.write(
      'ar.config.json',
      JSON.stringify({ plugins: [{ name: '../plugins/slack-bridge', isolation, config }] }),
    );
    await using relay = await startTestRelay(project);
    const health = async (): Promise<HealthStatus | undefined> => (await relay.loader.health())[0]?.health;
    await expect.poll(async () => (await health())?.status, { timeout: 20_000 }).toBe('healthy');
    const url = `http://127.0.0.1:${String((await health())?.details?.['eventsPort'])}/slack/events`;
    const alice = await relay.connect('Alice');
    const inbox = inboxOf(alice);
    const event = { type: 'message', channel: dev, channel_type: 'channel', user: ada, ts: '1700000900.000001' };
    expect(await postEvent(url, { ...event, text: 'forged' }, { secret: 'f'.repeat(32) })).toMatchObject({
      status: 401,
    });
    expect(await postEvent(url, { ...event, text: 'hello @Alice' })).toMatchObject({ status: 200 });
    await inbox.waitFor(({ body }) => body === 'Ada: hello @Alice');
    expect(inbox.messages).toHaveLength(1);
    alice.sendChannelMessage('#general', 'hi @Ada');
    await slack.until(() => slack.posted.length === 1);
    await relay.loader.unload('@ar/slack-bridge');
    expect(await isOpen(Number(new URL(url).port))).toBe(false);
  });

  test('agents and people in Discord talk in one channel and one thread, also after Discord was away', async () => {
    await using discord = await startDiscord();
    const dev = discord.addChannel('dev');
    const ada = discord.addUser('Ada');
    const project = createProject();
    const config = {
      discordBotToken: discord.token,
      discordApiUrl: discord.apiUrl,
      discordChannels: [`${dev}=#general`],
    };
    project.write(
      'ar.config.json',
      JSON.stringify({ plugins: [{ name: '../plugins/discord-bridge', isolation, config }] }),
    );
    await using relay = await startTestRelay(project);
    expect(relay.loader.getLoaded()).toMatchObject([{ type: 'bridge', status: 'active' }]);
    const health = async (): Promise<string | undefined> => (await relay.loader.health())[0]?.health?.status;
    await expect.poll(health, { timeout: 20_000 }).toBe('healthy');
    const alice = await relay.connect('Alice');
    const inbox = inboxOf(alice);
    const root = discord.say(dev, 'hello @Alice', { user: ada });
    await inbox.waitFor(({ body }) => body === 'Ada: hello @Alice');
    alice.sendChannelMessage('#general', 'hi @Ada', { thread: `discord:${dev}:${root}` });
    await discord.until(() => discord.posted.length === 1);
    expect(discord.posted).toMatchObject([{ channel: root, content: `**Alice:** hi <@${ada}>` }]);
    await discord.stop();
    await expect.poll(health, { timeout: 20_000 }).toBe('unhealthy');
    alice.sendChannelMessage('#general', 'meanwhile');
    discord.say(dev, 'missed you', { user: ada });
    await discord.start();
    await discord.until(() => discord.posted.length === 2);
    await inbox.waitFor(({ body }) => body === 'Ada: missed you');
    await expect.poll(health, { timeout: 20_000 }).toBe('healthy');
  });
});

test('what is written in Slack comes to Discord, and the other way round, once, and goes no further', async () => {
  await using slack = await startSlack();
  await using discord = await startDiscord();
  const [dev, lobby] = [slack.addChannel('dev'), discord.addChannel('lobby')];
  const [ada, grace] = [slack.addUser('Ada'), discord.addUser('Grace')];
  const project = createProject();
  // Both hear other bots, too: that is how most circles begin.
  const slackConfig = { slackBotToken: slack.botToken, slackAppToken: slack.appToken, slackApiUrl: slack.apiUrl };
  const discordConfig = { discordBotToken: discord.token, discordApiUrl: discord.apiUrl, discordIdentities: 'webhook' };
  project.write(
    'ar.config.json',
    JSON.stringify({
      plugins: [
        {
          name: '../plugins/slack-bridge',
          config: { ...slackConfig, slackBots: true, slackChannels: ['#dev=#general'] },
        },
        {
          name: '../plugins/discord-bridge',
          config: { ...discordConfig, discordBots: true, discordChannels: [`${lobby}=#general`] },
        },
      ],
    }),
  );
  await using relay = await startTestRelay(project);
  const states = async () => (await relay.loader.health()).map(({ health }) => health?.status);
  await expect.poll(states, { timeout: 20_000 }).toEqual(['healthy', 'healthy']);
  const alice = await relay.connect('Alice');
  const inbox = inboxOf(alice);
  slack.say(dev, 'from Slack', { user: ada });
  await discord.until(() => discord.posted.length === 1);
  discord.say(lobby, 'from Discord', { user: grace });
  await slack.until(() => slack.posted.length === 1);
  // What comes last has whatever goes round before it.
  alice.sendChannelMessage('#general', 'last');
  await discord.until(() => discord.posted.some(({ content }) => content.includes('last')));
  await slack.until(() => slack.posted.some(({ text }) => text.includes('last')));
  alice.sendChannelMessage('#general', 'the very last');
  await discord.until(() => discord.posted.some(({ content }) => content.includes('very')));
  await slack.until(() => slack.posted.some(({ text }) => text.includes('very')));
  expect(slack.posted.map(({ text }) => text)).toEqual([
    expect.stringContaining('Grace: from Discord'),
    expect.stringContaining('last'),
    expect.stringContaining('very last'),
  ]);
  expect(discord.posted.map(({ content }) => content)).toEqual([
    expect.stringContaining('Ada: from Slack'),
    expect.stringContaining('last'),
    expect.stringContaining('very last'),
  ]);
  expect(inbox.messages.map(({ body }) => body)).toEqual(['Ada: from Slack', 'Grace: from Discord']);
});
