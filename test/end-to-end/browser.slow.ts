import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { tinyConfig } from './small-run.js';

// The report as a browser shows it.

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const skipped = executablePath === undefined;
const folder = temporaryFolder();

describe.skipIf(skipped)(`report.html in a browser${skipped ? ' (skipped: no chromium)' : ''}`, () => {
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const requests: string[] = [];
  const report = join(folder, 'run', 'report.html');

  beforeAll(async () => {
    expect((await runCli(['build-personas', '-c', tinyConfig, '--out', join(folder, 'run'), '--quiet'])).code).toBe(0);
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(report).href, { waitUntil: 'load' });
  });
  afterAll(() => (skipped ? undefined : browser.close()));

  it('opens without a complaint and asks for nothing but itself', () => {
    expect(complaints).toEqual([]);
    expect(requests).toEqual([pathToFileURL(report).href]);
  });

  it('has no script and exactly one first heading', async () => {
    expect(await page.locator('script').count()).toBe(0);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.locator('h1').innerText()).not.toBe('');
  });

  it('shows plots and legends that have a size, and no word where a number should be', async () => {
    const plots = page.locator('svg');
    expect(await plots.count()).toBeGreaterThan(3);
    for (const plot of await plots.all()) expect((await plot.boundingBox())!.width).toBeGreaterThan(10);
    expect(await page.locator('body').innerText()).not.toMatch(/\b(NaN|undefined|Infinity|\[object)\b/);
  });

  it.each([360, 1400])('does not run over the side of a window of %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    const widthOf = (what: string): Promise<number> => page.evaluate<number>(`document.documentElement.${what}`);
    const [wide, seen] = [await widthOf('scrollWidth'), await widthOf('clientWidth')];
    expect(wide).toBeLessThanOrEqual(seen);
  });
});
