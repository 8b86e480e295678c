import { describe, expect, it } from 'vitest';
import { createAssetFiles } from './asset-files.ts';

const nothing = (): undefined => undefined;

function filesOf(response: () => Response, asked: string[] = []): ReturnType<typeof createAssetFiles> {
  const fetch = async (url: string): Promise<Response> => {
    asked.push(url);
    return response();
  };
  return createAssetFiles({ fetch }, nothing);
}

describe('the entity tag of an asset', () => {
  it('is that of the assets where it is a strong one', async () => {
    const file = await filesOf(() => new Response('a', { headers: { etag: '"abc"' } })).read('a');
    expect(file?.etag).toBe('"abc"');
  });

  it.each(['W/"abc"', 'abc', '"a"b"', '""'])('is of the content where theirs is %s', async (etag) => {
    const file = await filesOf(() => new Response('a', { headers: { etag } })).read('a');
    expect(file?.etag).toBe('"ypeBEsobvcr6wjGzmiPcTaeG7_g"');
  });
});

describe('an asset', () => {
  it('is asked for by its path, whatever is in it', async () => {
    const asked: string[] = [];
    await filesOf(() => new Response('a'), asked).read('api/v1/@a/b?c#d e%2f');
    expect(asked).toEqual(['https://assets.invalid/api/v1/%40a/b%3Fc%23d%20e%252f']);
  });

  it.each([301, 400, 403, 404, 414])('is not there where the answer is %i', async (status) => {
    expect(await filesOf(() => new Response('x', { status })).read('a')).toBeUndefined();
  });

  it('is not a list of a folder', async () => {
    const headers = { 'content-type': 'application/json' };
    expect(await filesOf(() => new Response('[]', { headers })).read('a')).toBeUndefined();
  });

  it('is no absent one where the assets fail', async () => {
    await expect(filesOf(() => new Response('x', { status: 503 })).read('a')).rejects.toThrow('503');
  });
});
