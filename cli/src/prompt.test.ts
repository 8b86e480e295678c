import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createConfirm, createQuestions, createTypedAhead } from './prompt.ts';

function terminal({ isTTY = true, yes = false }: { isTTY?: boolean; yes?: boolean } = {}) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  const interruption = new AbortController();
  const onInterrupt = (): void => interruption.abort();
  const options = { input, output, signal: interruption.signal, onInterrupt, typedAhead: createTypedAhead() };
  return { input, output, confirm: createConfirm(options, yes), questions: createQuestions(options) };
}

/** Resolves once the question stands there. */
const asked = ({ output }: ReturnType<typeof terminal>): Promise<unknown> =>
  new Promise((resolve) => output.once('data', resolve));

describe('a question', () => {
  it.each([
    ['y\n', 'yes'],
    ['YES\n', 'yes'],
    ['\n', 'no'],
    ['maybe\n', 'no'],
    ['\u0004', 'no'],
  ])('that is answered with %j means %s', async (typed, answer) => {
    const world = terminal();
    const answered = world.confirm('Allow this?');
    await asked(world);
    world.input.write(typed);
    expect(await answered).toBe(answer);
  });

  it('is not asked where nobody is there, and silence is no consent', async () => {
    expect(await terminal({ isTTY: false }).confirm('Allow this?')).toBe('unasked');
    expect(await terminal({ isTTY: false, yes: true }).confirm('Allow this?')).toBe('yes');
  });

  it('ends with the interruption on Ctrl-C', async () => {
    const world = terminal();
    const answered = world.confirm('Allow this?');
    await asked(world);
    world.input.write('\u0003');
    await expect(answered).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('what is typed ahead', () => {
  it('answers the questions that follow, each with its line', async () => {
    const world = terminal();
    const first = world.questions.ask('one:');
    await asked(world);
    world.input.write('a\rb\r\ry\r');
    expect(await first).toBe('a');
    expect(await world.questions.ask('two:')).toBe('b');
    expect(await world.questions.ask('three:')).toBe('');
    expect(await world.confirm('Allow this?')).toBe('yes');
  });

  it('can be the beginning of a line, or the end', async () => {
    const world = terminal();
    const first = world.questions.ask('one:');
    await asked(world);
    world.input.write('a\rbe');
    expect(await first).toBe('a');
    const second = world.questions.ask('two:');
    await asked(world);
    world.input.write('gin\r\u0004');
    expect(await second).toBe('begin');
    expect(await world.questions.ask('three:')).toBeUndefined();
    const fourth = world.questions.ask('four:');
    await asked(world);
    world.input.write('\u0004');
    expect(await fourth).toBeUndefined();
    const fifth = world.questions.ask('five:');
    await asked(world);
    world.input.write('still there\r');
    expect(await fifth).toBe('still there');
  });

  it('is over where the terminal hung up', async () => {
    const world = terminal();
    const first = world.questions.ask('one:');
    await asked(world);
    world.input.end('a\n');
    expect(await first).toBe('a');
    expect(await world.questions.ask('two:')).toBeUndefined();
    expect(await world.questions.ask('three:')).toBeUndefined();
  });
});

describe('a line of text', () => {
  it.each([
    ['  hello world \n', 'hello world'],
    ['\n', ''],
    ['\u0004', undefined],
  ])('that is typed as %j is %j', async (typed, answer) => {
    const world = terminal();
    const answered = world.questions.ask('name:');
    await asked(world);
    world.input.write(typed);
    expect(await answered).toBe(answer);
  });

  it('can be asked for only at a terminal', () => {
    expect([terminal().questions.canAsk, terminal({ isTTY: false }).questions.canAsk]).toEqual([true, false]);
  });
});
