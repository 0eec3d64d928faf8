import { expect, it, test } from 'vitest';
import { languageIdentifier, languageOf } from '../../src/text/language.js';

test.each([
  ['I went to the store and bought some milk today', 'en'],
  ['Ayer fui a la tienda con mi hermana y compramos pan', 'es'],
  ['Gestern bin ich mit meiner Schwester einkaufen gegangen', 'de'],
  ['je suis allé au marché avec ma sœur hier soir', 'fr'],
  ['这是一个关于天气的中文句子', 'zh'],
  ['Я вчера ходил в магазин за хлебом', 'ru'],
  ['so good today', 'und'],
  ['', 'und'],
  ['  \n ', 'und'],
  ['asdf qwer zxcv tyui', 'und'],
  ['ok\n\nand one line of English words here', 'en'],
])('%j is %s', async (text, expected) => {
  expect(await languageOf(text)).toBe(expected);
});

it('is loaded once and holds out over many texts', async () => {
  const first = languageIdentifier();
  expect(languageIdentifier()).toBe(first);
  const identify = await first;
  for (let k = 0; k < 20_000; k++) identify(`I went to the store today, number ${k}`);
  expect(identify('I went to the store today once more')).toBe('en');
});
