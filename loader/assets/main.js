import { startPage } from './widgets.js';

startPage({ document, EventSource, drawChart: globalThis.uPlot });
