/**
 * The OpenAPI document covers every route with errors and examples; the reference page needs nothing from
 * elsewhere.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../world.ts';

interface Media {
  readonly schema?: { readonly $ref?: string };
  readonly example?: unknown;
  readonly examples?: unknown;
}
interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly security?: readonly unknown[];
  readonly requestBody?: { content: Record<string, Media> };
  readonly responses: Record<string, { content?: Record<string, Media> }>;
}

let world: World;
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, { examples?: readonly unknown[] }> };
}

let document: Document;
let operations: { name: string; operation: Operation }[];
beforeAll(async () => {
  world = await makeWorld();
  document = (await (await world.fetch('/openapi.json', { as: 'nobody' })).json()) as Document;
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => ['get', 'post', 'put', 'delete'].includes(method))
      .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );
});
afterAll(() => world.close());

const failing = (rule: (operation: Operation) => boolean): string[] =>
  operations.filter(({ operation }) => !rule(operation)).map(({ name }) => name);
/** Its own, or that of the noun it refers to. */
function hasExample(media: Media | undefined): boolean {
  if (media === undefined || media.example !== undefined || media.examples !== undefined) return true;
  const noun = media.schema?.$ref?.split('/').at(-1) ?? '';
  return document.components.schemas[noun]?.examples?.[0] !== undefined;
}

describe('the document', () => {
  it('is OpenAPI 3.1 and covers both hosts', () => {
    expect(document.openapi).toBe('3.1.0');
    const paths = Object.keys(document.paths);
    expect(paths).toEqual(
      expect.arrayContaining(['/v1/auth/token', '/.well-known/jwks.json', '/v1/accounts']),
    );
  });

  it('gives each route an operation id of its own, a tag and a summary', () => {
    expect(failing((it) => Boolean(it.operationId && it.summary && it.tags?.length === 1))).toEqual([]);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says of each protected route how it refuses', () => {
    const isProtected = (it: Operation) => (it.security?.length ?? 0) > 0;
    expect(
      failing((it) => !isProtected(it) || ['400', '401', '500', '503'].every((each) => each in it.responses)),
    ).toEqual([]);
    expect(
      failing((it) => it.requestBody === undefined || ['413', '415'].every((each) => each in it.responses)),
    ).toEqual([]);
  });

  it('has an example of each body and answer', () => {
    const medias = (it: Operation) => [
      it.requestBody?.content['application/json'],
      it.responses['200']?.content?.['application/json'],
    ];
    expect(failing((it) => medias(it).every(hasExample))).toEqual([]);
  });

  it('refuses unknown fields in every body', () => {
    const closed = (it: Operation) => {
      const schema = it.requestBody?.content['application/json']?.schema as
        | Record<string, unknown>
        | undefined;
      return schema === undefined || schema.additionalProperties === false;
    };
    expect(failing(closed)).toEqual([]);
  });

  it('is the same at every call', async () => {
    expect(await (await world.fetch('/openapi.json', { as: 'nobody' })).json()).toEqual(document);
  });
});

describe('the reference page', () => {
  it('loads everything from this server, under a policy that forbids the rest', async () => {
    const page = await world.fetch('/docs', { as: 'nobody' });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const html = await page.text();
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file).not.toMatch(/^(https?:)?\/\//);
      const response = await fetch(new URL(file, page.url));
      expect([file, response.status]).toEqual([file, 200]);
      await response.arrayBuffer();
    }
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>[^<]+<\/script>/);
  });

  it('reads this document', async () => {
    const served = await world.fetch('/docs/json', { as: 'nobody' });
    expect(await served.json()).toEqual(document);
  });

  it('is indexed for programs that read', async () => {
    const text = await (await world.fetch('/llms.txt', { as: 'nobody' })).text();
    expect(text).toMatch(/^# Loanbook\n/);
    expect(text).toContain('/openapi.json');
  });
});
