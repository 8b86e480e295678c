import { hash } from 'node:crypto';
import type { Api } from '../data/api.ts';
import { searchEngine } from '../data/search-engine.ts';

/** Of what all pages depend on: a new one means that everything is rendered anew. @param compiled the same of the sources */
export function registryHash(api: Api, compiled: string): string {
  const { title, siteUrl, submissions } = api.config();
  const titles = api.categories().map(({ id, title: name, description }) => ({ id, name, description }));
  const facts = { compiled, title, siteUrl, submissions, titles, npm: api.has('npm'), search: searchEngine(api) };
  return hash('sha256', JSON.stringify(facts), 'base64url').slice(0, 22);
}
