import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { Failure } from '../core/failure.js';

/** Where prompts, which hold what people wrote, may be sent. */
export interface Endpoint {
  /** Scheme, host and port, as it will be used: shown in plans and records. */
  readonly origin: string;
  /** `loopback`: this machine; `private`: a network that is not the internet; `public`: everything else. */
  readonly network: 'loopback' | 'private' | 'public';
}

/** What decides besides the address itself. */
export interface EndpointRules {
  /** The user said that a private network is meant. */
  readonly allowPrivate: boolean;
  /** Addresses of a name; the resolver of the system unless given. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * What is neither this machine nor the internet, the services of clouds that hand out keys (169.254.169.254) included.
 * @see IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890)
 */
const notPublic = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  notPublic.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  notPublic.addSubnet(net, bits, 'ipv6');

/** Names that no public resolver answers for: one word, and the endings of home and company networks. */
const privateName = /^[^.]+\.?$|\.(?:internal|local|lan|home|corp|intranet|private|home\.arpa|localdomain)\.?$/;

/**
 * Checks an address that was given by option or config before anything is sent there. Plain http is for this machine, and, like
 * every other address of a private network, for those that the user allows. A name is resolved and all its addresses are checked;
 * a name that changes its address afterwards is not noticed.
 *
 * @throws {Failure} `usage` naming what is wrong; an address with a password in it is not repeated
 */
export async function checkEndpoint(
  baseUrl: string,
  { allowPrivate, resolve = resolveName }: EndpointRules,
): Promise<Endpoint> {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw refused('not an address of a server', url === undefined ? 'no URL' : url.protocol, 'http(s)://host/path');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw refused(
      'more than host and path',
      url.origin,
      'no user, password, query or fragment; a key goes into the environment',
    );
  const { origin } = url;
  const network = await networkOf(url.hostname.replace(/^\[|\]$/g, ''), resolve);
  if (network === 'private' && !allowPrivate)
    throw refused(
      'a private network',
      origin,
      'this machine or a public server',
      'Add --allow-private-endpoint if this server is meant.',
    );
  if (network === 'public' && url.protocol === 'http:')
    throw refused('posts would travel unencrypted', origin, 'https, or a server on this machine');
  return { origin, network };
}

async function networkOf(
  host: string,
  resolve: (name: string) => Promise<readonly string[]>,
): Promise<Endpoint['network']> {
  if (isIP(host) !== 0) return networkOfAddress(host);
  const name = host.toLowerCase();
  if (/(?:^|\.)localhost\.?$/.test(name)) return 'loopback';
  if (privateName.test(name)) return 'private';
  const networks = (await resolve(name)).map(networkOfAddress);
  // A public name for this machine is how a page of a stranger reaches it.
  return networks.some((network) => network !== 'public') ? 'private' : 'public';
}

function networkOfAddress(address: string): Endpoint['network'] {
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (mapped !== null) {
    const bits = Number.parseInt(mapped[1]!, 16) * 65_536 + Number.parseInt(mapped[2]!, 16);
    return networkOfAddress([24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.'));
  }
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (dotted !== undefined) return networkOfAddress(dotted);
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (loopback.check(address, family)) return 'loopback';
  return notPublic.check(address, family) ? 'private' : 'public';
}

/** A name that cannot be resolved is left for the request to fail on, where it is tried again. */
async function resolveName(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

const refused = (problem: string, got: string, expected: string, hint?: string): Failure =>
  new Failure('usage', { where: '--base-url', problem, got, expected, ...(hint === undefined ? {} : { hint }) });
