import type { APIRoute } from 'astro';
import { site } from '../data/site.ts';
import { absolute } from '../lib/href.ts';
import { escapeXml } from '../machine/sitemap.ts';

/** Lets a browser search here from its address bar. @source https://github.com/dewitt/opensearch, 1.1 draft 6 */
export const GET: APIRoute = () => {
  const { title } = site.config();
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
    // At most 16 characters.
    `<ShortName>${escapeXml(Array.from(title).slice(0, 16).join('').trim())}</ShortName>`,
    `<LongName>${escapeXml(Array.from(title).slice(0, 48).join('').trim())}</LongName>`,
    `<Description>${escapeXml(`Plugins of ${title}`)}</Description>`,
    `<Url type="text/html" template="${escapeXml(absolute('/search/'))}?q={searchTerms}"/>`,
    `<Url type="application/opensearchdescription+xml" rel="self" template="${escapeXml(absolute('/opensearch.xml'))}"/>`,
    `<Image width="32" height="32" type="image/svg+xml">${escapeXml(absolute('/icon.svg'))}</Image>`,
    '<InputEncoding>UTF-8</InputEncoding>',
    '</OpenSearchDescription>',
  ];
  return new Response(`${lines.join('\n')}\n`, {
    headers: { 'content-type': 'application/opensearchdescription+xml; charset=utf-8' },
  });
};
