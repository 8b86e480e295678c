/** OpenAI's embeddings for tests, over real HTTP. Its model knows a few words, and which of them mean the same. */
import { Refusal, startDouble, type Answer, type Asked, type DoubleServer } from './http.ts';
import { objectWith } from './checks.ts';

export type EmbeddingsServer = DoubleServer;

/** What means the same is one place of a vector; everything else shares the last. */
const MEANINGS = [
  ['car', 'automobile', 'vehicle'],
  ['bug', 'defect', 'error'],
  ['deploy', 'release', 'ship'],
  ['cat', 'kitten'],
] as const;

/** @param apiKey `openai-key` unless given */
export function startEmbeddings(apiKey = 'openai-key'): Promise<EmbeddingsServer> {
  return startDouble((asked) => answer(asked, apiKey));
}

function answer({ method, url, headers, body }: Asked, apiKey: string): Answer {
  if (headers.authorization !== `Bearer ${apiKey}`)
    return { status: 401, body: { error: { message: 'Incorrect API key', type: 'invalid_request_error' } } };
  if (method !== 'POST' || url.pathname !== '/v1/embeddings') throw new Refusal(404, 'no such call');
  const { model, dimensions, texts } = checkBody(body);
  const data = texts.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: vectorOf(text, dimensions),
  }));
  // In any order: the index says which is whose.
  return {
    status: 200,
    body: { object: 'list', model, data: data.toReversed(), usage: { prompt_tokens: 1, total_tokens: 1 } },
  };
}

function checkBody(body: unknown) {
  const keys = ['model', 'input', 'dimensions', 'encoding_format'];
  const { model, input, dimensions = 1536, encoding_format: format } = objectWith(body, keys);
  if (typeof model !== 'string' || format !== 'float') throw new Refusal(400, 'model and encoding_format float');
  if (!Array.isArray(input) || input.length === 0 || input.length > 2048) throw new Refusal(400, '1 to 2048 texts');
  return { model, dimensions: Number(dimensions), texts: input.map(checkText) };
}

function checkText(text: unknown): string {
  if (typeof text !== 'string' || text === '') throw new Refusal(400, 'an input is no text');
  if (text.length > 32_000) throw new Refusal(400, 'more than 8191 tokens');
  return text;
}

function vectorOf(text: string, dimension: number): number[] {
  const vector = Array.from({ length: dimension }, () => 0);
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? ['']) {
    const meaning = MEANINGS.findIndex((words) => words.some((one) => one === word || `${one}s` === word));
    const place = meaning === -1 ? dimension - 1 : meaning;
    vector[place] = (vector[place] ?? 0) + (meaning === -1 ? 0.1 : 1);
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector.with(dimension - 1, 1) : vector.map((value) => value / length);
}
