/** README.md of this folder says which test shows what: here it is held to that. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const text = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const links = [...text.matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g)].map(([, title = '', path = '']) => ({
  title,
  path,
}));

const sourceOf = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

test('each test that is named is there, under that name', () => {
  expect(links.length).toBeGreaterThan(50);
  const isNamed = ({ title, path }: (typeof links)[number]): boolean =>
    path === `escape/${title}.test.ts` ? sourceOf(path) !== '' : sourceOf(path).includes(title);
  expect(links.filter((link) => !isNamed(link))).toEqual([]);
});

test.each(['escape', 'pitfalls'])('each file of %s/ is named', (folder) => {
  const files = readdirSync(fileURLToPath(new URL(folder, import.meta.url))).map((name) => `${folder}/${name}`);
  expect(files.filter((file) => !links.some(({ path }) => path === file))).toEqual([]);
});
