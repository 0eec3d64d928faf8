import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html.js';
import { temporaryFolder } from '../io/temporary.js';
import { report } from '../report/fixture.js';
import { hostile } from '../report/hostile.js';
import { shapeOf, withTexts } from '../report/shape.js';

// Reports full of hostile texts, as the parser of a browser reads them and as the browser runs them.

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const skipped = executablePath === undefined;
const folder = temporaryFolder();

describe.skipIf(skipped)(`hostile texts in a browser${skipped ? ' (skipped: no chromium)' : ''}`, () => {
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const requests: string[] = [];
  const shapeIn = (html: string): Promise<string[]> =>
    page.evaluate<string[]>(
      `((html) => (${shapeOf.toString()})(new DOMParser().parseFromString(html, 'text/html')))(${JSON.stringify(html)})`,
    );

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
    page = await browser.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => requests.push(request.url()));
  });
  afterAll(() => (skipped ? undefined : browser.close()));

  it('add no element and no attribute, each in every place', async () => {
    // A text that is cut has a notice beside it.
    const shapes = new Map<boolean, string[]>();
    for (const isLong of [false, true])
      shapes.set(isLong, await shapeIn(renderHtml(withTexts(report, () => 'x'.repeat(isLong ? 2_000 : 8)))));
    expect(shapes.get(false)!.length).toBeGreaterThan(500);
    for (const payload of hostile) {
      const shape = await shapeIn(renderHtml(withTexts(report, () => payload)));
      expect(shape, payload.slice(0, 80)).toEqual(shapes.get(payload.length > 1_200));
    }
  });

  it('run nothing, load nothing, and break no rule of the policy', async () => {
    let k = 0;
    for (let round = 0; round < 6; round++) {
      k = round * 41;
      const path = join(folder, `${round}.html`);
      writeFileSync(path, renderHtml(withTexts(report, () => hostile[k++ % hostile.length]!)));
      const url = pathToFileURL(path).href;
      requests.length = 0;
      await page.goto(url, { waitUntil: 'load' });
      expect(requests).toEqual([url]);
      // The one style sheet is in force: without it the verdict has no panel.
      const padding = await page.evaluate<string>(`getComputedStyle(document.querySelector('.verdict')).paddingLeft`);
      expect(padding).toBe('28px');
    }
    expect(complaints).toEqual([]);
  });

  it('would be stopped by the policy, were they ever markup', async () => {
    const html = renderHtml(report).replace(
      '</main>',
      `<p id="probe" style="display:none" onclick="document.title='run'">x</p><script>document.title='run'</script><style>#probe{color:red}</style><img src="https://127.0.0.1:9/x.png"></main>`,
    );
    const path = join(folder, 'broken.html');
    writeFileSync(path, html);
    complaints.length = 0;
    requests.length = 0;
    await page.goto(pathToFileURL(path).href, { waitUntil: 'load' });
    await page.evaluate(`document.getElementById('probe').click()`);
    expect(await page.title()).not.toBe('run');
    expect(await page.evaluate<string>(`getComputedStyle(document.getElementById('probe')).display`)).toBe('block');
    expect(await page.evaluate<string>(`getComputedStyle(document.getElementById('probe')).color`)).not.toBe(
      'rgb(255, 0, 0)',
    );
    expect(complaints.filter((text) => /Content Security Policy/i.test(text)).length).toBeGreaterThanOrEqual(5);
  });
});
