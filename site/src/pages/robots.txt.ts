import type { APIRoute } from 'astro';
import { absolute, href } from '../lib/href.ts';

/** Everything may be read but searches, of which there is no end, and archives, which are no pages. */
export const GET: APIRoute = () => {
  const lines = [
    'User-agent: *',
    `Disallow: ${href('/search/')}?`,
    `Disallow: ${href('/api/v1/plugins/')}*/download`,
    `Disallow: ${href('/npm/')}`,
    '',
    `Sitemap: ${absolute('/sitemap.xml')}`,
  ];
  return new Response(`${lines.join('\n')}\n`, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
};
