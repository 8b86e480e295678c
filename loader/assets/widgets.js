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
export function startPage({ document, EventSource, drawChart }) {
  const root = document.getElementById('widgets');
  const status = document.getElementById('status');
  const shown = new Map();
  const source = new EventSource('events');
  source.addEventListener('open', () => {
    status.textContent = 'Live';
  });
  source.addEventListener('error', () => {
    status.textContent = 'The daemon does not answer. Trying again…';
  });
  source.addEventListener('list', ({ data }) => showList(JSON.parse(data), { document, drawChart, root, shown }));
  source.addEventListener('display', ({ data }) => {
    const display = JSON.parse(data);
    const article = shown.get(keyOf(display));
    if (article) fill(article, display, { document, drawChart });
  });
}

/** Replaces the whole page. */
export function showList(displays, { document, drawChart, root, shown }) {
  shown.clear();
  const sections = new Map();
  for (const display of displays) {
    const section = sections.get(display.plugin) ?? newSection(display.plugin, document);
    sections.set(display.plugin, section);
    const article = element(document, 'article');
    section.grid.append(article);
    shown.set(keyOf(display), article);
    fill(article, display, { document, drawChart });
  }
  const none = element(document, 'p.note', 'No widget is active.');
  root.replaceChildren(...(sections.size > 0 ? [...sections.values()].map(({ section }) => section) : [none]));
}

function newSection(plugin, document) {
  const section = element(document, 'section');
  const grid = element(document, 'div.displays');
  section.append(element(document, 'h2', plugin), grid);
  return { section, grid };
}

/** Shows one display in its place. */
export function fill(article, display, { document, drawChart }) {
  article.replaceChildren(element(document, 'h3', display.title), bodyOf(display, document));
  if (display.state === 'ok' && display.type === 'chart') draw(article, display.data, { document, drawChart });
}

function bodyOf({ state, type, data }, document) {
  if (state === 'waiting') return element(document, 'p.note', 'Waiting for data…');
  if (state === 'error') return element(document, 'p.note', 'No data: see the log of the plugin.');
  if (type === 'metric')
    return element(document, 'p.metric', `${data.value.toLocaleString()}${data.unit ? ` ${data.unit}` : ''}`);
  if (type === 'text') return element(document, 'pre.scroll', data.text);
  if (type === 'table') return tableOf(data, document);
  return element(document, 'div.chart');
}

function tableOf({ columns, rows }, document) {
  const head = element(document, 'tr');
  head.append(...columns.map((column) => element(document, 'th', column)));
  const body = rows.map((cells) => {
    const row = element(document, 'tr');
    row.append(...cells.map((cell) => element(document, typeof cell === 'number' ? 'td.number' : 'td', String(cell))));
    return row;
  });
  const table = element(document, 'table');
  table.append(head, ...body);
  const scroll = element(document, 'div.scroll');
  scroll.append(table);
  return scroll;
}

const COLOURS = ['#3b82f6', '#ef4444', '#10b981', '#f59e0b', '#8b5cf6', '#ec4899'];

function draw(article, { x, xUnit, series }, { document, drawChart: Chart }) {
  const place = element(document, 'div');
  article.append(place);
  const options = {
    width: Math.max(240, article.clientWidth - 32),
    height: 200,
    scales: { x: { time: xUnit === undefined } },
    axes: [xUnit === undefined ? {} : { label: xUnit }, {}],
    series: [
      xUnit === undefined ? {} : { label: xUnit },
      ...series.map(({ label }, index) => ({ label, stroke: COLOURS[index % COLOURS.length], width: 2 })),
    ],
  };
  return new Chart(options, [x, ...series.map(({ values }) => values)], place);
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
