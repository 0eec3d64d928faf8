import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openAiModel } from '../../src/model/openai.js';
import { temporaryFolder } from '../io/temporary.js';
import * as server from '../support/chat-server.js';
import { options, request, signal, start } from './openai-fixture.js';

const folder = temporaryFolder();
const hasOpenSsl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenSsl) console.warn('openssl is not installed: no certificate that nobody vouches for is tried');

describe('an encrypted connection', () => {
  it.skipIf(!hasOpenSsl)('is not made to a server whose certificate nobody vouches for', async () => {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name)) as [string, string];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-subj',
        '/CN=127.0.0.1',
      ].concat(...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert, '-days', '2']),
      { stdio: 'ignore' },
    );
    let requests = 0;
    const fake = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
      requests++;
      response.end('{}');
    });
    await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
    afterAll(() => fake.close());
    const { port } = fake.address() as AddressInfo;
    expect(await openAiModel(options(`https://127.0.0.1:${port}/v1`)).complete(request, signal)).toMatchObject({
      kind: 'unavailable',
      reason: 'the connection failed (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    // Neither the prompt nor the key has left.
    expect(requests).toBe(0);
  });

  it('is not replaced by a plain one', async () => {
    const { url, requests } = await start(server.says('hi'));
    const secure = url.replace('http:', 'https:');
    expect(await openAiModel(options(secure)).complete(request, signal)).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringMatching(/^the connection failed \(.+\)$/) as string,
    });
    expect(requests).toEqual([]);
  });
});
