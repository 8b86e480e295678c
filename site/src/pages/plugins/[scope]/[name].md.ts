/** The twin of a plugin's page in Markdown. */
import { affectedText } from '@ar-registry/core/advisory';
import type { APIRoute } from 'astro';
import { localName, scopeOf } from '../../../data/lists.ts';
import { plan, type PlannedPlugin } from '../../../data/plan.ts';
import { viewPlugin } from '../../../data/plugin-view.ts';
import { site } from '../../../data/site.ts';
import { absolute } from '../../../lib/href.ts';
import { pluginText } from '../../../machine/plugin-text.ts';

interface Props {
  readonly planned: PlannedPlugin;
}

export const getStaticPaths = (): readonly {
  readonly params: Record<'scope' | 'name', string>;
  readonly props: Props;
}[] =>
  plan.plugins.map((planned) => ({
    params: { scope: scopeOf(planned.name), name: localName(planned.name) },
    props: { planned },
  }));

export const GET: APIRoute<Props & Record<string, unknown>> = ({ props: { planned } }) => {
  const { plugin, latest, permissions, alerts, past } = viewPlugin(site, planned);
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
