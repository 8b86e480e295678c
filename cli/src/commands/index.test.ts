import { expect, it } from 'vitest';
import { parseArgs } from '../args.ts';
import { findCommand } from '../find-command.ts';
import { optionLabel, presentCommandHelp, usageOf } from '../help.ts';
import { renderPage } from '../present/text.ts';
import { COMMANDS } from './index.ts';

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
  const text = renderPage(presentCommandHelp(help), { color: false });
  expect(text).toContain(usageOf(help));
  for (const [name, spec] of Object.entries(help.options)) expect(text).toContain(optionLabel(name, spec));
  for (const name of Object.keys(help.positionals)) expect(text).toContain(name);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
});

it('lists no command twice', () => {
  expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
});

/** As a shell splits them, as far as examples go. */
function shellWords(text: string): readonly string[] {
  return (text.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
}
