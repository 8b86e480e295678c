import type { APIRoute } from 'astro';
import { localName, scopeOf } from '../../../data/lists.ts';
import { plan, type PlannedPlugin } from '../../../data/plan.ts';
import { site } from '../../../data/site.ts';
import { cardOf } from '../../../machine/card/draw.ts';

type Props = Pick<PlannedPlugin, 'name'>;

export const getStaticPaths = (): readonly {
  readonly params: Record<'scope' | 'name', string>;
  readonly props: Props;
}[] => plan.plugins.map(({ name }) => ({ params: { scope: scopeOf(name), name: localName(name) }, props: { name } }));

export const GET: APIRoute<Props> = ({ props: { name } }) => cardOf(site.plugin(name));
