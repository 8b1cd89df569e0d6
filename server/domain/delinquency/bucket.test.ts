import { describe, expect, test } from 'vitest';
import { requireSoundRanges } from './bucket.ts';

const range = (text: string, code = text) => {
  const [from = '', to = ''] = text.split('-');
  return { code, name: text, minDays: Number(from), maxDays: to === 'open' ? null : Number(to) };
};

describe('ranges of a bucket', () => {
  test.each([[['1-30', '31-60', '61-open']], [['1-3', '10-30']], [['1-open']]])('%s are sound', (texts) => {
    expect(() => requireSoundRanges(texts.map((text) => range(text)))).not.toThrow();
  });

  test.each([
    [['1-30', '30-60'], 'ranges/1', 'begins before'],
    [['1-open', '31-60'], 'ranges/1', 'without an end'],
    [['31-30'], 'ranges/0', 'ends before it begins'],
    [['31-60', '1-30'], 'ranges/1', 'begins before'],
  ])('%s are refused at %s', (texts, field, message) => {
    expect(() => requireSoundRanges(texts.map((text) => range(text)))).toThrow(
      expect.objectContaining({ field, message: expect.stringContaining(message) }),
    );
  });

  test('no two have the same code', () => {
    expect(() => requireSoundRanges([range('1-30', 'A'), range('31-60', 'A')])).toThrow('code A');
  });
});
