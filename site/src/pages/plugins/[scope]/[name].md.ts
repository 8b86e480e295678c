/** The twin of a plugin's page in Markdown. */
import { affectedText } from '@ar-registry/core/advisory';
import type { APIRoute } from 'astro';
import { site } from '../../../data/site.ts';
import { viewOf } from '../../../data/view-of.ts';
import { absolute } from '../../../lib/href.ts';
import { pluginText } from '../../../machine/plugin-text.ts';

export const GET: APIRoute = ({ params, locals }) => {
  const { plugin, latest, permissions, alerts, past } = viewOf(
    `${params['scope']}/${params['name']}`,
    locals.dependents,
  );
  const text = pluginText({
    plugin,
    latest,
    absolute,
    permissions: permissions.map((line) => line.text),
    notices: [...alerts, ...past].map((notice) => `${notice.id}, about ${affectedText(notice)}: ${notice.reason}`),
    readme: site.readmeText(plugin.name),
  });
  return new Response(text, { headers: { 'content-type': 'text/markdown; charset=utf-8' } });
};
