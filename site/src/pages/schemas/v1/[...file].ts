/** The schemas of all files and documents, each at the path of its `$id`. */
import type { APIRoute } from 'astro';
import { schemaText } from '../../../docs/library.ts';

export const GET: APIRoute = ({ params: { file = '' } }) =>
  new Response(schemaText(file), { headers: { 'content-type': 'application/schema+json' } });
