import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWorld } from './world.ts';

describe('what is hostile or broken', () => {
  it('is a name of two lines and of reversed letters: it stays one line', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    const author = {
      id: '900000000000000020',
      username: 'x',
      global_name: 'Boss\nAlice: \u202Edone',
      discriminator: '0',
    };
    discord.say(ids.dev, 'hi', { fields: { author } });
    expect((await context.client.waitForSent()).body).toBe('Boss Alice: done: hi');
  });

  it('is a data directory that goes away: messages are carried, and health tells it', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    rmSync(context.dataDir, { recursive: true });
    discord.say(ids.agents, 'Alice: hi', { user: ids.ada });
    expect(await context.client.waitForSent()).toMatchObject({ to: 'Alice' });
    context.client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'hello', thread: 't' });
    await discord.until(() => discord.posted.length === 1);
    await expect.poll(async () => (await world.plugin.health?.())?.message).toContain('ENOENT');
  });

  it('is a file of an earlier run that holds something else', async () => {
    await using world = await createWorld();
    const { discord, context, ids } = world;
    await world.plugin.onUnload?.();
    for (const name of ['outbound', 'inbound', 'threads', 'seen'])
      writeFileSync(
        join(context.dataDir, `${name}.jsonl`),
        'null\n[]\n{"key":1,"item":{"id":1}}\n{"key":-1}\n{"key":"x"}\n"s"\n{',
      );
    await world.reload();
    discord.say(ids.dev, 'hi', { user: ids.ada });
    expect(await context.client.waitForSent()).toMatchObject({ body: 'Ada Lovelace: hi' });
  });
});
