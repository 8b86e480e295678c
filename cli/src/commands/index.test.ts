import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseArgs } from '../args.ts';
import { findCommand } from '../find-command.ts';
import { optionLabel, presentCommandHelp, presentOverview, presentTopic, usageOf } from '../help.ts';
import { renderPage } from '../present/text.ts';
import { TOPICS } from '../topics.ts';
import { COMMANDS, documentOf } from './index.ts';

const loaded = await Promise.all(COMMANDS.map(async (entry) => ({ entry, help: (await entry.load()).help })));

it.each(loaded)('$entry.name is called and summed up in the table as in its own file', ({ entry, help }) => {
  expect(help).toMatchObject({ name: entry.name, summary: entry.summary });
  expect(help.summary).toMatch(/^[A-Z].*\.$/);
});

it.each(loaded)('$entry.name has examples that parse', ({ help }) => {
  expect(help.examples.length).toBeGreaterThan(0);
  for (const { command } of help.examples) {
    const found = findCommand(shellWords(command), COMMANDS);
    expect(found).toMatchObject({ kind: 'command', entry: { name: help.name } });
    expect(() => parseArgs(found.rest, help)).not.toThrow();
  }
});

it.each(loaded)('$entry.name has help that names all of its options and arguments', ({ help }) => {
  const text = renderPage(presentCommandHelp(help, Number.POSITIVE_INFINITY), { color: false });
  expect(text).toContain(usageOf(help));
  for (const [name, spec] of Object.entries(help.options)) expect(text).toContain(optionLabel(name, spec));
  for (const name of Object.keys(help.positionals)) expect(text).toContain(name);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
});

it.each(loaded)('$entry.name has help that fits a narrow terminal, but for what cannot be broken', ({ help }) => {
  const text = renderPage(presentCommandHelp(help, 60), { color: false });
  const [prose = ''] = text.split('\nExamples:');
  const wide = prose
    .split('\n')
    .filter((line) => line.length > 60 && !line.startsWith('Usage:') && !/^  --\S+ <\S+>$/.test(line));
  expect(wide).toEqual([]);
});

it('has an overview that fits a terminal', () => {
  for (const width of [60, 80]) {
    const text = renderPage(presentOverview(COMMANDS, width), { color: false });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    for (const { name } of COMMANDS) expect(text).toContain(`\n  ${name} `);
  }
});

it.each(COMMANDS)('$name has a schema of what --json prints', ({ name, ...entry }) => {
  const document = documentOf({ name, ...entry });
  const file = new URL(`../../../schemas/v1/cli/${document}.schema.json`, import.meta.url);
  const { description } = JSON.parse(readFileSync(file, 'utf8')) as { description: string };
  const words = description.match(/[\w-]+/g) ?? [];
  expect(words).toEqual(expect.arrayContaining(name.split(' ').slice(0, 1)));
});

it.each(Object.entries(TOPICS))('the topic %s fits a terminal, but for what is to be copied', (_name, topic) => {
  for (const width of [60, 80, Number.POSITIVE_INFINITY]) {
    const text = renderPage(presentTopic(topic, width), { color: false });
    const wide = text.split('\n').filter((line) => line.length > Math.min(width, 120) && !line.startsWith(' '));
    expect(wide).toEqual([]);
    for (const line of topic.lines) for (const word of line.split(/ +/)) expect(text).toContain(word);
  }
});

it('lists no command twice', () => {
  expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
});

/** As a shell splits them, as far as examples go. */
function shellWords(text: string): readonly string[] {
  return (text.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
}
