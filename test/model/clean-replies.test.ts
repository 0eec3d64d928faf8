import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.js';
import type { ChatReply } from '../../src/model/chat-model.js';
import { cleaned, cleanReply } from '../../src/model/clean-replies.js';
import { scriptedModel } from '../../src/model/scripted.js';
import { withoutPersonalData } from '../../src/text/personal-data.js';

const key = 'sk-CANARY-0123456789';
const secret = new Secret(key);
const clean = (text: string): string => withoutPersonalData(secret.redact(text)).text;

describe('cleanReply', () => {
  it.each<[string, ChatReply, ChatReply]>([
    [
      'an answer',
      { kind: 'text', text: `mail jane.doe@mailhost.org, ${key}` },
      { kind: 'text', text: 'mail [✉], ***', cleaned: true },
    ],
    [
      'an address written in escapes of JSON',
      { kind: 'text', text: '{"a":"jane.doe\\u0040mailhost\\u002eorg"}' },
      { kind: 'text', text: '{"a":"[✉]"}', cleaned: true },
    ],
    ['a refusal', { kind: 'refusal', reason: `no, ${key}` }, { kind: 'refusal', reason: 'no, ***' }],
    ['an outage', { kind: 'unavailable', reason: `bad ${key}` }, { kind: 'unavailable', reason: 'bad ***' }],
    ['the name of the server', { kind: 'truncated', servedBy: `m/${key}` }, { kind: 'truncated', servedBy: 'm/***' }],
    [
      'nothing to clean',
      { kind: 'text', text: '{"a": "\\u0041\\n\\"x\\""}' },
      { kind: 'text', text: '{"a": "\\u0041\\n\\"x\\""}' },
    ],
  ])('cleans %s', (_, reply, expected) => expect(cleanReply(reply, clean)).toEqual(expected));

  it('keeps JSON what it was where it undoes escapes', () => {
    const value = { quote: 'a "b" \\ c', code: '\\u0040', mail: 'x@mailhost.org', tab: '\t', é: '☎' };
    const escapes = (text: string): string =>
      text.replace(/[a-z@.]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const text = JSON.stringify(value).replace(/"x@mailhost.org"/, (mail) => `"${escapes(mail.slice(1, -1))}"`);
    const { text: shown } = cleanReply({ kind: 'text', text }, clean) as ChatReply & { kind: 'text' };
    expect(JSON.parse(shown)).toEqual({ ...value, mail: '[✉]' });
  });

  it('cleans the replies of a model, and nothing else of it', async () => {
    const model = cleaned(scriptedModel([`hello ${key}`], 'm'), clean);
    const request = { system: '', prompt: '', temperature: 0, maxOutputTokens: 1 };
    expect(model.name).toBe('m');
    expect(await model.complete(request, new AbortController().signal)).toMatchObject({
      text: 'hello ***',
      cleaned: true,
    });
  });
});
