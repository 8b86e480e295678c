import { makeGlyph, type Socket } from './glyph.ts';

/** The glyph as an SVG element; its colours come from the style sheet. The name is not in it, so it needs no escaping. */
export function drawGlyph(name: string, size: number): string {
  const { sockets, cable } = makeGlyph(name);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="glyph" viewBox="0 0 100 100" width="${size}" height="${size}" aria-hidden="true">`,
    '<rect class="frame" x="2" y="2" width="96" height="96" rx="9" stroke-width="4"/>',
    ...sockets.map(drawSocket),
    `<path class="cable" d="${cable}" stroke-width="6"/></svg>`,
  ].join('');
}

function drawSocket({ x, y, kind }: Socket): string {
  if (kind === 'dot' || kind === 'hot') return `<circle class="${kind}" cx="${x}" cy="${y}" r="8"/>`;
  return `<circle class="ring" cx="${x}" cy="${y}" r="${kind === 'ring' ? 6.5 : 3}" stroke-width="3"/>`;
}
