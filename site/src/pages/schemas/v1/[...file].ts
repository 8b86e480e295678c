/** The schemas of all files and documents, each at the path of its `$id`. */
import type { APIRoute } from 'astro';
import { schemaFiles, schemaText } from '../../../docs/library.ts';

export const getStaticPaths = (): readonly { readonly params: { readonly file: string } }[] =>
  schemaFiles().map((file) => ({ params: { file } }));

export const GET: APIRoute = ({ params: { file = '' } }) =>
  new Response(schemaText(file), { headers: { 'content-type': 'application/schema+json' } });
