import type { APIRoute } from 'astro';
import { cardOfRegistry } from '../../machine/card/draw.ts';

export const GET: APIRoute = () => cardOfRegistry();
