import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.js';
import {
  diskChecks,
  endpointChecks,
  machineChecks,
  type Machine,
  packageChecks,
  thisMachine,
} from '../../src/cli/doctor-checks.js';
import { modelChecks } from '../../src/cli/doctor-questions.js';
import { temporaryFolder } from '../io/temporary.js';
import {
  apiError,
  type Behaviour,
  redirect,
  sends,
  startChatServer,
  wrongKey,
  type ChatServer,
} from '../support/chat-server.js';

const folder = temporaryFolder();
const servers: ChatServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));
const good: Machine = { ...thisMachine(() => 'relaxed'), node: '22.1.0', memoryBytes: 2 ** 34, freeBytes: 2 ** 33 };
const stateOf = (checks: readonly { name: string; state: string }[], name: string): string | undefined =>
  checks.find((check) => check.name === name)?.state;

describe('what is said of a machine', () => {
  it.each<{ fault: string; edit: Partial<Machine>; name: string; state: string }>([
    { fault: 'none', edit: {}, name: 'node', state: 'ok' },
    { fault: 'an old Node', edit: { node: '20.18.9' }, name: 'node', state: 'problem' },
    { fault: 'the oldest Node that will do', edit: { node: '20.19.0' }, name: 'node', state: 'ok' },
    { fault: 'no SIMD', edit: { kernels: () => 'twin' }, name: 'kernels', state: 'note' },
    {
      fault: 'kernels that are not there',
      edit: {
        kernels: () => {
          throw new Error('not built');
        },
      },
      name: 'kernels',
      state: 'problem',
    },
    { fault: 'no shared memory', edit: { hasSharedMemory: false }, name: 'threads', state: 'note' },
    { fault: 'little memory', edit: { memoryBytes: 2 ** 30 }, name: 'memory', state: 'note' },
  ])('$fault', ({ edit, name, state }) => {
    expect(stateOf(machineChecks({ ...good, ...edit }), name)).toBe(state);
  });

  it('names a file of the package that was changed', async () => {
    expect(stateOf(await packageChecks(good), 'package data')).toBe('ok');
    const catalog = async () => (await good.catalog()).map((entry, i) => (i === 1 ? { ...entry, sha256: 'x' } : entry));
    const [check] = await packageChecks({ catalog });
    expect(check).toMatchObject({ state: 'problem', advice: 'Reinstall the package.' });
    expect(check!.found).toMatch(/^missing or changed: [^,]+$/);
  });

  it('looks at the disk where the folder will be, and leaves nothing there', async () => {
    const checks = await diskChecks(join(folder, 'not', 'yet'), good);
    expect(stateOf(checks, 'writing')).toBe('ok');
    expect(readdirSync(folder)).toEqual([]);
    expect(stateOf(await diskChecks(folder, { diskBytes: () => Promise.resolve(1000) }), 'disk')).toBe('problem');
    writeFileSync(join(folder, 'file'), '');
    expect(stateOf(await diskChecks(join(folder, 'file'), good), 'folder')).toBe('problem');
  });

  it.skipIf(process.getuid?.() === 0)('finds a folder that it may not write to', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    expect(stateOf(await diskChecks(closed, good), 'writing')).toBe('problem');
  });
});

describe('what is said of a server', () => {
  const key = new Secret('sk-CANARY-0123456789');
  const list = sends(JSON.stringify({ data: [{ id: 'm' }] }), 'application/json');
  it.each<{ fault: string; behaviour: Behaviour; model?: string; name: string; state: string }>([
    { fault: 'none', behaviour: list, model: 'm', name: 'model', state: 'ok' },
    { fault: 'another model', behaviour: list, model: 'n', name: 'model', state: 'problem' },
    { fault: 'a wrong key', behaviour: wrongKey, name: 'server', state: 'problem' },
    { fault: 'a redirect', behaviour: redirect('http://127.0.0.1:9/'), name: 'server', state: 'problem' },
    { fault: 'no list', behaviour: apiError(404, { message: 'no' }), name: 'server', state: 'note' },
    { fault: 'a page', behaviour: sends('<!doctype html>'), name: 'server', state: 'problem' },
    { fault: 'an error', behaviour: apiError(500, { message: 'no' }), name: 'server', state: 'problem' },
  ])('$fault', async ({ behaviour, model, name, state }) => {
    const server = await startChatServer({ behave: () => behaviour });
    servers.push(server);
    const checks = await endpointChecks(server.url, { key, model, allowPrivate: false });
    expect(stateOf(checks, name)).toBe(state);
    expect(JSON.stringify(checks)).not.toContain('CANARY');
  });

  it('refuses a private network, and says where nobody listens', async () => {
    const options = { key: undefined, model: undefined, allowPrivate: false };
    expect(stateOf(await endpointChecks('http://10.0.0.1/v1', options), 'address')).toBe('problem');
    expect(stateOf(await endpointChecks('http://127.0.0.1:9/v1', options), 'server')).toBe('problem');
  });

  it.each([
    { text: '{"ok":true}', usage: { inputTokens: 1, outputTokens: 1 }, states: ['ok', 'ok', 'ok', 'ok'] },
    { text: 'Yes.', usage: undefined, states: ['ok', 'ok', 'note', 'note'] },
  ])('tells what a model can do: $text', async ({ text, usage, states }) => {
    const checks = await modelChecks(() => Promise.resolve({ kind: 'text', text, ...(usage && { usage }) }));
    expect(checks.map(({ state }) => state)).toEqual(states);
  });
});
