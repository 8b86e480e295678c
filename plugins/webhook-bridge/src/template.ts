/**
 * What an endpoint gets instead of the whole message. `{{body}}` stands for a field of the message, and for nothing else:
 * there are no expressions, and nothing is run. What is put in is written so that it stays text where it stands; how, the
 * kind of document decides and never the template, so that it cannot be forgotten.
 */
import { valueAt } from './filter.ts';

export interface Template {
  readonly contentType: string;
  /** @param message the fields that placeholders may name */
  render(message: Readonly<Record<string, unknown>>): string;
}

const FIELDS = new Set(['id', 'from', 'to', 'channel', 'thread', 'kind', 'body', 'data', 'timestamp']);
const PLACEHOLDER = /\{\{\s*([\w$.-]+)\s*\}\}/g;
const MAX_TEMPLATE_CHARS = 100_000;
/** A message may be long, and each puts it in once more. */
const MAX_PLACEHOLDERS = 50;

/** How text is written into a document of that kind. */
const ESCAPES = new Map<unknown, (text: string) => string>([
  ['application/json', (text) => JSON.stringify(text).slice(1, -1)],
  ['application/x-www-form-urlencoded', (text) => encodeURIComponent(text.toWellFormed())],
  ['application/xml', escapeMarkup],
  ['text/html', escapeMarkup],
  ['text/plain', (text) => text],
]);

/**
 * Either an object or list, whose texts may hold placeholders, or `{ contentType, text }`.
 *
 * @throws {TypeError} for what is no template
 */
export function parseTemplate(value: unknown): Template {
  if (typeof value !== 'object' || value === null) throw problem('template must be an object or a list');
  const json = JSON.stringify(value);
  if (json.length > MAX_TEMPLATE_CHARS) throw problem('template is too long');
  if (json.split('{{').length - 1 > MAX_PLACEHOLDERS)
    throw problem(`template names more than ${MAX_PLACEHOLDERS} fields`);
  if ('text' in value && 'contentType' in value && Object.keys(value).length === 2) return parseText(value);
  checkTexts(value);
  return { contentType: 'application/json', render: (message) => JSON.stringify(fill(value, message)) };
}

function parseText({ text, contentType }: { readonly text: unknown; readonly contentType: unknown }): Template {
  const escape = ESCAPES.get(contentType);
  if (!escape || typeof contentType !== 'string')
    throw problem(`template.contentType must be one of ${[...ESCAPES.keys()].join(', ')}`);
  if (typeof text !== 'string') throw problem('template.text must be text');
  checkTexts(text);
  return {
    contentType,
    render: (message) => text.replaceAll(PLACEHOLDER, (_, path: string) => escape(toText(lookUp(message, path)))),
  };
}

/** A text that is nothing but a placeholder becomes the value itself, also a number or an object. */
function fill(value: unknown, message: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === 'string') {
    const whole = /^\{\{\s*([\w$.-]+)\s*\}\}$/.exec(value)?.[1];
    if (whole !== undefined) return lookUp(message, whole) ?? null;
    return value.replaceAll(PLACEHOLDER, (_, path: string) => toText(lookUp(message, path)));
  }
  if (Array.isArray(value)) return value.map((one) => fill(one, message));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, message)]));
}

function lookUp(message: Readonly<Record<string, unknown>>, path: string): unknown {
  return valueAt(message, path.split('.'));
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** @throws {TypeError} for a placeholder that is none: it would be posted as it stands */
function checkTexts(value: unknown): void {
  if (typeof value === 'string') {
    for (const [, path = ''] of value.matchAll(PLACEHOLDER))
      if (!FIELDS.has(path.split('.')[0] ?? '')) throw problem(`{{${path}}} names nothing`);
    if (/\{\{|\}\}/.test(value.replaceAll(PLACEHOLDER, ''))) throw problem('template holds {{ that names no field');
  } else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) checkTexts(one);
}

function escapeMarkup(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return (
    text
      .toWellFormed()
      // No document of this kind has a place for most control characters.
      .replaceAll(/(?![\t\n\r])\p{Cc}/gu, '')
      .replaceAll(/[&<>"']/g, (one) => names[one] ?? '')
  );
}

function problem(text: string): TypeError {
  return new TypeError(`WEBHOOK_ENDPOINTS cannot be used: ${text}.`);
}
