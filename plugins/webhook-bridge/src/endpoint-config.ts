/** Where messages are posted, and which of them, and as what. */
import { parseFilter, type MessageFilter } from './filter.ts';
import { parseTemplate, type Template } from './template.ts';

export interface EndpointConfig {
  /** 1 for WEBHOOK_URL, 2 for WEBHOOK_URL_2, … */
  readonly number: number;
  /** What logs and health call it. */
  readonly name: string;
  readonly url: URL;
  /** `whsec_…`; what is posted is signed with each of them. */
  readonly secrets: readonly string[];
  /** Channels of which it gets the messages. */
  readonly channels: readonly string[];
  /** All messages without one. */
  readonly filter?: MessageFilter;
  /** The whole message without one. */
  readonly template?: Template;
}

type Values = Readonly<Record<string, unknown>>;

/** A permission names the host of each, so that their number is known beforehand. */
const MAX_ENDPOINTS = 4;

/** @throws {TypeError} naming the variable, never its value, which may be a secret */
export function parseEndpoints(config: Values): readonly EndpointConfig[] {
  const channels = parseChannels('WEBHOOK_CHANNELS', config['webhookChannels'] ?? []);
  const rules = parseRules(config['webhookEndpoints'] ?? []);
  const numbers = Array.from({ length: MAX_ENDPOINTS }, (_, index) => index + 1);
  const used = numbers.filter((number) => number === 1 || isGiven(config[keyOf('webhookUrl', number)]));
  const orphan = rules.find(({ endpoint }) => !used.includes(Number(endpoint)));
  if (orphan) throw new TypeError('WEBHOOK_ENDPOINTS names an endpoint that has no WEBHOOK_URL of its number.');
  return used.map((number) => {
    const rule = rules.find(({ endpoint }) => endpoint === number) ?? {};
    const { name = String(number), filter, template, channels: own } = rule;
    if (typeof name !== 'string' || !/^[\w.-]{1,50}$/.test(name)) throw problem('name must be a short word');
    return {
      number,
      name,
      url: parseUrl(nameOf('WEBHOOK_URL', number), config[keyOf('webhookUrl', number)]),
      secrets: parseSecrets(nameOf('WEBHOOK_SECRET', number), config[keyOf('webhookSecret', number)]),
      channels: own === undefined ? channels : parseChannels('WEBHOOK_ENDPOINTS', own),
      ...(filter === undefined ? {} : { filter: parseFilter(filter) }),
      ...(template === undefined ? {} : { template: parseTemplate(template) }),
    };
  });
}

/** @source Standard Webhooks specification, "Signature scheme": 24 to 64 random bytes in base64, prefixed by `whsec_` */
export function parseSecrets(key: string, value: unknown): readonly string[] {
  if (!isGiven(value)) return [];
  return String(value)
    .split(/\s+/)
    .filter((text) => text !== '')
    .map((text) => {
      const base64 = text.replace(/^whsec_/, '');
      const bytes = Buffer.from(base64, 'base64');
      if (bytes.toString('base64') === base64 && bytes.length >= 24 && bytes.length <= 64) return `whsec_${base64}`;
      throw new TypeError(
        `${key} must be whsec_ followed by 24 to 64 bytes in base64, or several with spaces between.`,
      );
    });
}

const RULE_KEYS: ReadonlySet<string> = new Set(['endpoint', 'name', 'channels', 'filter', 'template']);

/** A list, or the text of one: from the environment it comes as JSON. */
function parseRules(value: unknown): readonly Values[] {
  const list = typeof value === 'string' ? parseJson(value) : value;
  if (!Array.isArray(list)) throw problem('it must be a list');
  return list.map((rule: unknown) => {
    if (typeof rule !== 'object' || rule === null) throw problem('each must be an object');
    const unknown = Object.keys(rule).find((key) => !RULE_KEYS.has(key));
    if (unknown !== undefined) throw problem(`${unknown} is no key of it`);
    return rule as Values;
  });
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return [];
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TypeError('WEBHOOK_ENDPOINTS must be a list, or JSON of one.', { cause: error });
  }
}

function parseUrl(key: string, value: unknown): URL {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new TypeError(`${key} must be a URL with http or https.`);
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`${key} must hold no user name and no password.`);
  }
  return url;
}

function parseChannels(key: string, value: unknown): readonly string[] {
  const names: readonly unknown[] =
    typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
  const channels = names.map((name) => (typeof name === 'string' ? name.trim() : name)).filter((name) => name !== '');
  if (channels.every(isChannel)) return [...new Set(channels)];
  throw new TypeError(`${key} must name channels, each with its #, separated by commas.`);
}

function isChannel(name: unknown): name is string {
  return typeof name === 'string' && /^#[^\s,\p{Cc}]{1,100}$/u.test(name);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== '';
}

function keyOf(key: string, number: number): string {
  return number === 1 ? key : `${key}${number}`;
}

function nameOf(key: string, number: number): string {
  return number === 1 ? key : `${key}_${number}`;
}

function problem(text: string): TypeError {
  return new TypeError(`WEBHOOK_ENDPOINTS cannot be used: ${text}.`);
}
