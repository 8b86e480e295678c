/**
 * Shows what the widgets of a daemon say. Everything comes from plugins: it is only ever put into `textContent`, and into
 * the chart library as numbers and labels.
 *
 * @typedef {object} Display
 * @property {string} plugin
 * @property {string} name
 * @property {'chart' | 'metric' | 'table' | 'text'} type
 * @property {string} title
 * @property {'waiting' | 'ok' | 'error'} state
 * @property {any} [data]
 */

/** Listens to the daemon for as long as the page is open. */
export function startPage({ document, EventSource, drawChart, theme }) {
  const root = document.getElementById('widgets');
  const status = document.getElementById('status');
  const page = { document, drawChart, root, shown: new Map() };
  const say = (className, text) => {
    status.className = className;
    status.textContent = text;
  };
  const source = new EventSource('events');
  source.addEventListener('open', () => say('live', 'Live'));
  source.addEventListener('error', () => say('lost', 'The daemon does not answer. Trying again…'));
  source.addEventListener('list', ({ data }) => showList(JSON.parse(data), page));
  source.addEventListener('display', ({ data }) => {
    const display = JSON.parse(data);
    const place = page.shown.get(keyOf(display));
    if (place) fill(place, display, page);
  });
  const redraw = () => {
    for (const { chart } of page.shown.values()) chart?.redraw();
  };
  theme?.addEventListener('change', redraw);
}

const GROUPS = { metric: 'metrics', chart: 'charts', table: 'others', text: 'others' };

/** Replaces the whole page. */
function showList(displays, page) {
  const { document, root, shown } = page;
  for (const { chart } of shown.values()) chart?.destroy();
  shown.clear();
  const sections = new Map();
  const places = displays.map((display) => {
    const section = sections.get(display.plugin) ?? newSection(display.plugin, document);
    sections.set(display.plugin, section);
    const article = element(document, 'article');
    section.groups[GROUPS[display.type]].append(article);
    const place = { article };
    shown.set(keyOf(display), place);
    return { place, display };
  });
  const none = element(document, 'p.note', 'No widget is active.');
  root.replaceChildren(...(sections.size > 0 ? [...sections.values()].map(({ section }) => section) : [none]));
  // Charts take the width of their place, which is there only now.
  for (const { place, display } of places) fill(place, display, page);
}

function newSection(plugin, document) {
  const section = element(document, 'section');
  const groups = Object.fromEntries(
    ['metrics', 'charts', 'others'].map((name) => [name, element(document, `div.${name}`)]),
  );
  section.append(element(document, 'h2', plugin), ...Object.values(groups));
  return { section, groups };
}

/** Shows one display in its place. A chart of the same lines stays, so that whoever points at it is not disturbed. */
function fill(place, display, page) {
  const { article } = place;
  const isChart = display.state === 'ok' && display.type === 'chart';
  const lines = isChart
    ? JSON.stringify([display.data.xUnit, display.data.series.map(({ label }) => label)])
    : undefined;
  if (place.chart && place.lines === lines) {
    place.chart.setData(pointsOf(display.data));
    return;
  }
  place.chart?.destroy();
  place.lines = lines;
  place.chart = undefined;
  const body = bodyOf(display, page.document);
  article.replaceChildren(element(page.document, 'h3', display.title), body);
  if (isChart) place.chart = draw(body, display.data, page);
}

function bodyOf({ state, type, data }, document) {
  if (state === 'waiting') return element(document, 'p.note', 'Waiting for data…');
  if (state === 'error') return element(document, 'p.note', 'No data: see the log of the plugin.');
  if (type === 'metric') return metricOf(data, document);
  if (type === 'text') return element(document, 'pre.scroll', data.text);
  if (type === 'table') return tableOf(data, document);
  return element(document, 'div.chart');
}

function metricOf({ value, unit }, document) {
  const metric = element(document, 'p.metric', value === null ? '–' : value.toLocaleString());
  if (unit !== undefined && value !== null) metric.append(element(document, 'span.unit', unit));
  return metric;
}

function tableOf({ columns, rows }, document) {
  const isNumber = (index) => rows.length > 0 && typeof rows[0][index] === 'number';
  const head = element(document, 'tr');
  head.append(...columns.map((column, index) => element(document, isNumber(index) ? 'th.number' : 'th', column)));
  const body = rows.map((cells) => {
    const row = element(document, 'tr');
    row.append(
      ...cells.map((cell) =>
        typeof cell === 'number'
          ? element(document, 'td.number', cell.toLocaleString())
          : element(document, 'td', cell),
      ),
    );
    return row;
  });
  const table = element(document, 'table');
  table.append(head, ...body);
  const scroll = element(document, 'div.scroll');
  scroll.append(...(rows.length > 0 ? [table] : [element(document, 'p.note', 'Nothing yet.')]));
  return scroll;
}

/** Told apart by those who see few colours, on light and dark. */
const COLOURS = ['#2f7de1', '#d9730d', '#1a9e77', '#c0449c', '#8a6fdf', '#7a8794'];
const HEIGHT = 220;

function draw(place, data, { document, drawChart: Chart }) {
  // Asked for at each drawing: it changes with the theme.
  const colour = (property) => () => document.defaultView?.getComputedStyle(place)[property] ?? 'gray';
  const axis = {
    stroke: colour('color'),
    grid: { stroke: colour('borderTopColor'), width: 1 },
    ticks: { show: false },
  };
  const { xUnit, series } = data;
  const timeOf = (seconds) => (seconds === null ? '–' : timeFormat(data.x).format(seconds * 1_000));
  const options = {
    width: Math.max(200, place.clientWidth),
    height: HEIGHT,
    scales: { x: { time: xUnit === undefined }, y: { range: (_chart, low, high) => rangeOf(low, high) } },
    axes: [
      xUnit === undefined ? { ...axis, values: (_chart, marks) => marks.map(timeOf) } : { ...axis, label: xUnit },
      { ...axis, size: 56, values: (_chart, marks) => marks.map((mark) => SHORT.format(mark)) },
    ],
    series: [
      xUnit === undefined ? { label: 'time', value: (_chart, seconds) => timeOf(seconds) } : { label: xUnit },
      ...series.map(({ label }, index) => {
        const stroke = COLOURS[index % COLOURS.length];
        // Behind the first line alone: areas over areas hide each other.
        return { label, stroke, width: 2, ...(index === 0 && { fill: `${stroke}22` }) };
      }),
    ],
  };
  const chart = new Chart(options, pointsOf(data), place);
  const { ResizeObserver: Observer } = document.defaultView ?? {};
  if (!Observer) return chart;
  const observer = new Observer(() => chart.setSize({ width: Math.max(200, place.clientWidth), height: HEIGHT }));
  observer.observe(place);
  const destroy = chart.destroy.bind(chart);
  chart.destroy = () => {
    observer.disconnect();
    destroy();
  };
  return chart;
}

/** Beside an axis there is room for a few signs. */
const SHORT = new Intl.NumberFormat(undefined, { notation: 'compact', maximumSignificantDigits: 3 });

const MANY_HOURS = 36 * 3_600;
const FEW_MINUTES = 10 * 60;

/** As whoever looks writes the time; days where there are several, seconds where marks would be alike without. */
function timeFormat(x) {
  const span = x.length > 0 ? x[x.length - 1] - x[0] : 0;
  if (span > MANY_HOURS) return new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  return new Intl.DateTimeFormat(undefined, span < FEW_MINUTES ? { ...clock, second: '2-digit' } : clock);
}

/** From zero where nothing is below it: the height of a line says how much it is. */
function rangeOf(low, high) {
  if (low === null || high === null || (low === 0 && high === 0)) return [0, 1];
  const room = (high - Math.min(0, low)) * 0.1;
  return [low < 0 ? low - room : 0, high > 0 ? high + room : 0];
}

function pointsOf({ x, series }) {
  return [x, ...series.map(({ values }) => values)];
}

function keyOf({ plugin, name }) {
  return `${plugin} ${name}`;
}

/** @param kind the name of an element, and behind a dot its class; never from a plugin */
function element(document, kind, text) {
  const [name, className] = kind.split('.');
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className !== undefined) made.className = className;
  return made;
}
