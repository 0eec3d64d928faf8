import { describe, expect, it, test } from 'vitest';
import { checkEndpoint, type Endpoint, type EndpointRules } from '../../src/cli/endpoint.js';

/** Names of a made-up resolver. */
const addresses: Readonly<Record<string, readonly string[]>> = {
  'api.example.com': ['93.184.216.34', '2606:2800:220:1::1'],
  'rebind.example.com': ['127.0.0.1'],
  'half.example.com': ['93.184.216.34', '10.0.0.7'],
  'mapped.example.com': ['::ffff:169.254.169.254'],
  'nowhere.example.com': [],
};
const check = (url: string, more: Partial<EndpointRules> = {}): Promise<Endpoint> =>
  checkEndpoint(url, { allowPrivate: false, resolve: (name) => Promise.resolve(addresses[name] ?? []), ...more });
const messageOf = (url: string, more: Partial<EndpointRules> = {}): Promise<string> =>
  check(url, more).then(
    ({ network }) => network,
    (error: unknown) => (error as Error).message,
  );

describe('checkEndpoint', () => {
  test.each([
    ['https://api.example.com/v1', 'https://api.example.com', 'public'],
    ['https://93.184.216.34/v1', 'https://93.184.216.34', 'public'],
    ['https://[2606:2800:220:1::1]/v1', 'https://[2606:2800:220:1::1]', 'public'],
    ['https://nowhere.example.com/v1', 'https://nowhere.example.com', 'public'],
    ['http://localhost:8000/v1', 'http://localhost:8000', 'loopback'],
    ['http://models.localhost/v1', 'http://models.localhost', 'loopback'],
    ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434', 'loopback'],
    ['http://[::1]:8080/v1', 'http://[::1]:8080', 'loopback'],
    // The same machine in other writings: what is shown is what is used.
    ['http://[::ffff:127.0.0.1]/v1', 'http://[::ffff:7f00:1]', 'loopback'],
    ['http://0x7f.1/v1', 'http://127.0.0.1', 'loopback'],
    ['http://2130706433/v1', 'http://127.0.0.1', 'loopback'],
    ['http://0177.0.0.1/v1', 'http://127.0.0.1', 'loopback'],
    ['HTTP://LOCALHOST/v1', 'http://localhost', 'loopback'],
  ])('takes %s', async (url, origin, network) => {
    expect(await check(url)).toEqual({ origin, network });
  });

  const meant = 'expected this machine or a public server. Add --allow-private-endpoint if this server is meant.';
  test.each([
    ['http://169.254.169.254/latest', 'http://169.254.169.254'],
    ['http://2852039166/', 'http://169.254.169.254'],
    ['http://0xa9fea9fe/', 'http://169.254.169.254'],
    ['http://[::ffff:169.254.169.254]/', 'http://[::ffff:a9fe:a9fe]'],
    ['http://[fe80::1]/', 'http://[fe80::1]'],
    ['http://[fd00:ec2::254]/', 'http://[fd00:ec2::254]'],
    ['http://metadata.google.internal/', 'http://metadata.google.internal'],
    ['https://10.1.2.3/v1', 'https://10.1.2.3'],
    ['https://172.16.0.1/v1', 'https://172.16.0.1'],
    ['https://172.31.255.254/v1', 'https://172.31.255.254'],
    ['https://192.168.1.20:8000/v1', 'https://192.168.1.20:8000'],
    ['https://100.64.0.1/v1', 'https://100.64.0.1'],
    ['http://0.0.0.0:8000/v1', 'http://0.0.0.0:8000'],
    ['http://[::]/v1', 'http://[::]'],
    ['https://[64:ff9b::7f00:1]/v1', 'https://[64:ff9b::7f00:1]'],
    ['https://[2002:7f00:1::]/v1', 'https://[2002:7f00:1::]'],
    ['http://llm:8000/v1', 'http://llm:8000'],
    ['http://printer.local/v1', 'http://printer.local'],
    ['https://rebind.example.com/v1', 'https://rebind.example.com'],
    ['https://half.example.com/v1', 'https://half.example.com'],
    ['https://mapped.example.com/v1', 'https://mapped.example.com'],
  ])('refuses %s unless private networks are allowed', async (url, origin) => {
    expect(await messageOf(url)).toBe(
      `--base-url: a private network; got ${JSON.stringify(origin)}, ${meant}`.replace(
        JSON.stringify(origin),
        /^[\w.:/-]+$/.test(origin) ? origin : JSON.stringify(origin),
      ),
    );
    expect(await check(url, { allowPrivate: true })).toEqual({ origin, network: 'private' });
  });

  test.each([
    ['http://api.example.com/v1', 'posts would travel unencrypted; got http://api.example.com, expected https'],
    ['http://172.32.0.1/v1', 'posts would travel unencrypted'],
    ['https://user:secret@api.example.com/v1', 'more than host and path; got https://api.example.com'],
    ['http://evil@127.0.0.1/v1', 'more than host and path'],
    ['https://api.example.com/v1?key=secret', 'more than host and path; got https://api.example.com'],
    ['https://api.example.com/v1#secret', 'more than host and path'],
    ['file:///etc/passwd', 'not an address of a server; got file:'],
    ['javascript:alert(1)', 'not an address of a server'],
    ['data:text/html,secret', 'not an address of a server'],
    ['secret', 'not an address of a server; got no URL'],
    ['', 'not an address of a server'],
    ['http://1.2.3.4.5/', 'not an address of a server'],
  ])('refuses %s whatever is allowed', async (url, message) => {
    const got = await messageOf(url, { allowPrivate: true });
    expect(got).toContain(`--base-url: ${message}`);
    expect(got).not.toContain('secret');
  });

  it('asks no resolver about an address or a name of this machine', async () => {
    const asked: string[] = [];
    const resolve = (name: string): Promise<readonly string[]> => Promise.resolve((asked.push(name), []));
    for (const url of ['http://127.0.0.1/', 'http://localhost/', 'http://[::1]/', 'https://api.example.com/'])
      await check(url, { resolve });
    expect(asked).toEqual(['api.example.com']);
  });
});
