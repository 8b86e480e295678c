import { startPage } from './widgets.js';

startPage({ document, EventSource, drawChart: globalThis.uPlot, theme: matchMedia('(prefers-color-scheme: dark)') });
